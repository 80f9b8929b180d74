/**
 * What a check of the doctor is and what it answers.
 *
 * @module
 */
import { messageOf } from "../text/message.ts";

/**
 * What a check found.
 *
 * - `works`: a canary met it, and what should happen did;
 * - `kept`: the system took it and gives it back; its effect is not tested;
 * - `ineffective`: the system took it, and it does nothing;
 * - `refused`: the system refused it;
 * - `failed`: the check itself could not be made.
 */
export type CheckStatus = "works" | "kept" | "ineffective" | "refused" | "failed";

/** What a check answers. */
export interface CheckAnswer {
  /** What it found. */
  readonly status: CheckStatus;
  /** What was seen, as one phrase. */
  readonly detail: string;
  /** What to do about it; absent when there is nothing to do. */
  readonly advice?: string;
}

/** The parts of the doctor's table. */
export type CheckArea = "job" | "limits" | "soft limits" | "isolation" | "host";

/** One check. */
export interface Check {
  /** Its name for `--need`: for a limit its option without the dashes. */
  readonly id: string;
  /** The part of the table that it stands in. */
  readonly area: CheckArea;
  /** What it looks at, as one phrase. */
  readonly title: string;
  /**
   * Makes the check. What it starts is ended before it answers; what it throws counts as `failed`.
   */
  run(): Promise<CheckAnswer>;
}

/** A check with its answer. */
export interface CheckResult extends CheckAnswer {
  /** Its name for `--need`. */
  readonly id: string;
  /** The part of the table that it stands in. */
  readonly area: CheckArea;
  /** What it looks at. */
  readonly title: string;
}

/**
 * Whether a need is met: what works, and what the system keeps and no canary can show.
 *
 * @param status What a check found.
 * @returns Whether it counts as there.
 */
export function isPresent(status: CheckStatus): boolean {
  return status === "works" || status === "kept";
}

/**
 * Makes checks, one after the other: canaries must not take each other's processor time.
 *
 * @param checks The checks.
 * @param onResult Told each answer as it comes.
 * @returns All answers, in order.
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
