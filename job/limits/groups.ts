/**
 * Reads and writes the processor groups of a job's limit. The system also returns a list of all
 * groups for a job without this limit, or with another one; this module distinguishes that list
 * from a limit.
 *
 * @module
 */
import { ERROR, JOBOBJECTINFOCLASS } from "../../ffi/constants.ts";
import { failure } from "../../ffi/error.ts";
import type { Handle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { maskToCpus } from "../../values/cpus.ts";
import { same } from "../../values/value_kind.ts";
import type { Answer } from "../info_class.ts";
import { processorCount, processorGroups } from "../machine.ts";
import type { GroupAffinityValue } from "./row.ts";

const GROUP = struct(STRUCTS, "GROUP_AFFINITY");

type Groups = readonly GroupAffinityValue[];

/**
 * Reads the groups of a job.
 *
 * @param job The job's handle.
 * @returns The groups by number, or the refusal.
 */
export function readGroups(job: Handle): Answer<readonly GroupAffinityValue[]> {
  for (let room = 4;; room *= 4) {
    const memory = new DataView(new ArrayBuffer(room * GROUP.size));
    const length = new Uint32Array(1);
    const code = failure(kernel32.QueryInformationJobObject(
      job,
      JOBOBJECTINFOCLASS.JobObjectGroupInformationEx,
      memory,
      memory.byteLength,
      length,
    ));
    if (code === ERROR.INSUFFICIENT_BUFFER && room < 1024) continue;
    if (code !== 0) return { ok: false, code, api: "QueryInformationJobObject" };
    const count = length[0]! / GROUP.size;
    const groups = Array.from({ length: count }, (_, i) => GROUP.decode(memory, i * GROUP.size));
    return { ok: true, value: groups.sort((a, b) => a.Group - b.Group) };
  }
}

/**
 * Writes the groups of a job.
 *
 * @param job The job's handle.
 * @param groups The groups; an empty list removes the limit.
 * @returns 0 or the value of `GetLastError`.
 */
export function writeGroups(job: Handle, groups: readonly GroupAffinityValue[]): number {
  if (groups.length === 0) return liftGroups(job);
  return setGroups(job, groups);
}

/**
 * An empty list removes the limit. If the system refuses that, all processors of all groups are
 * set.
 */
function liftGroups(job: Handle): number {
  const code = setGroups(job, []);
  if (code === ERROR.SUCCESS || code === ERROR.ACCESS_DENIED) return code;
  return setGroups(
    job,
    processorGroups().map(({ group, mask }) => ({ Mask: mask, Group: group, Reserved: [0, 0, 0] })),
  );
}

function setGroups(job: Handle, groups: readonly GroupAffinityValue[]): number {
  const memory = new Uint8Array(groups.length * GROUP.size);
  const sorted = groups.toSorted((a, b) => a.Group - b.Group);
  for (const [i, group] of sorted.entries()) {
    GROUP.encode(group, new DataView(memory.buffer, i * GROUP.size, GROUP.size));
  }
  return failure(kernel32.SetInformationJobObject(
    job,
    JOBOBJECTINFOCLASS.JobObjectGroupInformationEx,
    groups.length === 0 ? null : memory,
    memory.byteLength,
  ));
}

/** The groups of one job. */
export class OwnGroups {
  /** The groups that were set here. */
  set: Groups = [];

  /**
   * Distinguishes a limit from the list of all processors.
   *
   * @param groups The groups as the system returns them.
   * @returns The same groups if they were set here or are fewer than all; otherwise none.
   */
  limitOf(groups: Groups): Groups {
    return same(groups, this.set) ? groups : narrowerGroups(groups);
  }
}

/**
 * Drops groups that limit nothing.
 *
 * @param groups The groups as the system returns them.
 * @returns The same groups if they are fewer than all processors of the machine; otherwise none.
 */
export function narrowerGroups(groups: Groups): Groups {
  const count = groups.reduce((sum, { Mask }) => sum + maskToCpus(Mask).length, 0);
  return count >= processorCount() ? [] : groups;
}
