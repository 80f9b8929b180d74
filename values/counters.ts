/**
 * Counters of reads and writes, and whether they count.
 *
 * Pure.
 *
 * @module
 */

/**
 * Returns whether the system counts reads and writes at all. Every process opens its program when
 * it starts, so if there is no operation at all, none was counted.
 *
 * @param counters The counters of a process, or of a job that had a process.
 * @returns Whether anything was counted.
 */
export function isCounted(counters: Readonly<Record<string, number | bigint>>): boolean {
  return Object.values(counters).some((value) => value > 0);
}
