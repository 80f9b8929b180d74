/**
 * The name of a process for people.
 *
 * @module
 */

/** What is known of a process. */
export interface NamedProcess {
  /** Its id. */
  readonly pid: number;
  /** Its program's file name. */
  readonly image?: string | undefined;
  /** Its command line. */
  readonly commandLine?: string | undefined;
}

/**
 * Names a process so that it is told from others of its program.
 *
 * @param process The process.
 * @returns Its program's name and what its command line says after the program; its id where nothing
 * is known.
 */
export function processName({ commandLine, image, pid }: NamedProcess): string {
  if (image === undefined && commandLine === undefined) return `process ${pid}`;
  if (commandLine === undefined) return image!;
  const rest = /^\s*(?:"[^"]*"|[^\s"]+)\s*(.*)$/s.exec(commandLine)?.[1] ?? "";
  const program = image ?? commandLine.trim().split(/\s/, 1)[0]!;
  return rest === "" ? program : `${program} ${rest}`;
}
