/**
 * The processes below a process.
 *
 * @module
 */

/** A process as Linux shows it. */
export interface FoundProcess {
  /** Its id. */
  readonly pid: number;
  /** The id of its parent. */
  readonly parent: number;
  /** Its name, at most 15 characters. */
  readonly name: string;
  /** Its command line. */
  readonly words: readonly string[];
}

function processOf(pid: number): FoundProcess | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(stat) ?? [];
    const [state, parent] = rest.split(" ");
    // A zombie runs no more.
    if (state === "Z") return undefined;
    const words = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
    return { pid, parent: Number(parent), name, words };
  } catch {
    // It has just ended.
    return undefined;
  }
}

/**
 * Finds the processes below a process.
 *
 * @param pid The process.
 * @returns It and all below it, as far as they run.
 */
export function descendantsOf(pid: number): FoundProcess[] {
  const children = new Map<number, FoundProcess[]>();
  let own: FoundProcess | undefined;
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const found = processOf(Number(name));
    if (found === undefined) continue;
    if (found.pid === pid) own = found;
    children.set(found.parent, [...children.get(found.parent) ?? [], found]);
  }
  const below = (of: number): FoundProcess[] =>
    (children.get(of) ?? []).flatMap((each) => [each, ...below(each.pid)]);
  return [...own === undefined ? [] : [own], ...below(pid)];
}
