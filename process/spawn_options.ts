/**
 * Reads the options of a start, each one once, before anything is opened.
 *
 * Pure.
 *
 * @module
 */
import { checkMilliseconds } from "../values/milliseconds.ts";
import {
  describe,
  readArray,
  readBoolean,
  type Reader,
  type Readers,
  readKeys,
  readOptions,
  readPath,
  readSignal,
  readString,
  readUint32,
  readWord,
} from "../values/options.ts";
import { PRIORITIES, type PriorityClass } from "./start/priority.ts";
import type { ProgramOptions } from "./start/program.ts";
import type { Stdio, StdioFile, StdioHandle } from "./start/stdio.ts";

/**
 * How to start a process: the options of `Deno.Command`, plus those that a sandbox needs.
 *
 * @example
 * ```ts
 * import type { SpawnOptions } from "@jobbox/jobobject";
 *
 * const options: SpawnOptions = { args: ["build.js"], stdout: "piped", stderr: { path: "err.txt" } };
 * ```
 */
export interface SpawnOptions extends ProgramOptions {
  /**
   * Standard input.
   *
   * @default {"inherit"}
   */
  stdin?: Stdio;
  /**
   * Standard output.
   *
   * @default {"inherit"}
   */
  stdout?: Stdio;
  /**
   * Standard error; `"stdout"` sends it to the same place as the standard output, in order.
   *
   * @default {"inherit"}
   */
  stderr?: Stdio | "stdout";
  /**
   * Ends the process with exit code 1 when aborted. Its `status.endedBy` is then `"abort"`, or
   * `"timeout"` for an `AbortSignal.timeout()`. If it is already aborted, nothing is started.
   */
  signal?: AbortSignal;
  /**
   * Makes it the leader of a new process group, which receives CTRL_BREAK but not Ctrl-C. `stop()`
   * needs this to ask the process to end.
   *
   * @default {false}
   */
  newProcessGroup?: boolean;
  /**
   * Gives it its own console without a visible window.
   *
   * @default {false}
   */
  noWindow?: boolean;
  /**
   * Gives it its own console window.
   *
   * @default {false}
   */
  newConsole?: boolean;
  /**
   * Gives it no console, and its own process group.
   *
   * @default {false}
   */
  detached?: boolean;
  /**
   * Leaves it suspended until `resume()`.
   *
   * @default {false}
   */
  suspended?: boolean;
  /** Its priority class; the job's limit overrides it. By default it has this program's. */
  priority?: PriorityClass;
  /**
   * Makes another process its parent; it inherits that process's job, token and console.
   *
   * @default {Deno.pid}
   */
  parentPid?: number;
  /**
   * How long `output()` keeps reading after the process has ended, in ms; if it gives up,
   * `truncated` is `true`.
   *
   * @default {2000}
   */
  drainTimeout?: number;
}

const ACTION = "Cannot start a process";

/**
 * Reads the environment variables of a start.
 *
 * @throws {TypeError} If it is not a plain object, or a value is neither a string nor `null`.
 */
const readEnvironment: Reader<Record<string, string | null>> = (value, field, action) => {
  return Object.fromEntries(
    readKeys(value, field, action).map((name) => {
      const text = (value as Record<string, unknown>)[name];
      if (typeof text === "string" || text === null) return [name, text];
      throw new TypeError(
        `${action}: ${field}[${describe(name)}] must be a string or null, got ${describe(text)}`,
      );
    }),
  );
};

/**
 * Refuses pseudo-handles such as that of `GetCurrentProcess`: a copy of one is a powerful handle.
 */
const readHandle: Reader<bigint> = (value, field, action) => {
  const wanted = "a bigint, the handle of an open file or pipe";
  if (typeof value !== "bigint") {
    throw new TypeError(`${action}: ${field} must be ${wanted}, got ${describe(value)}`);
  }
  const wide = BigInt.asIntN(64, value);
  // Only 32 bits of a handle are significant, so -1 may come in either width.
  const narrow = BigInt.asUintN(32, wide) === wide && BigInt.asIntN(32, wide) < 0n;
  if (wide <= 0n || narrow) {
    throw new TypeError(
      `${action}: ${field} must be ${wanted}, got ${describe(value)}, which stands for no handle`,
    );
  }
  return value;
};

const FILE: Readers<StdioFile> = { path: readPath, append: readBoolean };
const HANDLE: Readers<StdioHandle> = { handle: readHandle };

/** Reads the option of a stream; `others` are words that only this stream accepts. */
function readStream<W extends string>(
  value: unknown,
  [field, action]: readonly [string, string],
  others: readonly W[],
): Stdio | W {
  if (value === "piped" || value === "inherit" || value === "null") return value;
  if (others.includes(value as W)) return value as W;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const where = { action, name: field };
    if ("handle" in value) return readOptions<StdioHandle>(value, HANDLE, where);
    const file = readOptions<Partial<StdioFile>>(value, FILE, where);
    if (file.path !== undefined) return file as StdioFile;
  }
  const words = ["piped", "inherit", "null", ...others].map((word) => `"${word}"`).join(", ");
  throw new TypeError(
    `${action}: ${field} must be ${words}, { path } or { handle }, got ${describe(value)}`,
  );
}

const readStdio: Reader<Stdio> = (value, field, action) => readStream(value, [field, action], []);

const readStderr: Reader<Stdio | "stdout"> = (value, field, action) =>
  readStream(value, [field, action], ["stdout"]);

const readMilliseconds: Reader<number> = (value, field, action) => {
  if (typeof value === "number") return checkMilliseconds(value, `${action}: ${field}`);
  throw new TypeError(`${action}: ${field} must be 0 or more ms, got ${describe(value)}`);
};

const SPAWN: Readers<SpawnOptions> = {
  args: readArray(readString),
  windowsRawArguments: readBoolean,
  rawArguments: readString,
  cwd: readPath,
  env: readEnvironment,
  clearEnv: readBoolean,
  searchCwd: readBoolean,
  executable: readString,
  stdin: readStdio,
  stdout: readStdio,
  stderr: readStderr,
  signal: readSignal,
  newProcessGroup: readBoolean,
  noWindow: readBoolean,
  newConsole: readBoolean,
  detached: readBoolean,
  suspended: readBoolean,
  priority: readWord(Object.keys(PRIORITIES) as PriorityClass[]),
  parentPid: readUint32,
  drainTimeout: readMilliseconds,
};

/** A program to start. */
export interface WantedStart {
  /** The program's name or path. */
  readonly command: string | URL;
  /** How. */
  readonly options: SpawnOptions;
}

/**
 * Reads the arguments of `spawn()`.
 *
 * @param command The program.
 * @param options How to start it.
 * @param more The readers of options that a higher floor has beside these.
 * @returns Copies that no other code can change.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If a number is out of range.
 */
export function readSpawn<M extends object = Record<never, never>>(
  command: string | URL,
  options: SpawnOptions & M,
  more?: Readers<M>,
): WantedStart & { readonly options: SpawnOptions & M } {
  const readers = { ...SPAWN, ...more } as Readers<SpawnOptions & M>;
  return {
    command: readPath(command, "command", ACTION),
    options: readOptions<SpawnOptions & M>(options, readers, { action: ACTION }),
  };
}

const STOP = { grace: readMilliseconds, exitCode: readUint32 };

/**
 * Reads the options of `stop()`.
 *
 * @param options What the caller gave.
 * @param action The action, beginning with "Cannot".
 * @returns The options.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If a number is out of range.
 */
export function readStop(
  options: { grace?: number; exitCode?: number },
  action: string,
): { grace?: number; exitCode?: number } {
  return readOptions(options, STOP, { action });
}
