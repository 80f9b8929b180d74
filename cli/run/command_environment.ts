/**
 * The environment of the command.
 *
 * Deno puts a folder with a `node.exe` of its own first on its PATH, which would take the place of
 * the user's Node.js in every command that jobbox runs.
 *
 * @module
 */
import { currentEnvironment, variableKey } from "../windows.ts";

/**
 * Takes the folder of Deno's `node.exe` off a PATH. Pure.
 *
 * @param path The value of PATH.
 * @returns The value without that folder.
 */
export function withoutDenoNode(path: string): string {
  return path.split(";").filter((folder) => !/[\\/]node_compat_bin[\\/]?$/i.test(folder)).join(";");
}

/**
 * The variables to set for the command.
 *
 * @param asked What the run sets; a PATH of its own stays as it is.
 * @param clearEnv Whether nothing is inherited.
 * @returns The variables, with the inherited PATH where it had to be changed.
 */
export function commandEnvironment(
  asked: Readonly<Record<string, string | null>>,
  clearEnv: boolean,
): Readonly<Record<string, string | null>> {
  const isPath = (name: string): boolean => variableKey(name) === "PATH";
  if (clearEnv || Object.keys(asked).some(isPath)) return asked;
  const inherited = currentEnvironment().find(([name]) => isPath(name));
  if (inherited === undefined) return asked;
  const [name, value] = inherited;
  const path = withoutDenoNode(value);
  return path === value ? asked : { ...asked, [name]: path };
}
