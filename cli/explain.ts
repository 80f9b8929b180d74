/**
 * What a run would do.
 *
 * @module
 */
import type { Io } from "./io.ts";
import type { RunPlan } from "./run_plan.ts";

/**
 * Explains a run.
 *
 * @param _plan The run.
 * @param _io The world.
 * @returns The exit code.
 */
export function explainRun(_plan: RunPlan, _io: Io): Promise<number> {
  return Promise.resolve(0);
}
