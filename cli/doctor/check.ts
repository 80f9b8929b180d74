/**
 * A check of the doctor and its result.
 *
 * @module
 */
import { messageOf } from "../text/message.ts";

/**
 * What a check found.
 *
 * - `works`: a canary reached the limit, and the right thing happened;
 * - `kept`: the system accepted it and reports it back; its effect is not tested;
 * - `ineffective`: the system accepted it, but it does nothing;
 * - `refused`: the system refused it;
 * - `failed`: the check itself could not be made.
 */
export type CheckStatus = "works" | "kept" | "ineffective" | "refused" | "failed";

/** The result of a check. */
export interface CheckAnswer {
  /** What it found. */
  readonly status: CheckStatus;
  /** What was seen, as one phrase. */
  readonly detail: string;
  /** What to do about it; absent if there is nothing to do. */
  readonly advice?: string;
}

/** The parts of the doctor's table. */
export type CheckArea = "job" | "limits" | "soft limits" | "isolation" | "host";

/** One check. */
export interface Check {
  /** Its name for `--need`: for a limit its option without the dashes. */
  readonly id: string;
  /** Its part of the table. */
  readonly area: CheckArea;
  /** What it checks, as one phrase. */
  readonly title: string;
  /**
   * Makes the check. It ends what it starts before it returns; an error counts as `failed`.
   */
  run(): Promise<CheckAnswer>;
}

/** A check with its result. */
export interface CheckResult extends CheckAnswer {
  /** Its name for `--need`. */
  readonly id: string;
  /** Its part of the table. */
  readonly area: CheckArea;
  /** What it checks. */
  readonly title: string;
}

/**
 * Whether a need is met: it works, or the system accepts it and no canary can show its effect.
 *
 * @param status What a check found.
 * @returns Whether it counts as present.
 */
export function isPresent(status: CheckStatus): boolean {
  return status === "works" || status === "kept";
}

/**
 * Makes checks one after the other: canaries must not take processor time from each other.
 *
 * @param checks The checks.
 * @param onResult Receives each result as it comes.
 * @returns All results, in order.
 */
export async function runChecks(
  checks: readonly Check[],
  onResult?: (result: CheckResult) => void,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { id, area, title, run } of checks) {
    let answer: CheckAnswer;
    try {
      answer = await run();
    } catch (error) {
      answer = { status: "failed", detail: messageOf(error) };
    }
    const result = { id, area, title, ...answer };
    results.push(result);
    onResult?.(result);
  }
  return results;
}
