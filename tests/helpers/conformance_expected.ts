/**
 * What `jobbox doctor --conformance --json` finds on the kernels that the tests have, and how an
 * answer is compared with it. Run on one of them, it writes that one's file again:
 * `deno task windows-deno run -A tests/helpers/conformance_expected.ts jobsim-requested`; with
 * `JOBSIM_ENDS=finished` for `jobsim-finished`, and on Wine without jobsim for `wine`.
 *
 * @module
 */
import { PROMISES } from "../../job/conformance/promises.ts";

/** The kernels with stored results. */
export const KERNELS = ["jobsim-finished", "jobsim-requested", "wine"] as const;

/** One of {@linkcode KERNELS}. */
export type KernelName = (typeof KERNELS)[number];

/** What is kept of a promise. */
export interface ExpectedPromise {
  /** Its name. */
  readonly promise: string;
  /** What was found. */
  readonly verdict: string;
  /** What was seen. */
  readonly seen: string;
}

/**
 * The file with a kernel's results.
 *
 * @param kernel The kernel.
 * @returns Its place.
 */
export function expectedFile(kernel: KernelName): URL {
  return new URL(`../expected/conformance/${kernel}.json`, import.meta.url);
}

/**
 * Compares results with the stored ones. If the verdict depends on timing, each verdict of the
 * table is accepted.
 *
 * @param found The results.
 * @param expected What is kept.
 * @returns One line a difference.
 */
export function differences(
  found: readonly ExpectedPromise[],
  expected: readonly ExpectedPromise[],
): string[] {
  const kept = new Map(expected.map((row) => [row.promise, row]));
  const lines = found.flatMap(({ promise, seen, verdict }) => {
    const row = kept.get(promise);
    if (row === undefined) return [`${promise}: ${verdict}, and is not in the file`];
    const { timing = [] } = PROMISES.find(({ id }) => id === promise) ?? {};
    if (verdict === row.verdict) return [];
    if (timing.some((word) => word === verdict)) return [];
    return [`${promise}: ${verdict} (${seen}), not ${row.verdict} (${row.seen})`];
  });
  const names = new Set(found.map(({ promise }) => promise));
  const missing = expected.filter(({ promise }) => !names.has(promise));
  return [...lines, ...missing.map(({ promise }) => `${promise}: was not tried`)];
}

if (import.meta.main) {
  const { tryPromises } = await import("../../job/conformance/trials.ts");
  const kernel = KERNELS.find((name) => name === Deno.args[0]);
  if (kernel === undefined) throw new TypeError(`Cannot write: one of ${KERNELS.join(", ")}`);
  const rows = (await tryPromises(PROMISES)).map(({ promise, seen, verdict }) => ({
    promise: promise.id,
    verdict,
    seen,
  }));
  await Deno.writeTextFile(expectedFile(kernel), `${JSON.stringify(rows, null, 2)}\n`);
  Deno.exit(0);
}
