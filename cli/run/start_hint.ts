/**
 * What was probably meant by a command that is not a program.
 *
 * @module
 */
import { hasFolder, kindOf, ownFolder } from "../windows.ts";

/** The built-in commands of cmd.exe; no files have these names. */
const BUILT_IN: ReadonlySet<string> = new Set([
  ...["assoc", "break", "call", "cd", "chdir", "cls", "color", "copy", "date", "del", "dir"],
  ...["echo", "endlocal", "erase", "exit", "for", "ftype", "goto", "if", "md", "mkdir", "mklink"],
  ...["move", "path", "pause", "popd", "prompt", "pushd", "rd", "rem", "ren", "rename", "rmdir"],
  ...["set", "setlocal", "shift", "start", "time", "title", "type", "ver", "verify", "vol"],
]);

/** A command that is not a program. */
export interface UnknownCommand {
  /** The program as it was written. */
  readonly command: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** The folder to run in; absent for the current one. */
  readonly cwd?: string;
}

/**
 * Returns what to write instead of a command that was not found.
 *
 * @param unknown The command.
 * @param isProgram Whether a name belongs to a program.
 * @returns A phrase; `undefined` when nothing is known.
 */
export function startHint(
  { command, args, cwd }: UnknownCommand,
  isProgram: (name: string) => boolean,
): string | undefined {
  if (BUILT_IN.has(command.toLowerCase())) {
    return `it is built into cmd.exe: write cmd /c ${command}`;
  }
  const [first = ""] = command.trim().split(/\s/, 1);
  if (args.length === 0 && first !== command && isProgram(first)) {
    return "the program and its arguments are one word: leave out the quotes around them";
  }
  if (hasFolder(command) || first !== command) return undefined;
  const folder = cwd ?? ownFolder();
  const isThere = ["", ".com", ".exe", ".bat", ".cmd"].some((extension) =>
    kindOf(`${folder}\\${command}${extension}`) === "file"
  );
  return isThere
    ? `it is in the folder to run in, which is not searched: write .\\${command}`
    : undefined;
}
