/**
 * The engine of a run: what it says before the run, and what it is told after it.
 *
 * @module
 */
import { LIMIT_ROWS } from "../../job/limits/table.ts";
import { NOTIFICATION_ROWS } from "../../job/notifications/table.ts";
import { defined } from "../../values/defined.ts";
import { shown } from "../../values/shown.ts";
import { Win32Error } from "../../mod.ts";
import { givenLimits } from "../args/limit_options.ts";
import { type Setting, Settings } from "../args/settings.ts";
import { suggestion } from "../args/suggestion.ts";
import { UsageError } from "../args/usage_error.ts";
import type { EngineEnding, EngineFacts, EngineWorld } from "../engines/engine.ts";
import { engineOf, ENGINES } from "../engines/table.ts";
import type { Io } from "../terminal/io.ts";
import { oneLine, reasonOf, writeMessage } from "../text/message.ts";
import { ERROR } from "../windows.ts";
import type { RunPlan } from "./plan.ts";

/** How long all programs of an engine may take together, in ms. */
const TELLING_MS = 10_000;

/**
 * Returns the part of the world that an engine may ask.
 *
 * @param io The world.
 * @returns Variables by names without case, and files.
 */
export function engineWorld(io: Io): EngineWorld {
  let byName: Map<string, string> | undefined;
  return {
    variable: (name) => {
      byName ??= new Map(
        Object.entries(io.environment()).map(([key, value]) => [key.toUpperCase(), value]),
      );
      return byName.get(name.toUpperCase());
    },
    readFile: (path, most) => io.readFile(path, most),
    processors: () => io.processors(),
  };
}

/**
 * Reads what the engine of a run says.
 *
 * @param setting The option `--engine`; `undefined` when it was not given.
 * @param io The world.
 * @returns The facts; `undefined` without an engine.
 * @throws {UsageError} If there is no such engine, or this is none of its jobs.
 * @throws {MachineFaultError} If what the engine provides on this machine is missing or broken.
 */
export function engineFacts(setting: Setting | undefined, io: Io): EngineFacts | undefined {
  if (setting === undefined) return undefined;
  const engine = engineOf(setting.value);
  if (engine !== undefined) return engine.read(engineWorld(io));
  const names = ENGINES.map(({ name }) => name);
  const meant = suggestion(setting.value, names);
  throw new UsageError(
    `${setting.from}: Unknown engine ${shown(setting.value)}: ` +
      (meant === undefined ? `expected ${names.join(" or ")}` : `did you mean ${meant}?`),
  );
}

/**
 * Returns whether a job object could not be made because of the machine, and not because of what the
 * command line asks for. Only then may an engine send the job to another machine: a job that is wrong
 * itself would go round for ever.
 *
 * @param error What the making threw.
 * @param plan The run.
 * @returns Whether it is.
 */
export function isMachineFault(
  error: unknown,
  { engine, name, settings }: Pick<RunPlan, "engine" | "name" | "settings">,
): boolean {
  // The name may be taken.
  if (name !== undefined) return false;
  const own = new Settings(
    settings.filter((setting) => engine?.settings.includes(setting) !== true),
  );
  const isAskedFor = [LIMIT_ROWS, NOTIFICATION_ROWS].some((table) =>
    givenLimits(table, own).length > 0
  );
  const root = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return !(isAskedFor && root instanceof Win32Error && root.code === ERROR.INVALID_PARAMETER);
}

/**
 * Tells an engine that this machine is broken.
 *
 * @param file The file in which it is told; nothing is done when `undefined`.
 * @param message What is wrong; becomes one line.
 * @param io Writes the file. If it cannot be written, that is said on stderr.
 */
export function tellFault(file: string | undefined, message: string, io: Io): void {
  if (file === undefined) return;
  try {
    io.replaceFile(file, new TextEncoder().encode(`jobbox: ${oneLine(message)}\n`));
  } catch (error) {
    writeMessage(io, `Cannot write ${shown(file)}: ${reasonOf(error)}`);
  }
}

/**
 * Tells an engine how a run ended. What fails is said on stderr and changes nothing else.
 *
 * @param engine The engine; nothing is done without one.
 * @param ending How the run ended.
 * @param io Starts the engine's programs.
 */
export async function tellEnding(
  engine: Pick<EngineFacts, "name" | "tell"> | undefined,
  ending: EngineEnding,
  io: Io,
): Promise<void> {
  const until = io.elapsed() + TELLING_MS;
  for (const { args, program } of engine?.tell(defined(ending) as EngineEnding) ?? []) {
    const left = until - io.elapsed();
    try {
      if (left <= 0) throw new Error(`it took more than ${TELLING_MS / 1000} s`);
      const code = await io.runProgram(program, args, left);
      if (code === undefined) throw new Error(`it took more than ${TELLING_MS / 1000} s`);
      if (code !== 0) throw new Error(`it ended with ${code}`);
    } catch (error) {
      // The next one would fail likewise.
      return void writeMessage(
        io,
        `Cannot tell ${engine!.name} how the run ended: ${shown(program)}: ${reasonOf(error)}`,
      );
    }
  }
}
