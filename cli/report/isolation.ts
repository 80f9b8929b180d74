/**
 * The isolation of a run, in the form of the record.
 *
 * @module
 */
import { type Isolation, type IsolationInForce, IsolationNotAppliedError } from "../../mod.ts";
import { defined } from "../../values/defined.ts";
import { type JsonObject, toJsonObject } from "../text/json.ts";

/** One restriction of a run. */
export interface RecordedRestriction {
  /** Its key, such as `"admin"`. */
  readonly row: string;
  /** What was asked for. */
  readonly asked: string;
  /** The value read back from the suspended command or, if it was refused, the value found. */
  readonly readBack: string;
  /** The result of a trial with the same rights; absent if there is only the read-back. */
  readonly shown?: string;
}

/** The isolation of a run. */
export interface RecordedIsolation {
  /** What was asked for, by the keys of the programming interface. */
  readonly asked: JsonObject;
  /** What was found in the command before its first instruction; empty when it was not started. */
  readonly restrictions: readonly RecordedRestriction[];
  /** The restriction that is not in force, and where that was found; absent when all are. */
  readonly refused?: RecordedRestriction & { readonly gate: string };
  /** A sentence for each change that could not be undone. */
  readonly left: readonly string[];
}

/** How a start ended. */
export interface IsolationOutcome {
  /** What was found in the command. */
  readonly inForce?: IsolationInForce | undefined;
  /** The changes that could not be undone. */
  readonly left?: readonly string[] | undefined;
  /** What the start threw. */
  readonly refused?: unknown;
}

/**
 * Makes the record of an isolation.
 *
 * @param asked What was asked for.
 * @param outcome How the start ended.
 * @returns The record; `undefined` if none was requested.
 */
export function recordedIsolation(
  asked: Isolation | undefined,
  { inForce, left = [], refused }: IsolationOutcome,
): RecordedIsolation | undefined {
  if (asked === undefined) return undefined;
  const failure = refused instanceof IsolationNotAppliedError
    ? { row: refused.row, asked: refused.asked, readBack: refused.read, gate: refused.gate }
    : undefined;
  return {
    asked: toJsonObject(asked),
    restrictions: inForce?.restrictions ?? [],
    ...defined({ refused: failure }),
    left,
  };
}
