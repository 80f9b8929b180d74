/**
 * The process tree, as Linux tells it.
 *
 * @module
 */

/** What /proc says of a process. */
export interface ProcessStat {
  /** The process that started it, or that took it over. */
  readonly parent: number;
  /** When it was started, in clock ticks since boot. */
  readonly started: number;
}

/**
 * Reads a line of `/proc/PID/stat`.
 *
 * @param line The line; the name in it may hold anything, brackets and spaces too.
 * @returns Its parent and start time, or `undefined` when it is no such line.
 */
export function parseStat(line: string): ProcessStat | undefined {
  // After the name's closing bracket: state, parent, … and the start time as the 20th.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [parent, started] = [Number(fields[1]), Number(fields[19])];
  return Number.isInteger(parent) && Number.isInteger(started) ? { parent, started } : undefined;
}

/**
 * The processes that a process started or took over.
 *
 * @param pid The process.
 * @returns Their numbers, the oldest first.
 */
export function childrenOf(pid: number): number[] {
  const found: { readonly pid: number; readonly started: number }[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readStat(name);
    if (stat?.parent === pid) found.push({ pid: Number(name), started: stat.started });
  }
  return found.toSorted((a, b) => a.started - b.started || a.pid - b.pid).map((child) => child.pid);
}

/**
 * The name that a process was started by.
 *
 * @param pid The process.
 * @returns Its first argument, or `undefined` when it has ended.
 */
export function programOf(pid: number): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0")[0];
  } catch {
    // It ended while its parent's children were listed.
    return undefined;
  }
}

function readStat(name: string): ProcessStat | undefined {
  try {
    return parseStat(Deno.readTextFileSync(`/proc/${name}/stat`));
  } catch {
    // It ended while the folder was read.
    return undefined;
  }
}
