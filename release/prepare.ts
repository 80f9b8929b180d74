/**
 * Makes the files of a release from the compiled executables:
 * `deno task release OWNER/NAME vX.Y.Z` after `deno task compile`.
 *
 * They go to `dist/release/`: the executables under their names with their checksums, the bill of
 * materials, and the manifests for winget and scoop.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { run } from "../tools/host/command.ts";
import { HostError } from "../tools/host/host_error.ts";
import { writeStderr } from "../tools/host/progress.ts";
import { PROJECT } from "../tools/host/project.ts";
import { stdFlags } from "../tools/host/std.ts";
import { type Target, TARGETS } from "./base.ts";
import { collectExecutables, readRelease, type Release, RELEASE_FOLDER } from "./files.ts";
import { scoopManifest, wingetManifests } from "./manifests.ts";
import { type ModuleGraph, packagesOf, renderSbom } from "./sbom.ts";

/**
 * Asks Deno for the modules of the tool.
 *
 * @returns The graph of `cli.ts`.
 * @throws {HostError} If Deno does not say.
 */
export async function toolGraph(): Promise<ModuleGraph> {
  const { code, stdout, stderr } = await run(
    [Deno.execPath(), "info", ...await stdFlags("info"), "--json", "cli.ts"],
    { cwd: PROJECT },
  );
  if (code !== 0) throw new HostError(`Cannot list the tool's modules: ${stderr}`, "deno check");
  return JSON.parse(stdout);
}

/**
 * Makes the files.
 *
 * @param words The repository and the tag.
 * @param project The folder that holds `dist/`.
 * @returns The names of the files that were made, besides the executables.
 * @throws {HostError} If the names are wrong or an executable is missing.
 */
export async function prepareRelease(
  words: readonly string[],
  project: string = PROJECT,
): Promise<string[]> {
  const named = readRelease(words);
  const targets = Object.keys(TARGETS) as Target[];
  const executables = await collectExecutables(named.version, targets, project);
  const release: Release = { ...named, executables };
  const sbom = await renderSbom({
    version: named.version,
    executables,
    packages: packagesOf(await toolGraph(), config.imports),
    runtime: { deno: Deno.version.deno, v8: Deno.version.v8 },
    time: new Date(),
  });
  const files = [
    { name: `jobbox-v${named.version}.cdx.json`, text: sbom },
    ...wingetManifests(release),
    scoopManifest(release),
  ];
  for (const { name, text } of files) {
    await Deno.writeTextFile(`${project}/${RELEASE_FOLDER}/${name}`, text);
  }
  return files.map(({ name }) => name);
}

if (import.meta.main) {
  try {
    for (const name of await prepareRelease(Deno.args)) writeStderr(`${RELEASE_FOLDER}/${name}\n`);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    writeStderr(`${error.toLine()}\n`);
    Deno.exitCode = 1;
  }
}
