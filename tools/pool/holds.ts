/**
 * Which jobs of a trial were held without a kill that explains it.
 *
 * Pure.
 *
 * @module
 */
import type { Ad } from "./pool.ts";

/**
 * `HoldReasonCode` of a transfer of files that did not come to its end, of the output and of the input:
 * what a kill in the middle of one leaves.
 */
const TRANSFERS: readonly unknown[] = [12, 13];

/**
 * Finds the jobs whose hold no kill explains. A kill ends one transfer at most, so there are no more
 * explained holds than kills.
 *
 * @param held The ads of the jobs that are held.
 * @param kills How many daemons were killed.
 * @returns The ads of those that count as failures.
 */
export function unexplainedHolds(held: readonly Ad[], kills: number): Ad[] {
  const isTransfer = ({ HoldReason, HoldReasonCode }: Ad): boolean =>
    TRANSFERS.includes(HoldReasonCode) && typeof HoldReason === "string" && HoldReason !== "";
  const excess = held.filter(isTransfer).slice(kills);
  return held.filter((ad) => !isTransfer(ad) || excess.includes(ad));
}
