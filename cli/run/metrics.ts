/**
 * Adds a run to the metrics of its machine.
 *
 * @module
 */
import { METRICS_FILE, readMetrics, renderMetrics, withRun } from "../report/metrics.ts";
import type { RunRecord } from "../report/record.ts";
import type { Io } from "../terminal/io.ts";
import { sharedFiles } from "../terminal/shared_file.ts";
import { reasonOf } from "../text/message.ts";
import { shown } from "../../values/shown.ts";

/**
 * Returns the file of the metrics in a folder.
 *
 * @param folder The folder, as it was given.
 * @returns The path of the file.
 */
export function metricsPath(folder: string): string {
  return `${folder}${/[\\/:]$/.test(folder) ? "" : "\\"}${METRICS_FILE}`;
}

/** A file of the metrics, and how a run uses it. */
export interface MetricsFile {
  /** Its path. */
  readonly path: string;
  /** Whether it holds the sums, is their lock, or holds the new sums until it is renamed. */
  readonly use: "sum" | "lock" | "draft";
}

/**
 * Returns the files that a run writes to add itself to the metrics in a folder.
 *
 * @param folder The folder, as it was given.
 * @returns The files, the one with the sums first.
 */
export function metricsFiles(folder: string): readonly MetricsFile[] {
  const path = metricsPath(folder);
  const { draft, lock } = sharedFiles(path);
  return [{ path, use: "sum" }, { path: lock, use: "lock" }, { path: draft, use: "draft" }];
}

/**
 * Adds a run to the sums of a folder.
 *
 * @param record The record of the run.
 * @param folder The folder.
 * @param io The files and the clock.
 * @returns What to say about it; `undefined` if it is added and nothing was in the way.
 */
export async function addToMetrics(
  record: RunRecord,
  folder: string,
  io: Pick<Io, "updateShared">,
): Promise<string | undefined> {
  const path = metricsPath(folder);
  try {
    const aside = await io.updateShared(path, (old) => {
      const before = old === undefined ? undefined : readMetrics(old);
      const text = renderMetrics(withRun(before, record));
      return { text, rejectsOld: old !== undefined && before === undefined };
    });
    if (aside === undefined) return undefined;
    return `Cannot read the metrics in ${shown(path)}: they are moved to ${shown(aside)}, ` +
      "and counting begins anew";
  } catch (error) {
    return `Cannot add the run to the metrics in ${shown(path)}: ${reasonOf(error)}`;
  }
}
