/**
 * The folders of this machine that rules for a container's folders are about.
 *
 * @module
 */
import { check } from "../ffi/error.ts";
import { kernel32 } from "../ffi/library.ts";
import { decodeWide } from "../ffi/strings.ts";
import { processImage } from "../process/query/process_query.ts";
import { currentEnvironment } from "../process/start/environment.ts";
import { variableKey } from "../process/start/environment_block.ts";
import { PATH_MAX } from "./entries.ts";
import type { Places } from "./folder_rules.ts";

function windowsFolder(): string {
  const units = new Uint16Array(PATH_MAX);
  const length = kernel32.GetWindowsDirectoryW(units, units.length);
  const action = "Cannot find the folder of Windows";
  return decodeWide(units, check(length, "GetWindowsDirectoryW", action));
}

/**
 * Finds the folders.
 *
 * @returns The folders.
 * @throws {Error} If the user's own folder or this program is not known: then no rule could hold.
 * @throws {Win32Error} If the system does not say.
 */
export function findPlaces(): Places {
  const variables = new Map(
    currentEnvironment().map(([name, value]) => [variableKey(name), value]),
  );
  const [profile, local] = [variables.get("USERPROFILE"), variables.get("LOCALAPPDATA")];
  const ownProgram = processImage(kernel32.GetCurrentProcess());
  if (profile === undefined || local === undefined || ownProgram === undefined) {
    const missing = profile === undefined
      ? "USERPROFILE is not set"
      : local === undefined
      ? "LOCALAPPDATA is not set"
      : "the file of this program is not known";
    throw new Error(`Cannot make a container: ${missing}`);
  }
  const programs = ["PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432"].flatMap((name) =>
    variables.get(name) ?? []
  );
  return {
    windows: windowsFolder(),
    programs: [...new Set(programs)],
    programData: variables.get("PROGRAMDATA") ?? "",
    profile,
    shared: variables.get("PUBLIC") ?? "",
    ownProgram,
    journals: `${local}\\jobbox\\acl`,
  };
}
