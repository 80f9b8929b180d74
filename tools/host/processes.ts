/**
 * Linux processes, read from /proc.
 *
 * @module
 */

/** The facts about a process in /proc. */
export interface ProcessStat {
  /** The process that started or adopted it. */
  readonly parent: number;
  /** When it was started, in clock ticks since boot. */
  readonly started: number;
}

/**
 * Reads a line of `/proc/PID/stat`.
 *
 * @param line The line; the name in it may hold anything, brackets and spaces too.
 * @returns Its parent and start time, or `undefined` if it is not such a line.
 */
export function parseStat(line: string): ProcessStat | undefined {
  // After the name's closing bracket: state, parent, … and the start time as the 20th.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [parent, started] = [Number(fields[1]), Number(fields[19])];
  return Number.isInteger(parent) && Number.isInteger(started) ? { parent, started } : undefined;
}

/**
 * The processes that have a file open.
 *
 * @param file The file.
 * @returns Their ids, oldest first, without those that this user may not inspect.
 */
export function holdersOf(file: string): number[] {
  const found: { readonly pid: number; readonly started: number }[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    if (!descriptorsOf(name).some((descriptor) => isFile(descriptor, file))) continue;
    const stat = readStat(name);
    if (stat !== undefined) found.push({ pid, started: stat.started });
  }
  return found.toSorted((a, b) => a.started - b.started || a.pid - b.pid).map((one) => one.pid);
}

/**
 * Kills the processes that have a file open, but not this one.
 *
 * @param file The file.
 */
export function killHolders(file: string): void {
  for (const pid of holdersOf(file)) {
    if (pid === Deno.pid) continue;
    try {
      Deno.kill(pid, "SIGKILL");
    } catch (error) {
      // It ended in the meantime.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/**
 * Returns whether a process has a file open with a given descriptor.
 *
 * @param pid The process.
 * @param what The descriptor and the file.
 * @returns `false` also if there is no such process or file, or this user may not inspect it.
 */
export function holds(
  pid: number,
  { descriptor, file }: { readonly descriptor: number; readonly file: string },
): boolean {
  return isFile(`/proc/${pid}/fd/${descriptor}`, file);
}

function isFile(descriptor: string, file: string): boolean {
  try {
    // The link's text is not compared: the file has another path in another namespace.
    const [open, wanted] = [Deno.statSync(descriptor), Deno.statSync(file)];
    return open.ino === wanted.ino && open.dev === wanted.dev;
  } catch {
    // It ended, or closed the file, in the meantime.
    return false;
  }
}

/**
 * A program under Wine whose first thread has ended still has descriptors, but only in its other
 * threads.
 */
function descriptorsOf(pid: string): string[] {
  const own = namesIn(`/proc/${pid}/fd`);
  const folders = own.length > 0
    ? [`/proc/${pid}/fd`]
    : namesIn(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/fd`);
  return folders.flatMap((folder) => namesIn(folder).map((name) => `${folder}/${name}`));
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    // It ended, or belongs to another user.
    return [];
  }
}

/**
 * Returns the name with which a process was started.
 *
 * @param pid The process.
 * @returns Its first argument, or `undefined` if it has ended.
 */
export function programOf(pid: number): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0")[0];
  } catch {
    // It ended while the processes were listed.
    return undefined;
  }
}

/**
 * Returns the process that started or adopted a process.
 *
 * @param pid The process.
 * @returns Its id; 0 for one outside of this namespace, `undefined` if the process has ended.
 */
export function parentOf(pid: number): number | undefined {
  return readStat(String(pid))?.parent;
}

function readStat(name: string): ProcessStat | undefined {
  try {
    return parseStat(Deno.readTextFileSync(`/proc/${name}/stat`));
  } catch {
    // It ended while the folder was read.
    return undefined;
  }
}
