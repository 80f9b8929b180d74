/**
 * What an engine, which starts jobs on many machines, tells a run and is told by it.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import type { Setting } from "../args/settings.ts";
import type { Verdict } from "../exit_code.ts";

/** What an engine's row may ask of the world. */
export interface EngineWorld {
  /** The value of a variable, whatever the case of its name; absent if it is not set. */
  variable(name: string): string | undefined;
  /** Reads a file's first bytes, at most this many. */
  readFile(path: string, most: number): Uint8Array;
  /** The machine's logical processors. */
  processors(): number;
}

/** How a run ended, as far as an engine is told. */
export interface EngineEnding {
  /** The verdict. */
  readonly verdict: Verdict;
  /** The name of the limit that ended it; absent if none did. */
  readonly limit?: string;
  /** The peak of memory of the whole tree in bytes; absent if it is not known. */
  readonly peakMemory?: number;
}

/** A program of the engine, which is started outside the job. */
export interface EngineCall {
  /** Its path. */
  readonly program: string;
  /** Its arguments. */
  readonly args: readonly string[];
}

/** What an engine says about one job. */
export interface EngineFacts {
  /** The engine's name. */
  readonly name: string;
  /** Options for the run; any option of a policy or of the command line wins over them. */
  readonly settings: readonly Setting[];
  /** The file in which the engine is told that this machine is broken; absent if it has none. */
  readonly errorFile?: string;
  /**
   * Says how the engine is told how the run ended.
   *
   * @param ending How it ended.
   * @returns The programs to start, one after the other; none if the engine takes no answer.
   */
  tell(ending: EngineEnding): readonly EngineCall[];
}

/** One engine: a row of the table. */
export interface Engine {
  /** The value of `--engine`, and the part after `jobbox-` in the name of the executable. */
  readonly name: string;
  /** What it is, as one phrase. */
  readonly summary: string;
  /**
   * The file of the record, as far as the engine says.
   *
   * @param world The variables.
   * @returns Its path; `undefined` outside the engine.
   */
  record(world: Pick<EngineWorld, "variable">): string | undefined;
  /**
   * The file in which the engine is told that this machine is broken.
   *
   * @param world The variables.
   * @returns Its path; `undefined` if there is none.
   */
  errorFile(world: Pick<EngineWorld, "variable">): string | undefined;
  /**
   * Says how the engine is told how a run ended, also one that was refused before its ads were read.
   *
   * @param world The variables.
   * @param ending How it ended.
   * @returns The programs to start, one after the other; none if the engine takes no answer.
   */
  tell(world: Pick<EngineWorld, "variable">, ending: EngineEnding): readonly EngineCall[];
  /**
   * Reads what the engine says about this job.
   *
   * @param world The variables and files.
   * @returns The facts.
   * @throws {UsageError} If this is no job of the engine, or the job asks for something that cannot be
   * understood.
   * @throws {MachineFaultError} If what the machine provides for every job is missing or broken.
   */
  read(world: EngineWorld): EngineFacts;
}

/** What the engine provides on this machine is missing or broken: the job should run elsewhere. */
export class MachineFaultError extends Error {
  /** `"MachineFaultError"`. */
  override readonly name: string = "MachineFaultError";

  /**
   * Makes the error.
   *
   * @param message What is wrong.
   * @param options The error that shows it.
   */
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, defined({ cause: options.cause }));
  }
}
