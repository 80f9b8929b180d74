/**
 * Counters of reads and writes, and whether they count.
 *
 * Pure.
 *
 * @module
 */

/**
 * Tells whether the system counts reads and writes at all: a process that starts opens its program, so
 * that without a single operation none was counted.
 *
 * @param counters What the system gave, for a process or for a job that had one.
 * @returns Whether anything was counted.
 */
export function isCounted(counters: Readonly<Record<string, number | bigint>>): boolean {
  return Object.values(counters).some((value) => value > 0);
}
