/**
 * Making something at its first use. Pure.
 *
 * @module
 */

/**
 * Remembers what a function gave.
 *
 * @param make The function; it is called at the first use.
 * @returns The function that calls it once.
 */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
