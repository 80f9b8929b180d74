/**
 * The trials by name, and how they are made one after the other.
 *
 * @module
 */
import { Win32Error } from "../../ffi/error.ts";
import { birthTrials } from "./birth_trials.ts";
import { controlTrials } from "./control_trials.ts";
import { endTrials } from "./end_trials.ts";
import { jobTrials } from "./job_trials.ts";
import { limitTrials } from "./limit_trials.ts";
import { memoryTrials } from "./memory_trials.ts";
import { messageTrials } from "./message_trials.ts";
import { nestingTrials } from "./nesting_trials.ts";
import { notificationTrials } from "./notification_trials.ts";
import { notTriable, type PromiseResult, type Trial, type WindowsPromise } from "./promise.ts";
import { timeTrials } from "./time_trials.ts";

/** The trials of every part. */
type Trials =
  & ReturnType<typeof jobTrials>
  & ReturnType<typeof birthTrials>
  & ReturnType<typeof nestingTrials>
  & ReturnType<typeof endTrials>
  & ReturnType<typeof messageTrials>
  & ReturnType<typeof limitTrials>
  & ReturnType<typeof timeTrials>
  & ReturnType<typeof memoryTrials>
  & ReturnType<typeof controlTrials>
  & ReturnType<typeof notificationTrials>;

/** The name of a trial. */
export type TrialName = keyof Trials;

/**
 * Makes the trials of one run; several may look at one experiment, which is made once.
 *
 * @returns The trials by name.
 */
export function trials(): { readonly [name in TrialName]: Trial } {
  return {
    ...jobTrials(),
    ...birthTrials(),
    ...nestingTrials(),
    ...endTrials(),
    ...messageTrials(),
    ...limitTrials(),
    ...timeTrials(),
    ...memoryTrials(),
    ...controlTrials(),
    ...notificationTrials(),
  };
}

/**
 * Tries promises, one after the other. A trial that throws says nothing of its promise.
 *
 * @param promises The promises.
 * @param onResult Called with each result as it comes.
 * @returns All results, in order.
 */
export async function tryPromises(
  promises: readonly WindowsPromise[],
  onResult?: (result: PromiseResult) => void,
): Promise<PromiseResult[]> {
  const all = trials();
  const results: PromiseResult[] = [];
  for (const promise of promises) {
    let answer;
    try {
      answer = await all[promise.trial]();
    } catch (error) {
      answer = notTriable(`the trial failed: ${reasonOf(error)}`);
    }
    const result = { promise, ...answer };
    results.push(result);
    onResult?.(result);
    // Trials block; whoever wants to stop the tool is heard between two of them.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return results;
}

/** Why a trial failed, without details about the machine. */
function reasonOf(error: unknown): string {
  if (error instanceof Win32Error) return `${error.api}: ${error.codeName}`;
  return error instanceof Error ? error.name : "an unknown error";
}
