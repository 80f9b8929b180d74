/**
 * What a promise of Windows is, and what trying it gives. Pure.
 *
 * @module
 */
import type { TrialName } from "./trials.ts";

/**
 * What a trial found.
 *
 * - `kept`: the system does what is promised, or, where no page says, what jobbox expects;
 * - `broken`: it does not, and what is said to follow does;
 * - `different`: it does something else that jobbox is built for as well;
 * - `not triable`: the trial could not be made here.
 */
export type Verdict = "kept" | "broken" | "different" | "not triable";

/** The verdicts, the good ones first. */
export const VERDICTS: readonly Verdict[] = ["kept", "different", "broken", "not triable"];

/** What a trial answers. */
export interface TrialAnswer {
  /** What it found. */
  readonly verdict: Verdict;
  /** What was seen, as one phrase without ids, names and paths. */
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
  /** The part of the table that it stands in. */
  readonly area: PromiseArea;
  /** What is promised, as one sentence. */
  readonly sentence: string;
  /** Who promises it: Microsoft's page, or whoever saw it. */
  readonly source: string;
  /** What follows in the product where it is false. */
  readonly consequence: string;
  /** What tries it. */
  readonly trial: TrialName;
  /** The test that shows what the product makes of it. */
  readonly test: string;
  /** Whether no page settles it, so that every answer of a real Windows is news. */
  readonly open?: boolean;
  /** The verdicts that one and the same system may give, where the moment decides. */
  readonly timing?: readonly Verdict[];
}

/** A promise as it was found. */
export interface PromiseResult extends TrialAnswer {
  /** The promise. */
  readonly promise: WindowsPromise;
}

/** A trial: a small program on the machine at hand. What it starts is ended when it returns. */
export type Trial = () => TrialAnswer | Promise<TrialAnswer>;

/** A promise that is kept. */
export function kept(seen: string): TrialAnswer {
  return { verdict: "kept", seen };
}

/** Another behaviour, which the product is built for as well. */
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
