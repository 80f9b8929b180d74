/**
 * Limits that were changed while the command ran, by `jobbox limits` or by any process of the same
 * user that opens the job by its name.
 *
 * @module
 */
import type { JsonObject, JsonValue } from "../text/json.ts";
import { showName } from "../text/display.ts";
import { showLimit } from "./limit_value.ts";

/** What happened to a limit. */
export type LimitChange = "changed" | "lifted" | "set" | "unknown";

/** A limit that was not the same at the end as at the start. */
export interface RecordedLimitChange {
  /** Its name, as in `job.limits` or `job.notificationLimits`. */
  readonly name: string;
  /** Whether it is a limit, or a soft limit that only notifies. */
  readonly kind: "hard" | "soft";
  /** `unknown` where the limits could not be read at the end. */
  readonly change: LimitChange;
  /** Its value at the start; absent for one that was `set` since. */
  readonly before?: JsonValue;
  /** Its value at the end; absent for one that was `lifted` or is `unknown`. */
  readonly after?: JsonValue;
}

/** The limits of a job at one time; `undefined` if they could not be read. */
export interface StandingLimits {
  /** The limits. */
  readonly hard: JsonObject | undefined;
  /** The soft limits. */
  readonly soft: JsonObject | undefined;
  /** The limits of the parts that could not be read, if others could. */
  readonly unknown?: readonly string[];
}

/**
 * Compares the limits at the end of a run with those at its start.
 *
 * @param before The limits at the start, as they were read back.
 * @param after The limits at the end.
 * @returns The differences, in the order of the names at the start.
 */
export function limitChanges(
  before: StandingLimits,
  after: StandingLimits,
): RecordedLimitChange[] {
  return (["hard", "soft"] as const).flatMap((kind) => {
    const [old, now] = [before[kind], after[kind]];
    if (old === undefined) return [];
    if (now === undefined) {
      return Object.entries(old).map(([name, value]): RecordedLimitChange => ({
        name,
        kind,
        change: "unknown",
        before: value,
      }));
    }
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    const isUnknown = ({ unknown = [] }: StandingLimits, name: string): boolean =>
      kind === "hard" && unknown.includes(name);
    return names.flatMap((name): RecordedLimitChange[] => {
      const [was, is] = [old[name], now[name]];
      // Without the value at the start, a change cannot be seen.
      if (isUnknown(before, name)) return [];
      if (was !== undefined && isUnknown(after, name)) {
        return [{ name, kind, change: "unknown", before: was }];
      }
      if (JSON.stringify(was) === JSON.stringify(is)) return [];
      if (was === undefined) return [{ name, kind, change: "set", after: is! }];
      if (is === undefined) return [{ name, kind, change: "lifted", before: was }];
      return [{ name, kind, change: "changed", before: was, after: is }];
    });
  });
}

/**
 * Says what happened to a limit.
 *
 * @param change The change.
 * @returns Such as `"The job memory limit of 64 MiB was removed during the run"`; no final period, one
 * line.
 */
export function changeSentence({ name, kind, change, before, after }: RecordedLimitChange): string {
  const value = (of: JsonValue | undefined): string => of === undefined ? "" : showLimit(name, of);
  const what = `${kind === "soft" ? "soft " : ""}${showName(name)} limit of`;
  switch (change) {
    case "changed":
      return `The ${what} ${value(before)} was changed to ${value(after)} during the run`;
    case "lifted":
      return `The ${what} ${value(before)} was removed during the run`;
    case "set":
      return `${/^[aeiou]/.test(what) ? "An" : "A"} ${what} ${value(after)} was set during the run`;
    case "unknown":
      return `Whether the ${what} ${value(before)} was still set at the end is unknown`;
  }
}
