/**
 * The limits of a job as they stand at one time, for the comparison of a run's start and end.
 *
 * @module
 */
import type { StandingLimits } from "../report/limit_changes.ts";
import { type JsonObject, toJsonObject } from "../text/json.ts";
import type { JobObject, LimitsInForce } from "../../mod.ts";

/** What is read; `undefined` when the system does not tell, which must not cost the run. */
function read(limits: () => object): JsonObject | undefined {
  try {
    return toJsonObject(limits());
  } catch {
    return undefined;
  }
}

/** A part that is not known must not look like a limit that was lifted. */
function allOf(limits: LimitsInForce): object {
  if (limits.unknownReason !== undefined) throw limits.unknownReason;
  return limits;
}

/**
 * Reads the limits of a job.
 *
 * @param job The job.
 * @returns The limits and the soft limits, each `undefined` where it cannot be read.
 */
export function standingLimits(
  job: Pick<JobObject, "limits" | "notificationLimits">,
): StandingLimits {
  return { hard: read(() => allOf(job.limits())), soft: read(() => job.notificationLimits()) };
}
