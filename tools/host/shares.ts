/**
 * Dividing the rings into shares and running two shares side by side.
 *
 * A share is one process, and under Wine one session, that runs some files of a ring. Most tests
 * wait for a child or for time, so two shares together take little longer than one alone.
 *
 * @module
 */

import type { Ring } from "./rings.ts";

/** How many files one share has: a share takes a minute or two, and to start one takes seconds. */
const FILES_OF_SHARE: Readonly<Record<Ring, number>> = {
  "pure": Infinity,
  "abi": Infinity,
  "host": 11,
  "windows": 26,
  "windows-other-model": 17,
  "windows-bare": Infinity,
  "executable": 3,
};

/**
 * Divides the files of a ring.
 *
 * @param ring The ring.
 * @param files Its files, sorted: those of a folder take alike long, so they are dealt like cards.
 * @returns The files of each share; one empty share for a ring without a file.
 */
export function dealShares(ring: Ring, files: readonly string[]): string[][] {
  const count = Math.max(1, Math.ceil(files.length / FILES_OF_SHARE[ring]));
  return Array.from(
    { length: count },
    (_, share) => files.filter((_, index) => index % count === share),
  );
}

/**
 * Runs tasks in their order, some at a time.
 *
 * @param tasks The tasks; each begins when a lane is free.
 * @param lanes How many may run at once.
 */
export async function runInLanes(
  tasks: readonly (() => Promise<void>)[],
  lanes: number,
): Promise<void> {
  const next = tasks.values();
  const lane = async (): Promise<void> => {
    for (const task of next) await task();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
