/**
 * Runs one program under Wine with this process's stdio, signals and exit code.
 *
 * @module
 */

import { exists } from "./command.ts";
import { wineEnvironment } from "./environment.ts";
import { HostError } from "./host_error.ts";
import { isServed, type Slot } from "./prefix.ts";
import { holdersOf, killHolders, programOf } from "./processes.ts";
import { PROJECT } from "./project.ts";

/** Where the program runs, and how. */
export interface WineRun {
  /** The prefix to use. */
  readonly slot: Slot;
  /** The working folder. */
  readonly cwd: string;
}

/**
 * Waits until the server is ready, then until it is gone: `sh -c WATCH NAME END-FILE SERVER-FILE`.
 */
const WATCH = `until [ -e "$1" ]; do sleep 0.1; done
exec flock --shared "$2" true`;

const LAUNCHER = `${PROJECT}/tools/host/build/launch.exe`;

/**
 * Runs a program to its end.
 *
 * Ctrl-C in a terminal reaches it through the terminal. Without a terminal the program has its own
 * session, and a SIGINT sent to this process is passed to it once, as Ctrl-C. Otherwise a signal to
 * this whole process group would reach it twice.
 *
 * @param program The Windows program and its arguments; an absolute path is one of this machine.
 * @param where See {@linkcode WineRun}.
 * @returns Its exit code, of 8 bits; 128 plus the number of the signal that ended it.
 * @throws {HostError} If Wine ended before the program, so that its exit code is unknown.
 */
export async function runInWine(program: readonly string[], where: WineRun): Promise<number> {
  const { slot, cwd } = where;
  const [name = "", ...args] = program;
  const inside = name.startsWith("/") ? windowsPath(name) : name;
  const terminal = [Deno.stdin, Deno.stdout, Deno.stderr].some((stream) => stream.isTerminal());
  const [first = "", ...rest] = [
    ...terminal ? [] : ["setsid"],
    // The lock is inherited by every process inside, and stays held as long as one of them lives.
    ...["flock", "--no-fork", slot.aliveFile],
    // Ctrl-C would kill bubblewrap, and the program with it, before the program could react.
    ...["env", "--ignore-signal=INT"],
    ...slot.entrance.command(
      [...slot.starter, "env", "--default-signal=INT", "wine", LAUNCHER, inside, ...args],
      cwd,
    ),
  ];
  const env = {
    ...wineEnvironment(Deno.env.toObject(), slot.prefix),
    DENO_DIR: windowsPath(slot.denoDir),
    JOBBOX_HOST_END: windowsPath(slot.endFile),
  };
  if (exists(slot.endFile)) Deno.removeSync(slot.endFile);
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
  await using server = watchServer(slot);
  try {
    const status = await Promise.race([child.status, server.lost]);
    // Without their server, programs wait for ever or end with an arbitrary code.
    if (status === "lost") killHolders(slot.aliveFile);
    return judge((await child.status).code, slot);
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
  }
}

/** Only the launcher knows the program's exit code, and a failure of the host never becomes 0. */
function judge(code: number, slot: Slot): number {
  const end = exists(slot.endFile) ? Deno.readTextFileSync(slot.endFile).trim() : undefined;
  // Wine's rule for the 8 bits of a Linux exit code.
  if (end) return Number(end) % 256 || Math.min(Number(end), 1);
  // An empty file: the server was ready, and the program was about to start.
  if (end === "" && !isServed(slot.serverFile)) {
    throw new HostError(
      "Cannot tell how the program ended: Wine's server (wineserver) died first",
      "run it again, which starts a new one",
    );
  }
  if (code === 0) {
    throw new HostError(
      "Cannot tell how the program ended: Wine lost its exit code",
      "run it again",
    );
  }
  return code;
}

/** Waits until the server has ended; it holds a lock as long as it lives. */
function watchServer(slot: Slot): AsyncDisposable & { readonly lost: Promise<"lost"> } {
  const watch = new Deno.Command("setpriv", {
    args: [
      ...["--pdeathsig", "KILL", "sh", "-c", WATCH, "jobbox-watch"],
      ...[slot.endFile, slot.serverFile],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const never = new Promise<"lost">(() => {});
  return {
    lost: watch.status.then(({ success }) => success ? "lost" : never),
    [Symbol.asyncDispose]: async () => {
      try {
        watch.kill("SIGKILL");
      } catch (error) {
        // It has ended.
        if (!(error instanceof TypeError)) throw error;
      }
      await watch.status;
    },
  };
}

/**
 * Runs a program on this machine itself, for Windows.
 *
 * @param command The program and its arguments.
 * @returns Its exit code.
 */
export async function runHere(command: readonly string[]): Promise<number> {
  // Ctrl-C reaches the program through the console; the program decides, and its exit code is
  // passed on.
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
  // The oldest process with that name: later ones are its children.
  const target = holdersOf(aliveFile).find((pid) =>
    baseName(programOf(pid) ?? "") === baseName(program)
  );
  // It has not started yet, or has just ended: then there is no process to interrupt.
  if (target === undefined) return;
  try {
    Deno.kill(target, "SIGINT");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Converts a path of this machine to Wine's form.
 *
 * @param path An absolute path.
 * @returns The path on drive Z.
 */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll("/", "\\")}`;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("\\") + 1).toLowerCase().replace(/\.exe$/, "");
}
