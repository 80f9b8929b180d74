/**
 * Which build of the tool this is.
 *
 * @module
 */

/**
 * The first twelve digits of the SHA-256 of the sources that a bundle was made of. `deno task
 * compile` replaces this text by them; it has the same length, so that the source map stays right.
 */
export const SOURCES: string = "not-bundled!";

/**
 * How this program was built.
 *
 * @param compiled Whether it is a compiled executable.
 * @returns The kind of build, and the digest of its sources; no digest when it runs from its sources.
 */
export function buildOf(
  compiled: boolean,
): { readonly kind: "compiled" | "bundle" | "source"; readonly sources?: string } {
  if (SOURCES.includes("!")) return { kind: compiled ? "compiled" : "source" };
  return { kind: compiled ? "compiled" : "bundle", sources: SOURCES };
}
