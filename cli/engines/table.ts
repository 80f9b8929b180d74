/**
 * The engines that a run can take its limits from: one row each.
 *
 * @module
 */
import type { Engine } from "./engine.ts";
import { HTCONDOR } from "./htcondor.ts";

/** The engines. */
export const ENGINES: readonly Engine[] = [HTCONDOR];

/**
 * Finds an engine.
 *
 * @param name The value of `--engine`.
 * @returns Its row; `undefined` if there is none.
 */
export function engineOf(name: string): Engine | undefined {
  return ENGINES.find((engine) => engine.name === name);
}

/**
 * Returns the arguments of the tool under the name that it was started with. An engine that takes a
 * path and no arguments starts a copy named `jobbox-ENGINE.exe`, and all its arguments are the command.
 *
 * @param program The path of the executable.
 * @param args The arguments as they were given.
 * @returns The arguments of the tool.
 */
export function argumentsByName(program: string, args: readonly string[]): readonly string[] {
  const name = /(?:^|[\\/])jobbox-([^\\/]+?)(?:\.exe)?$/i.exec(program)?.[1]?.toLowerCase();
  if (name === undefined || engineOf(name) === undefined) return args;
  return ["run", "--engine", name, "--", ...args];
}
