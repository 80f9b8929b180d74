/**
 * Priority classes by name. Pure.
 *
 * @module
 */
import { PRIORITY_CLASS } from "../../ffi/constants.ts";

/**
 * A priority class, from the lowest to the highest.
 *
 * @example
 * ```ts
 * import type { PriorityClass } from "@jobbox/jobobject";
 *
 * const priority: PriorityClass = "idle";
 * ```
 */
export type PriorityClass =
  | "idle"
  | "belowNormal"
  | "normal"
  | "aboveNormal"
  | "high"
  | "realtime";

/** The Win32 value of each priority class. */
export const PRIORITIES: { readonly [P in PriorityClass]: number } = {
  idle: PRIORITY_CLASS.IDLE_PRIORITY_CLASS,
  belowNormal: PRIORITY_CLASS.BELOW_NORMAL_PRIORITY_CLASS,
  normal: PRIORITY_CLASS.NORMAL_PRIORITY_CLASS,
  aboveNormal: PRIORITY_CLASS.ABOVE_NORMAL_PRIORITY_CLASS,
  high: PRIORITY_CLASS.HIGH_PRIORITY_CLASS,
  realtime: PRIORITY_CLASS.REALTIME_PRIORITY_CLASS,
};
