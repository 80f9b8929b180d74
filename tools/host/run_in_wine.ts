/**
 * Running one program under Wine with this process's stdio, signals and exit code.
 *
 * @module
 */

import { type Slot, wineEnvironment } from "./prefix.ts";
import { holdersOf, programOf } from "./processes.ts";
import { PROJECT } from "./project.ts";

/** Where and how the program runs. */
export interface WineRun {
  /** The prefix to use. */
  readonly slot: Slot;
  /** The working folder. */
  readonly cwd: string;
}

const LAUNCHER = `${PROJECT}/tools/host/build/launch.exe`;

/**
 * Runs a program to its end.
 *
 * Ctrl-C of a terminal reaches it by the terminal. Without a terminal the program has a session of
 * its own, and a SIGINT sent to us is handed to it once, as Ctrl-C; without that, a signal to our
 * whole process group would reach it twice.
 *
 * @param program The Windows program and its arguments; an absolute path is one of this machine.
 * @param where See {@linkcode WineRun}.
 * @returns Its exit code, of 8 bits; 128 plus the number of the signal that ended it.
 */
export async function runInWine(program: readonly string[], where: WineRun): Promise<number> {
  const { slot, cwd } = where;
  const [name = "", ...args] = program;
  const inside = name.startsWith("/") ? `Z:${name.replaceAll("/", "\\")}` : name;
  const terminal = [Deno.stdin, Deno.stdout, Deno.stderr].some((stream) => stream.isTerminal());
  const [first = "", ...rest] = [
    ...terminal ? [] : ["setsid"],
    // The lock is inherited by every process inside, and outlives us as long as they do.
    ...["flock", "--no-fork", slot.aliveFile],
    // bubblewrap would die of Ctrl-C and take the program with it before that could answer.
    ...["env", "--ignore-signal=INT"],
    ...slot.entrance.command(
      ["env", "--default-signal=INT", "wine", LAUNCHER, inside, ...args],
      cwd,
    ),
  ];
  const env = {
    ...wineEnvironment(slot.prefix),
    DENO_DIR: `Z:${slot.denoDir.replaceAll("/", "\\")}`,
  };
  const child = new Deno.Command(first, {
    args: rest,
    env,
    clearEnv: true,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const interrupt = (): void => {
    if (!terminal) interruptProgram(slot.aliveFile, inside);
  };
  Deno.addSignalListener("SIGINT", interrupt);
  try {
    return (await child.status).code;
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
  }
}

/**
 * Runs a program of this machine's own, for Windows.
 *
 * @param command The program and its arguments.
 * @returns Its exit code.
 */
export async function runHere(command: readonly string[]): Promise<number> {
  // Ctrl-C reaches the program by the console; it decides, and we hand on what it decides.
  const ignore = (): void => {};
  Deno.addSignalListener("SIGINT", ignore);
  try {
    const [program = "", ...args] = command;
    const { code } = await new Deno.Command(program, {
      args,
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn().status;
    return code;
  } finally {
    Deno.removeSignalListener("SIGINT", ignore);
  }
}

/** Wine turns a SIGINT of a program's Linux process into Ctrl-C for that Windows program. */
function interruptProgram(aliveFile: string, program: string): void {
  // The oldest of that name: later ones are its own children.
  const target = holdersOf(aliveFile).find((pid) =>
    baseName(programOf(pid) ?? "") === baseName(program)
  );
  // It has not started yet, or has just ended: then there is nobody to tell.
  if (target === undefined) return;
  try {
    Deno.kill(target, "SIGINT");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("\\") + 1).toLowerCase().replace(/\.exe$/, "");
}
