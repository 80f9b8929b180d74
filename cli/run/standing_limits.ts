/**
 * The limits of a job at one time, to compare a run's start and end.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import type { StandingLimits } from "../report/limit_changes.ts";
import { type JsonObject, toJsonObject } from "../text/json.ts";
import type { JobObject, LimitsInForce } from "../../mod.ts";

/** Reads limits; `undefined` if the system does not report them, which must not end the run. */
function read(limits: () => object): JsonObject | undefined {
  try {
    return toJsonObject(limits());
  } catch {
    return undefined;
  }
}

/**
 * Reads the limits of a job.
 *
 * @param job The job.
 * @returns The limits and the soft limits, each `undefined` if it cannot be read, and which limits are
 * not known.
 */
export function standingLimits(
  job: Pick<JobObject, "limits" | "notificationLimits">,
): StandingLimits {
  let unknown: LimitsInForce["unknown"];
  const hard = read(() => {
    const { unknown: names, unknownReason: _, ...limits } = job.limits();
    unknown = names;
    return limits;
  });
  // An unknown part must not look like removed limits.
  return { hard, soft: read(() => job.notificationLimits()), ...defined({ unknown }) };
}
