/**
 * The environment of the command.
 *
 * Deno puts a folder with its own `node.exe` first on its PATH, which would replace
 * the user's Node.js in every command that jobbox runs.
 *
 * @module
 */
import { fitsPattern } from "../../isolation/read_isolation.ts";
import { currentEnvironment, variableKey } from "../windows.ts";

/**
 * Removes the folder of Deno's `node.exe` from a PATH. Pure.
 *
 * @param path The value of PATH.
 * @returns The value without that folder.
 */
export function withoutDenoNode(path: string): string {
  return path.split(";").filter((folder) => !/[\\/]node_compat_bin[\\/]?$/i.test(folder)).join(";");
}

/** Windows' own code finds the system's files by these. */
const NEEDED: ReadonlySet<string> = new Set(["SYSTEMROOT", "SYSTEMDRIVE"]);

/**
 * Replaces patterns by the existing variables. Pure.
 *
 * @param given What the run sets and removes.
 * @param inherited Returns the names of the variables that would be inherited.
 * @returns The variables; a pattern removes no variable that the run sets.
 */
export function withoutPatterns(
  given: Readonly<Record<string, string | null>>,
  inherited: () => readonly string[],
): Readonly<Record<string, string | null>> {
  const isPattern = ([name, value]: [string, string | null]): boolean =>
    value === null && name.includes("*");
  const patterns = Object.entries(given).filter(isPattern).map(([name]) => name);
  if (patterns.length === 0) return given;
  const rest = Object.entries(given).filter((entry) => !isPattern(entry));
  const named = new Set(rest.map(([name]) => variableKey(name)));
  const fits = (name: string): boolean =>
    !named.has(variableKey(name)) && !NEEDED.has(variableKey(name)) && !name.startsWith("=") &&
    patterns.some((pattern) => fitsPattern(name, pattern));
  const removed = inherited().filter(fits).map((name): [string, null] => [name, null]);
  return Object.fromEntries([...removed, ...rest]);
}

/**
 * The variables to set for the command.
 *
 * @param given What the run sets; its own PATH stays unchanged. A removed name can
 * be a pattern, in which `*` matches any text.
 * @param clearEnv Whether nothing is inherited.
 * @returns The variables, with the inherited PATH where it had to be changed.
 */
export function commandEnvironment(
  given: Readonly<Record<string, string | null>>,
  clearEnv: boolean,
): Readonly<Record<string, string | null>> {
  const asked = withoutPatterns(given, () => currentEnvironment().map(([name]) => name));
  const isPath = (name: string): boolean => variableKey(name) === "PATH";
  if (clearEnv || Object.keys(asked).some(isPath)) return asked;
  const inherited = currentEnvironment().find(([name]) => isPath(name));
  if (inherited === undefined) return asked;
  const [name, value] = inherited;
  const path = withoutDenoNode(value);
  return path === value ? asked : { ...asked, [name]: path };
}
