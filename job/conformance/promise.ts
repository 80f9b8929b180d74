/**
 * Types of a promise of Windows and of the result of its trial. Pure.
 *
 * @module
 */
import type { TrialName } from "./trials.ts";

/**
 * The result of a trial.
 *
 * - `kept`: the system does what is promised, or, without a page, what jobbox expects;
 * - `broken`: it does not, and the stated consequence follows;
 * - `different`: it does something else that jobbox also supports;
 * - `not triable`: the trial could not be made here.
 */
export type Verdict = "kept" | "broken" | "different" | "not triable";

/** The verdicts, the good ones first. */
export const VERDICTS: readonly Verdict[] = ["kept", "different", "broken", "not triable"];

/** What a trial returns. */
export interface TrialAnswer {
  /** What it found. */
  readonly verdict: Verdict;
  /** The observation, as one phrase without ids, names and paths. */
  readonly seen: string;
}

/** The parts of the table. */
export type PromiseArea =
  | "jobs"
  | "births"
  | "nesting"
  | "ends"
  | "messages"
  | "limits"
  | "times"
  | "memory"
  | "processors"
  | "notifications";

/** One promise of Windows that the product relies on. */
export interface WindowsPromise {
  /** Its name. */
  readonly id: string;
  /** The part of the table that contains it. */
  readonly area: PromiseArea;
  /** The promise, as one sentence. */
  readonly sentence: string;
  /** Its source: Microsoft's page, or the project that observed it. */
  readonly source: string;
  /** The consequence for the product if it is false. */
  readonly consequence: string;
  /** What tries it. */
  readonly trial: TrialName;
  /** The test that shows how the product handles it. */
  readonly test: string;
  /** Whether no page documents it, so that every result from a real Windows is new information. */
  readonly open?: boolean;
  /** The verdicts that the same system may give, if timing decides. */
  readonly timing?: readonly Verdict[];
}

/** A promise as it was found. */
export interface PromiseResult extends TrialAnswer {
  /** The promise. */
  readonly promise: WindowsPromise;
}

/** A trial: a small program on this machine. Everything it starts has ended when it returns. */
export type Trial = () => TrialAnswer | Promise<TrialAnswer>;

/** A promise that is kept. */
export function kept(seen: string): TrialAnswer {
  return { verdict: "kept", seen };
}

/** Another behaviour, which the product also supports. */
export function different(seen: string): TrialAnswer {
  return { verdict: "different", seen };
}

/** A promise that is not kept. */
export function broken(seen: string): TrialAnswer {
  return { verdict: "broken", seen };
}

/** A trial that cannot be made here. */
export function notTriable(seen: string): TrialAnswer {
  return { verdict: "not triable", seen };
}

/** Kept or broken, by one question. */
export function keptIf(isKept: boolean, seen: string): TrialAnswer {
  return isKept ? kept(seen) : broken(seen);
}

/** Kept or different, by one question. */
export function keptOrDifferent(isKept: boolean, seen: string): TrialAnswer {
  return isKept ? kept(seen) : different(seen);
}
