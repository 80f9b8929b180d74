/**
 * What a release attaches: the names of its files, and the compiled executables.
 *
 * @module
 */
import { HostError } from "../tools/host/host_error.ts";
import config from "../deno.json" with { type: "json" };
import type { Target } from "./base.ts";
import { outputPath } from "./compile.ts";
import { executableName } from "./names.ts";

/** An executable of a release. */
export interface Executable {
  /** The processor. */
  readonly target: Target;
  /** The file's name on the release's page. */
  readonly name: string;
  /** SHA-256 as 64 lower-case digits. */
  readonly sha256: string;
}

/** A release and where it is published. */
export interface Release {
  /** The version, such as `"0.1.0"`. */
  readonly version: string;
  /** The repository on GitHub, such as `"owner/name"`. */
  readonly repository: string;
  /** Its executables. */
  readonly executables: readonly Executable[];
}

/** The folder of the finished files, below the project's. */
export const RELEASE_FOLDER = "dist/release";

/**
 * Reads the name of a release.
 *
 * @param words The repository and the tag.
 * @returns Both, with the version of the tag.
 * @throws {HostError} If one is not such a name, or the tag is not the version in deno.json.
 */
export function readRelease(words: readonly string[]): Omit<Release, "executables"> {
  const [repository = "", tag = ""] = words;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new HostError(`Cannot release from "${repository}"`, "name the repository as OWNER/NAME");
  }
  if (tag !== `v${config.version}`) {
    throw new HostError(
      `Cannot release "${tag}": deno.json has the version ${config.version}`,
      `tag v${config.version}, or change deno.json`,
    );
  }
  return { repository, version: config.version };
}

/**
 * Copies the compiled executables under their names, each with its checksum next to it.
 *
 * @param version The version.
 * @param targets The processors.
 * @param project The project's folder.
 * @returns The executables.
 * @throws {HostError} If one was not compiled.
 */
export async function collectExecutables(
  version: string,
  targets: readonly Target[],
  project: string,
): Promise<Executable[]> {
  const folder = `${project}/${RELEASE_FOLDER}`;
  await Deno.mkdir(folder, { recursive: true });
  const executables: Executable[] = [];
  for (const target of targets) {
    const name = executableName(version, target);
    const bytes = await readCompiled(`${project}/${outputPath(target)}`, target);
    const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    await Deno.writeFile(`${folder}/${name}`, bytes);
    await Deno.writeTextFile(`${folder}/${name}.sha256`, `${sha256}  ${name}\n`);
    executables.push({ target, name, sha256 });
  }
  return executables;
}

async function readCompiled(path: string, target: Target): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new HostError(`Cannot release for ${target}: ${path} is missing`, "deno task compile");
  }
}
