/**
 * The processor groups that a job was limited to: the system lists all groups where it has no such
 * limit, and where it has another one.
 *
 * @module
 */
import { processorCount } from "../machine.ts";
import type { GroupAffinityValue } from "./row.ts";
import { maskToCpus } from "../../values/cpus.ts";
import { textOf } from "../../values/value_kind.ts";

type Groups = readonly GroupAffinityValue[];

/** The groups of one job. */
export class OwnGroups {
  /** Those that were set here. */
  set: Groups = [];

  /**
   * Tells a limit from the list of all processors.
   *
   * @param groups Groups as the system gives them.
   * @returns The same where they were set here or are fewer than all; else none.
   */
  limitOf(groups: Groups): Groups {
    return textOf(groups) === textOf(this.set) ? groups : narrowerGroups(groups);
  }
}

/**
 * Leaves out groups that limit nothing.
 *
 * @param groups Groups as the system gives them.
 * @returns The same where they are fewer than all processors of the machine; else none.
 */
export function narrowerGroups(groups: Groups): Groups {
  const count = groups.reduce((sum, { Mask }) => sum + maskToCpus(Mask).length, 0);
  return count >= processorCount() ? [] : groups;
}
