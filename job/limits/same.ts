/**
 * Whether a limit that was read back is the one that was set. Pure.
 *
 * @module
 */
import { textOf } from "./check.ts";
import type { LimitRow } from "./row.ts";
import type { WorkingSet } from "./limits.ts";

/** The system keeps memory limits in pages of so many bytes. */
const PAGE = 4096;

/**
 * Compares a limit with what the system answers for it.
 *
 * @param row The limit's row.
 * @param wanted What was set; `undefined` for none.
 * @param found What the system answers; `undefined` for none.
 * @returns Whether that is the same limit, as the system keeps it: memory in whole pages, and the
 * job's user time perhaps with what had been used before.
 */
export function sameLimit(row: LimitRow, wanted: unknown, found: unknown): boolean {
  if (wanted === undefined || found === undefined) return wanted === found;
  if (row.name === "jobUserTime") return (found as number) >= (wanted as number);
  if (row.part !== "extended") return textOf(wanted) === textOf(found);
  if (row.kind === "bytes") return samePages(wanted as number, found as number);
  if (row.kind === "byteRange") {
    const [set, kept] = [wanted as WorkingSet, found as WorkingSet];
    return samePages(set.min, kept.min) && samePages(set.max, kept.max);
  }
  return textOf(wanted) === textOf(found);
}

function samePages(wanted: number, found: number): boolean {
  return found <= wanted && wanted - found < PAGE;
}
