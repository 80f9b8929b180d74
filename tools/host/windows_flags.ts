/**
 * The modules that the Windows Deno must find elsewhere than deno.json says: jobsim, and the
 * standard library.
 *
 * @module
 */

import { exists } from "./command.ts";
import { changeConfig, readConfig, substitute, writeConfig } from "./config.ts";
import type { HostFlags } from "./deno_arguments.ts";
import { PROJECT } from "./project.ts";
import { replaceFile } from "./replace_file.ts";
import { stdFallback } from "./std.ts";

const BUILD = "tools/host/build";

/**
 * Writes the configuration for the Windows Deno on Linux.
 *
 * @param options `bare` leaves jobsim out. `bundled` is for a bundle, whose modules are not next to
 * their sources: it gets jobsim's path as text.
 * @returns The flags that name it, or `undefined` if deno.json is right.
 */
export async function windowsFlags(
  options: { readonly bare: boolean; readonly bundled?: boolean },
): Promise<HostFlags | undefined> {
  const { bare, bundled = false } = options;
  const simulated = !bare && exists(`${PROJECT}/${BUILD}/jobsim.dll`);
  const changes = simulated
    ? [substitute({ module: "./ffi/dll.ts", by: "./tools/host/dll_jobsim.ts" })]
    : [];
  if (simulated && bundled) {
    const by = `./${BUILD}/jobsim_path.ts`;
    writeJobsimPath(`${PROJECT}/${by}`);
    changes.push(substitute({ module: "./tools/host/jobsim_path.ts", by }));
  }
  const std = await stdFallback();
  if (std !== undefined) changes.push(std.links);
  if (changes.length === 0) return undefined;
  const kernel = simulated ? "jobsim" : "bare";
  return writeConfig(PROJECT, {
    name: bundled ? `bundle-${kernel}` : kernel,
    config: changeConfig(readConfig(PROJECT), changes),
    importMap: std?.importMap ?? {},
  });
}

function writeJobsimPath(path: string): void {
  const dll = `Z:${PROJECT}/${BUILD}/jobsim.dll`.replaceAll("/", "\\");
  const text = `export const JOBSIM_PATH: string = ${JSON.stringify(dll)};\n`;
  if (!exists(path) || Deno.readTextFileSync(path) !== text) replaceFile(path, text);
}
