/**
 * The rings of tests: the files of each, and what runs them.
 *
 * @module
 */

/** The rings in the order in which they run: the quick and reliable ones first. */
export const RINGS = [
  "pure",
  "abi",
  "host",
  "windows",
  "windows-other-model",
  "windows-bare",
  "executable",
  "engine",
] as const;

/** The name of a ring. */
export type Ring = typeof RINGS[number];

/**
 * The windows tests of ends, messages and waits. It is not known for certain how Windows reports
 * ends, so these tests run once more, in the ring `windows-other-model`, on a jobsim that reports
 * them the other way.
 */
export const TESTS_OF_ENDS: readonly string[] = [
  "tests/windows/cli/commands",
  "tests/windows/cli/doctor/conformance_test.ts",
  "tests/windows/cli/named_job_test.ts",
  "tests/windows/cli/report",
  "tests/windows/cli/run",
  "tests/windows/effects",
  "tests/windows/job/ends",
  "tests/windows/job/job_object_test.ts",
  "tests/windows/job/member_table_test.ts",
  "tests/windows/job/membership_test.ts",
  "tests/windows/job/messages",
  "tests/windows/process/child_process_test.ts",
  "tests/windows/process/exit",
  "tests/windows/process/output_test.ts",
];

/** The windows tests of the tool that run once more on the compiled tool, in the ring `executable`. */
export const TESTS_OF_THE_TOOL: readonly string[] = [
  "tests/windows/cli/commands/run_test.ts",
  "tests/windows/cli/named_job_test.ts",
  "tests/windows/cli/run/typed_line_test.ts",
];

/** The rings that run tests of the ring `windows` once more, with these tests. */
const ONCE_MORE: { readonly [ring in Ring]?: readonly string[] } = {
  "windows-other-model": TESTS_OF_ENDS,
  executable: TESTS_OF_THE_TOOL,
};

/**
 * Returns whether a word names a ring.
 *
 * @param word Any word.
 * @returns `true` for the words of {@linkcode RINGS}.
 */
export function isRing(word: string): word is Ring {
  return RINGS.some((ring) => ring === word);
}

/**
 * The ring to which a test file belongs.
 *
 * @param file Its path below the project, with forward slashes.
 * @returns The ring, never `windows-other-model`; `undefined` for a file that is not a test.
 */
export function ringOf(file: string): Ring | undefined {
  if (!file.startsWith("tests/") || !file.endsWith("_test.ts")) return undefined;
  switch (file.split("/")[1]) {
    case "windows":
      return "windows";
    case "bare":
      return "windows-bare";
    case "executable":
      return "executable";
    case "engine":
      return "engine";
    case "abi":
      return "abi";
    case "host":
      return "host";
    default:
      return "pure";
  }
}

/**
 * The test files to run, by ring.
 *
 * @param files Paths below the project.
 * @param words Rings, test files and folders to keep; none keeps all.
 * @returns The rings to run in their order, each with its files; a requested ring without files is
 * included, empty.
 * @throws {RangeError} If a word is neither a ring nor a file or folder of tests.
 */
export function sortIntoRings(
  files: readonly string[],
  words: readonly string[],
): Map<Ring, string[]> {
  const tests = files.filter((file) => ringOf(file) !== undefined).toSorted();
  const paths = words.filter((word) => !isRing(word))
    .map((path) => path.replaceAll("\\", "/").replace(/^\.\/|\/$/g, ""));
  for (const path of paths) {
    if (!tests.some((file) => isWithin(file, path))) {
      throw new RangeError(
        `Cannot run "${path}": a ring (${RINGS.join(", ")}), a test file or a folder of them ` +
          "was wanted, it is none",
      );
    }
  }
  const rings = new Map<Ring, string[]>();
  for (const ring of RINGS) {
    const whole = words.length === 0 || words.includes(ring);
    const found = tests.filter((file) =>
      isRunBy(ring, file) && (whole || paths.some((path) => isWithin(file, path)))
    );
    if (whole || found.length > 0) rings.set(ring, found);
  }
  return rings;
}

function isRunBy(ring: Ring, file: string): boolean {
  return ringOf(file) === ring || (ONCE_MORE[ring] ?? []).some((path) => isWithin(file, path));
}

function isWithin(file: string, path: string): boolean {
  return file === path || file.startsWith(`${path}/`);
}
