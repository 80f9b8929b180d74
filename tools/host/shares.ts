/**
 * Divides the rings into shares and runs two shares side by side.
 *
 * A share is one process, and under Wine one session, that runs some files of a ring. Most tests
 * wait for a child or for time, so two shares together take little longer than one alone.
 *
 * @module
 */

import type { Ring } from "./rings.ts";

/** The number of files per share: a share takes a minute or two, and starting one takes seconds. */
const FILES_OF_SHARE: Readonly<Record<Ring, number>> = {
  "pure": Infinity,
  "abi": Infinity,
  "host": 11,
  "windows": 26,
  "windows-other-model": 17,
  "windows-bare": Infinity,
  "executable": 3,
  "engine": Infinity,
};

/** Files that measure time to within milliseconds, and so run alone. */
export const MEASURES: readonly string[] = ["tests/windows/cli/run_measures_test.ts"];

/** Files that one process runs. */
export interface Share {
  /** The files. */
  readonly files: readonly string[];
  /** Whether no other share may run at the same time. */
  readonly alone: boolean;
}

/**
 * Divides the files of a ring.
 *
 * @param ring The ring.
 * @param files Its files, sorted. Those of one folder take about equally long, so they are dealt
 * out like cards.
 * @returns The shares; one without a file for a ring without any.
 */
export function dealShares(ring: Ring, files: readonly string[]): Share[] {
  const measures = files.filter((file) => MEASURES.includes(file));
  const others = files.filter((file) => !MEASURES.includes(file));
  const count = Math.min(others.length, Math.ceil(others.length / FILES_OF_SHARE[ring]) || 1);
  const shares = Array.from({ length: count }, (_, share): Share => ({
    files: others.filter((_, index) => index % count === share),
    alone: false,
  }));
  if (measures.length > 0) shares.push({ files: measures, alone: true });
  return shares.length > 0 ? shares : [{ files: [], alone: false }];
}

/**
 * Runs tasks in order, some at a time.
 *
 * @param tasks The tasks; each starts when a lane is free.
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
