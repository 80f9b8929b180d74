/**
 * Runs rings of tests and counts their results exactly.
 *
 * @module
 */

import { exists, findOnPath } from "./command.ts";
import { executableVariables, testExecutables } from "./executable.ts";
import { addCounts, countTests, NO_TESTS, type TestCounts } from "./junit.ts";
import { findNpm } from "./packages.ts";
import { PROJECT } from "./project.ts";
import type { Ring } from "./rings.ts";
import { dealShares, runInLanes } from "./shares.ts";
import { stdFlags } from "./std.ts";

/** The result of a ring. */
export interface RingResult extends TestCounts {
  /** Problems other than failed tests, one line each. */
  readonly problems: readonly string[];
  /** The output of its shares that had a failure. */
  readonly output: string;
  /** How long it took, in seconds: the sum of its shares. */
  readonly seconds: number;
}

/**
 * After this time a share counts as hanging and is ended; the longest takes some minutes on two
 * cores.
 */
const LIMIT_MS = 25 * 60 * 1000;

/** jobsim's default is documented in `tools/jobsim/jobsim.h`. */
const OTHER_MODEL = { JOBSIM_ENDS: "finished" };

const EMPTY_REPORT = '<testsuites tests="0"></testsuites>';

/**
 * The reason why this system cannot run a ring.
 *
 * @param ring The ring.
 * @returns The reason, and whether the ring is `meant` for this system; `undefined` if it can run.
 */
export function whyNot(
  ring: Ring,
): { readonly reason: string; readonly meant: boolean } | undefined {
  if (Deno.build.os === "windows") {
    const ofLinux: readonly Ring[] = ["host", "windows-bare", "windows-other-model", "engine"];
    if (ofLinux.includes(ring)) {
      return { reason: "is for Linux", meant: false };
    }
    if (ring === "abi" && !findOnPath("gcc.exe")) {
      return { reason: "needs mingw-w64's gcc on PATH", meant: true };
    }
  }
  if (ring === "engine" && !(findOnPath("apt-get") && mayInstall())) {
    return { reason: "needs apt-get and root, or sudo without a password", meant: true };
  }
  const isGiven = Deno.build.os === "windows" && Boolean(Deno.env.get("JOBBOX_EXE"));
  if (ring === "executable" && !isGiven && !Deno.env.get("DENORT_BIN") && !findNpm()) {
    return { reason: "needs npm for Deno's base, or DENORT_BIN; install npm", meant: true };
  }
  return undefined;
}

/** Whether this user can make a root folder of Debian packages. */
function mayInstall(): boolean {
  if (Deno.uid() === 0) return true;
  try {
    return new Deno.Command("sudo", { args: ["-n", "true"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    // There is no sudo.
    return false;
  }
}

/** How rings are run. */
export interface RunOptions {
  /** Prints the tests' output as it comes, one share at a time. */
  readonly verbose: boolean;
  /**
   * Whether a test of the same run checks the types of every file, so that no ring has to do it
   * again.
   */
  readonly typesChecked: boolean;
}

/**
 * Returns how many shares run side by side: two, the number that was measured, or one whose output
 * can be followed. On Windows all shares have the same names and consoles, so there it is also one.
 *
 * @param verbose Whether the tests' output is shown as it comes.
 * @returns The number.
 */
export function laneCount(verbose: boolean): number {
  return verbose || Deno.build.os === "windows" ? 1 : Math.min(2, navigator.hardwareConcurrency);
}

/**
 * Starts running rings, two shares at a time.
 *
 * @param rings Each ring with its files, in the order in which they begin.
 * @param options See {@linkcode RunOptions}; `prepare` makes what a ring needs.
 * @returns The future result of each ring; it rejects if `prepare` does.
 */
export function runRings(
  rings: ReadonlyMap<Ring, readonly string[]>,
  options: RunOptions & { readonly prepare: (ring: Ring) => Promise<void> },
): Map<Ring, Promise<RingResult>> {
  const tasks: (() => Promise<void>)[] = [];
  const tasksAlone: (() => Promise<void>)[] = [];
  const results = new Map<Ring, Promise<RingResult>>();
  for (const [ring, files] of rings) {
    const shares = dealShares(ring, files).map((share) => {
      const when = share.alone ? tasksAlone : tasks;
      const { promise, resolve } = Promise.withResolvers<Promise<RingResult>>();
      when.push(async () => {
        const result = options.prepare(ring).then(() => runShare(ring, share.files, options));
        resolve(result);
        await result.catch(() => {});
      });
      return promise;
    });
    const result = Promise.all(shares).then(addResults);
    // It may fail before a caller awaits it.
    result.catch(() => {});
    results.set(ring, result);
  }
  runInLanes(tasks, laneCount(options.verbose)).then(() => runInLanes(tasksAlone, 1));
  return results;
}

function addResults(shares: readonly RingResult[]): RingResult {
  return {
    ...shares.reduce<TestCounts>(addCounts, NO_TESTS),
    problems: shares.flatMap(({ problems }) => problems),
    output: shares.filter(({ failed }) => failed > 0).map(({ output }) => output).join(""),
    seconds: shares.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/**
 * Runs the test files of a share.
 *
 * @param ring The ring that they are of.
 * @param files The files.
 * @param options See {@linkcode RunOptions}.
 * @returns Its result.
 */
export async function runShare(
  ring: Ring,
  files: readonly string[],
  options: RunOptions,
): Promise<RingResult> {
  // Without a file `deno test` would run every test.
  if (files.length === 0) {
    return { ...judge({ code: 0, report: EMPTY_REPORT, files }), output: "", seconds: 0 };
  }
  const start = performance.now();
  const folder = Deno.makeTempDirSync({ prefix: "jobbox-ring-" });
  const report = `${folder}/junit.xml`;
  try {
    const args = await ringArguments(ring, { report, files, typesChecked: options.typesChecked });
    const env = await variablesOf(ring);
    const { code, output } = await runDeno(args, { env, verbose: options.verbose });
    const judged = judge({ code, report: readReport(report), files });
    return { ...judged, output, seconds: (performance.now() - start) / 1000 };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/**
 * Judges a finished ring: a failure that no test reports is still a failure.
 *
 * @param finished The exit code, the report if there is one, and the files that were to run.
 * @returns The counts and any other problems; each problem counts as a failure.
 */
export function judge(
  finished: {
    readonly code: number;
    readonly report: string | undefined;
    readonly files: readonly string[];
  },
): TestCounts & { readonly problems: readonly string[] } {
  const { code, report, files } = finished;
  const problems: string[] = [];
  let counts = NO_TESTS;
  if (report === undefined) {
    problems.push(`no report was written, exit code ${code}`);
  } else {
    const byFile = countTests(report);
    for (const found of byFile.values()) counts = addCounts(counts, found);
    for (const file of files) {
      const { passed, failed, ignored } = byFile.get(file) ?? NO_TESTS;
      if (passed + failed + ignored === 0) problems.push(`${file} ran no test`);
    }
    if (code !== 0 && counts.failed === 0 && problems.length === 0) {
      problems.push(`every test passed, but the exit code is ${code}`);
    }
  }
  if (files.length === 0) problems.push("the ring has no test");
  return { ...counts, failed: counts.failed + problems.length, problems };
}

async function variablesOf(ring: Ring): Promise<Record<string, string>> {
  if (ring === "windows-other-model") return OTHER_MODEL;
  return ring === "executable" ? executableVariables(await testExecutables()) : {};
}

async function ringArguments(
  ring: Ring,
  { report, files, typesChecked }: {
    readonly report: string;
    readonly files: readonly string[];
    readonly typesChecked: boolean;
  },
): Promise<string[]> {
  const check = typesChecked ? ["--no-check"] : [];
  const here = async (permissions: readonly string[]): Promise<string[]> => [
    ...["test", ...await stdFlags("test"), "--no-prompt", ...check, ...permissions],
    ...[`--junit-path=${report}`, ...files],
  ];
  switch (ring) {
    case "pure":
      return await here([]);
    case "abi":
    case "host":
    case "engine":
      return await here(["-A"]);
    case "windows":
    case "windows-other-model":
    case "windows-bare":
    case "executable": {
      // On Linux this is the path as Wine sees it.
      const seen = Deno.build.os === "windows" ? report : `Z:${report}`;
      return [
        ...["run", "-A", "tools/host/main.ts", ...ring === "windows-bare" ? ["--bare"] : []],
        ...["test", ...check, "-A", "--no-prompt", `--junit-path=${seen}`, ...files],
      ];
    }
  }
}

async function runDeno(
  args: readonly string[],
  { env, verbose }: { readonly env: Record<string, string>; readonly verbose: boolean },
): Promise<{ code: number; output: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: PROJECT,
    env: { NO_COLOR: "1", RUST_BACKTRACE: "0", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(LIMIT_MS),
  }).spawn();
  const chunks: string[] = [];
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      chunks.push(decoder.decode(chunk, { stream: true }));
      if (verbose) Deno.stderr.writeSync(chunk);
    }
  };
  const [status] = await Promise.all([child.status, collect(child.stdout), collect(child.stderr)]);
  return { code: status.code, output: chunks.join("") };
}

function readReport(path: string): string | undefined {
  return exists(path) ? Deno.readTextFileSync(path) : undefined;
}
