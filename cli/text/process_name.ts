/**
 * The name of a process for people.
 *
 * @module
 */

/** What is known about a process. */
export interface NamedProcess {
  /** Its id. */
  readonly pid: number;
  /** Its program's file name. */
  readonly image?: string | undefined;
  /** Its command line. */
  readonly commandLine?: string | undefined;
}

/**
 * Names a process so that it can be distinguished from others of the same program.
 *
 * @param process The process.
 * @returns Its program's name and its arguments; its id if nothing
 * is known.
 */
export function processName({ commandLine, image, pid }: NamedProcess): string {
  if (image === undefined && commandLine === undefined) return `process ${pid}`;
  if (commandLine === undefined) return image!;
  const rest = /^\s*(?:"[^"]*"|[^\s"]+)\s*(.*)$/s.exec(commandLine)?.[1] ?? "";
  const program = image ?? commandLine.trim().split(/\s/, 1)[0]!;
  return rest === "" ? program : `${program} ${rest}`;
}
