/**
 * Fetches Debian packages with apt-get and npm packages with npm.
 *
 * @module
 */

import { exists, findOnPath, run, tellingLine } from "./command.ts";
import { HostError } from "./host_error.ts";
import { progress } from "./progress.ts";

/**
 * Returns whether this user is root or can become root without a password.
 *
 * @returns `false` for a plain user.
 */
export async function canBeRoot(): Promise<boolean> {
  return Deno.uid() === 0 || (await run(["sudo", "-n", "true"])).code === 0;
}

/**
 * A command to run as root.
 *
 * @param command The command.
 * @returns The command, with sudo if this user is not root.
 */
export function asRoot(command: readonly string[]): string[] {
  return Deno.uid() === 0 ? [...command] : ["sudo", "-n", ...command];
}

/**
 * Installs a Debian package if one of its programs is missing.
 *
 * @param program The program to look for on PATH, or the path of another file of the package.
 * @param options The package, its purpose, and its download and installed size in words.
 * @throws {HostError} If it is missing and cannot be installed.
 */
export async function ensureProgram(
  program: string,
  options: { readonly debian: string; readonly purpose: string; readonly size: string },
): Promise<void> {
  const isThere = (): boolean =>
    program.startsWith("/") ? exists(program) : findOnPath(program) !== undefined;
  if (isThere()) return;
  const install = `apt-get install --no-install-recommends ${options.debian}`;
  const wanted = `${program} is needed ${options.purpose}`;
  if (!findOnPath("apt-get")) {
    throw new HostError(
      `Cannot install ${options.debian}: ${wanted}, and this system has no apt-get`,
      `install ${program} with the package manager of this system`,
    );
  }
  if (!await canBeRoot()) {
    throw new HostError(
      `Cannot install ${options.debian}: ${wanted}, and only root can install it`,
      `sudo ${install}`,
    );
  }
  progress(`installing ${options.debian} (${options.size}) by apt-get, ${options.purpose}`);
  const apt = asRoot([
    ...["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C"],
    ...["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"],
  ]);
  // A failed update is not an error by itself: the existing lists may be enough.
  await run([...apt, "update"]);
  const { code, stdout, stderr } = await run(
    [...apt, "install", "--yes", "--no-install-recommends", options.debian],
  );
  if (code !== 0 || !isThere()) {
    throw new HostError(
      `Cannot install ${options.debian}: ${wanted}, and apt-get said: ${
        tellingLine(stderr || stdout)
      }`,
      `check the network, then ${install}`,
    );
  }
}

/**
 * Fetches one npm package without running any of its scripts, and unpacks it.
 *
 * @param path The folder to create for the content of the package.
 * @param options Name, exact version, expected integrity and size in words.
 * @throws {HostError} If npm is missing, cannot fetch it, or delivered other bytes than expected.
 */
export async function fetchNpmPackage(
  path: string,
  options: {
    readonly name: string;
    readonly version: string;
    readonly integrity: string;
    readonly size: string;
  },
): Promise<void> {
  const spec = `${options.name}@${options.version}`;
  const npm = findNpm();
  if (!npm) {
    throw new HostError(`Cannot fetch ${spec}: npm is not installed`, "install Node.js with npm");
  }
  progress(`fetching ${spec} (${options.size}) by npm`);
  Deno.mkdirSync(path);
  const { code, stdout, stderr } = await run(
    [npm, "pack", spec, "--json", "--ignore-scripts", "--pack-destination", path],
    // npm reads a package.json of the working folder; the project's must not matter.
    { cwd: path },
  );
  const archive = code === 0
    ? [...Deno.readDirSync(path)].find((entry) => entry.name.endsWith(".tgz"))?.name
    : undefined;
  if (archive === undefined) {
    throw new HostError(
      `Cannot fetch ${spec}: npm said: ${tellingLine(stderr || stdout)}`,
      "check the network and npm's registry setting, then run it again",
    );
  }
  const found = await integrityOf(Deno.readFileSync(`${path}/${archive}`));
  if (found !== options.integrity) {
    throw new HostError(
      `Cannot use ${spec}: its integrity should be ${options.integrity} and is ${found}`,
      "check the proxy between this machine and npm's registry",
    );
  }
  const unpacked = await run(["tar", "-xzf", archive, "--strip-components=1"], { cwd: path });
  if (unpacked.code !== 0) {
    throw new HostError(`Cannot unpack ${spec}: ${tellingLine(unpacked.stderr)}`, "check the disk");
  }
  Deno.removeSync(`${path}/${archive}`);
}

/**
 * Finds npm.
 *
 * @returns Its path, or `undefined` when no folder of PATH has it.
 */
export function findNpm(): string | undefined {
  return Deno.build.os === "windows" ? findOnPath("npm.cmd") : findOnPath("npm");
}

/**
 * Subresource integrity of some bytes.
 *
 * @param bytes The bytes.
 * @returns `sha512-` and the digest in base64.
 */
export async function integrityOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", bytes));
  return `sha512-${digest.toBase64()}`;
}
