/**
 * The rings of tests: which files belong to each, and what runs them.
 *
 * @module
 */

/** The rings in the order in which they run: the quick and sure ones first. */
export const RINGS = ["pure", "abi", "host", "windows", "windows-bare"] as const;

/** The name of a ring. */
export type Ring = typeof RINGS[number];

/**
 * Tells whether a word names a ring.
 *
 * @param word Any word.
 * @returns `true` for the words of {@linkcode RINGS}.
 */
export function isRing(word: string): word is Ring {
  return RINGS.some((ring) => ring === word);
}

/**
 * The ring of a test file.
 *
 * @param file Its path below the project, with forward slashes.
 * @returns The ring, or `undefined` for a file that is no test.
 */
export function ringOf(file: string): Ring | undefined {
  if (!file.startsWith("tests/") || !file.endsWith("_test.ts")) return undefined;
  switch (file.split("/")[1]) {
    case "windows":
      return "windows";
    case "bare":
      return "windows-bare";
    case "abi":
      return "abi";
    case "host":
      return "host";
    default:
      return "pure";
  }
}

/**
 * The test files of each ring.
 *
 * @param files Paths below the project.
 * @param only Files or folders to keep; empty keeps all.
 * @returns The rings that have any, each with its files in order.
 * @throws {RangeError} If one of `only` holds no test.
 */
export function sortIntoRings(
  files: readonly string[],
  only: readonly string[],
): Map<Ring, string[]> {
  const wanted = only.map((path) => path.replaceAll("\\", "/").replace(/^\.\/|\/$/g, ""));
  const within = (file: string, path: string): boolean =>
    file === path || file.startsWith(`${path}/`);
  for (const path of wanted) {
    if (!files.some((file) => ringOf(file) !== undefined && within(file, path))) {
      throw new RangeError(
        `Cannot run "${path}": a ring (${RINGS.join(", ")}), a test file or a folder of them ` +
          "was wanted, it is none",
      );
    }
  }
  const rings = new Map<Ring, string[]>();
  for (const file of files.toSorted()) {
    const ring = ringOf(file);
    if (ring === undefined) continue;
    if (wanted.length > 0 && !wanted.some((path) => within(file, path))) continue;
    rings.set(ring, [...rings.get(ring) ?? [], file]);
  }
  return rings;
}
