/**
 * Whether the tests run in continuous integration, where what cannot run is a failure.
 *
 * @module
 */

/**
 * Reads the variable CI.
 *
 * @returns Whether it is set and not empty.
 */
export function isCi(): boolean {
  return (Deno.env.get("CI") ?? "") !== "";
}
