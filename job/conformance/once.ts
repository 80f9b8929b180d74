/**
 * Creates something on first use. Pure.
 *
 * @module
 */

/**
 * Caches the result of a function.
 *
 * @param make The function; it is called on first use.
 * @returns The function that calls it once.
 */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
