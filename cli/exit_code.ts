/**
 * The exit codes of the tool: one table for the code, the help and the documentation.
 *
 * @module
 */

/** The verdicts of a run that a limit ended. */
export const LIMIT_VERDICTS = [
  "timeout",
  "memory",
  "cpuTime",
  "processes",
  "outputSize",
  "notification",
] as const;

/** Every verdict that a run can have, in the order of the documentation. */
export const VERDICTS = [
  "exited",
  "notFound",
  "cannotExecute",
  ...LIMIT_VERDICTS,
  "interrupted",
  "killed",
  "failed",
] as const;

/**
 * How a run ended, in one word.
 *
 * - `exited`: the command ended by itself, whatever its code;
 * - `notFound`, `cannotExecute`: it was never started;
 * - `timeout`: its wall time ran out;
 * - `memory`, `cpuTime`, `processes`, `outputSize`: it was ended because it reached that limit;
 * - `notification`: it was ended at a soft limit;
 * - `interrupted`: by Ctrl-C, by the console's close or by logoff;
 * - `killed`: from outside, by `jobbox kill`;
 * - `failed`: by a failure of jobbox itself.
 */
export type Verdict = typeof VERDICTS[number];

/** One row of the table of exit codes. */
export interface ExitCodeRow {
  /** The code; absent for the command's own. */
  readonly code?: number;
  /** The verdicts that end with it. */
  readonly verdicts: readonly Verdict[];
  /** What it means, as one phrase. */
  readonly meaning: string;
}

/** Every exit code of `jobbox run`, in the order of the help. */
export const EXIT_CODES: readonly ExitCodeRow[] = [
  { verdicts: ["exited"], meaning: "the command's own code" },
  { code: 124, verdicts: ["timeout"], meaning: "the time of --timeout ran out" },
  {
    code: 125,
    verdicts: ["failed"],
    meaning: "jobbox itself failed, or its command line is wrong",
  },
  { code: 126, verdicts: ["cannotExecute"], meaning: "the command was found but cannot be run" },
  { code: 127, verdicts: ["notFound"], meaning: "the command was not found" },
  { code: 130, verdicts: ["interrupted"], meaning: "Ctrl-C" },
  { code: 137, verdicts: ["memory"], meaning: "ended because it reached its memory limit" },
  {
    code: 143,
    verdicts: ["killed", "processes", "notification"],
    meaning: "ended by jobbox kill, or because it reached its process limit or a soft limit",
  },
  { code: 152, verdicts: ["cpuTime"], meaning: "ended because it reached its CPU time limit" },
  { code: 153, verdicts: ["outputSize"], meaning: "ended because it reached its output limit" },
];

/** The exit code of a usage error and of the tool's own failure. */
export const FAILURE_CODE = 125;

/**
 * The exit code that jobbox gives to processes that it ends: a status of the customer range that no
 * program returns by chance ("job" in ASCII), so that a run can tell that another jobbox ended it.
 */
export const ENDED_BY_JOBBOX = 0xe06a_6f62;

/**
 * Returns the exit code of a verdict.
 *
 * @param verdict How the run ended.
 * @param childCode The command's own unsigned code; used for `"exited"` only.
 * @returns The exit code of jobbox.
 */
export function exitCodeOf(verdict: Verdict, childCode?: number): number {
  const row = EXIT_CODES.find(({ verdicts }) => verdicts.includes(verdict));
  return row?.code ?? childCode ?? FAILURE_CODE;
}
