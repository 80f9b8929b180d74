/**
 * Whether texts for people are coloured.
 *
 * @module
 */
import { variableKey } from "../windows.ts";
import type { Io } from "./io.ts";

/**
 * Whether a variable is set to a text that is not empty.
 *
 * @param environment The variables, by names as written.
 * @param wanted The name; as in Windows, its case does not matter.
 * @returns Whether it is.
 */
export function isSet(environment: Readonly<Record<string, string>>, wanted: string): boolean {
  return Object.entries(environment).some(([name, value]) =>
    variableKey(name) === variableKey(wanted) && value !== ""
  );
}

/**
 * Whether text on stdout is coloured: on a terminal, unless `NO_COLOR` is set.
 *
 * @param io The terminal and the environment.
 * @returns Whether it is.
 */
export function isColoured(io: Pick<Io, "environment" | "isTerminal">): boolean {
  return io.isTerminal("stdout") && !isSet(io.environment(), "NO_COLOR");
}
