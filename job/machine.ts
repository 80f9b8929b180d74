/**
 * The machine: its processors, counted once for limits, the tool and reports, and its name.
 *
 * @module
 */
import { COMPUTER_NAME_FORMAT, PROCESSOR_GROUPS } from "../ffi/constants.ts";
import { check } from "../ffi/error.ts";
import { kernel32 } from "../ffi/library.ts";
import { decodeWide } from "../ffi/strings.ts";
import type { Machine } from "./limits/cpu_limit.ts";

/**
 * Counts the processors of all groups. `navigator.hardwareConcurrency` counts only one group, at
 * most 64.
 *
 * @returns Logical processors, 1 or more.
 * @throws {Win32Error} If the system does not report it.
 * @throws {UnsupportedPlatformError} If this is not Windows.
 */
export function processorCount(): number {
  return count(PROCESSOR_GROUPS.ALL_PROCESSOR_GROUPS);
}

function count(group: number): number {
  return check(
    kernel32.GetActiveProcessorCount(group),
    "GetActiveProcessorCount",
    "Cannot count the processors",
  );
}

/** The processors of one group, one bit each. */
export interface ProcessorGroup {
  /** The group's number. */
  readonly group: number;
  /** Its processors, which are numbered from 0. */
  readonly mask: bigint;
}

/**
 * Lists the processors of all groups.
 *
 * @returns A full mask for each group.
 * @throws {Win32Error} If the system does not report it.
 */
export function processorGroups(): ProcessorGroup[] {
  const groups: ProcessorGroup[] = [];
  for (let rest = processorCount(); rest > 0;) {
    const group = groups.length;
    const processors = count(group);
    groups.push({ group, mask: (1n << BigInt(processors)) - 1n });
    rest -= processors;
  }
  return groups;
}

/** The units that hold every name of a host, and its end. */
const NAME_UNITS = 256;

/**
 * Reads the machine's name in the network. `COMPUTERNAME` of the environment is cut to 15
 * characters, and whoever starts a program can change it.
 *
 * @returns The name of its host without a domain; `undefined` if the system does not report it.
 * @throws {UnsupportedPlatformError} If this is not Windows.
 */
export function machineName(): string | undefined {
  const buffer = new Uint16Array(NAME_UNITS);
  const size = new Uint32Array([buffer.length]);
  const kind = COMPUTER_NAME_FORMAT.ComputerNamePhysicalDnsHostname;
  if (kernel32.GetComputerNameExW(kind, buffer, size) === 0) return undefined;
  return decodeWide(buffer) || undefined;
}

/** This machine, queried only if a limit depends on it. */
export const MACHINE: Machine = {
  get processors(): number {
    return processorCount();
  },
};
