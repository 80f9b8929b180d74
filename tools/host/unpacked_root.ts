/**
 * Makes a root folder with Wine and the compiler for Windows, for a user who can neither become
 * root nor install anything. apt-get fetches Debian's packages with its own lists and cache, and
 * this module unpacks them. No package script runs; the few files that the scripts would make are
 * made here.
 *
 * @module
 */

import { exists, findOnPath, run, runOrFail } from "./command.ts";
import { HostError } from "./host_error.ts";
import { progress } from "./progress.ts";
import { replaceFile } from "./replace_file.ts";
import { DEBIAN_SUITE } from "./versions.ts";

const PACKAGES = [
  ...["wine", "wine64", "gcc-mingw-w64-x86-64-win32"],
  // What every system has: a shell, and the programs that the host starts inside.
  ...["dash", "bash", "coreutils", "util-linux", "libc-bin"],
];

/** The keys that Debian signs with. */
export const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * The names of a program's alternatives in Debian. The name without a suffix is a link that a
 * package script makes.
 */
const ALTERNATIVE = /^((?:wine|x86_64-w64-mingw32-).*|wine)-(?:stable|win32)$/;

/**
 * Makes the root folder.
 *
 * @param path The folder to make.
 * @param keyring The keys that Debian signs with.
 * @throws {HostError} If a tool of Debian is missing, or the packages cannot be fetched.
 */
export async function makeUnpackedRoot(path: string, keyring = KEYRING): Promise<void> {
  for (const program of ["apt-get", "dpkg-deb"]) {
    if (!findOnPath(program)) {
      throw new HostError(
        `Cannot fetch Wine's packages: this system has no ${program}`,
        "install Wine 10 or newer with the package manager of this system",
      );
    }
  }
  const mirror = await findMirror(keyring);
  progress(
    `fetching Wine and the compiler for Windows from Debian ${DEBIAN_SUITE} without root ` +
      "(downloads 256 MB, takes 1.8 GB, a minute on a fast network)",
  );
  Deno.mkdirSync(path);
  const apt = `${path}/.apt`;
  const options = prepareApt(apt, { mirror, keyring });
  const mend = "check the network and the disk (2 GB free), then run it again";
  const what = "fetch Wine's packages without root";
  const env = { LC_ALL: "C" };
  await runOrFail(["apt-get", ...options, "update"], { env, what, mend });
  await runOrFail([
    ...["apt-get", ...options, "--yes", "--download-only", "install", ...PACKAGES],
  ], { env, what, mend });
  const archives = `${apt}/cache/archives`;
  for (const { name } of Deno.readDirSync(archives)) {
    if (!name.endsWith(".deb")) continue;
    await runOrFail(["dpkg-deb", "--extract", `${archives}/${name}`, path], {
      what: `unpack ${name}`,
      mend,
    });
  }
  linkAlternatives(`${path}/usr/bin`);
  signZlib(path);
  describeUser(path);
  await run(["rm", "-rf", apt, `${path}/usr/share/doc`]);
}

/** Uses nothing of this machine's own apt-get: neither its lists nor its installed packages. */
function prepareApt(
  apt: string,
  { mirror, keyring }: { readonly mirror: string; readonly keyring: string },
): string[] {
  for (const folder of ["state/lists/partial", "cache/archives/partial", "empty"]) {
    Deno.mkdirSync(`${apt}/${folder}`, { recursive: true });
  }
  Deno.writeTextFileSync(`${apt}/status`, "");
  Deno.writeTextFileSync(
    `${apt}/sources.list`,
    `deb [signed-by=${keyring}] ${mirror} ${DEBIAN_SUITE} main\n`,
  );
  const settings = {
    "Dir::State": `${apt}/state`,
    "Dir::State::status": `${apt}/status`,
    "Dir::Cache": `${apt}/cache`,
    "Dir::Etc::sourcelist": `${apt}/sources.list`,
    "Dir::Etc::sourceparts": `${apt}/empty`,
    "Dir::Etc::preferences": `${apt}/none`,
    "Dir::Etc::preferencesparts": `${apt}/empty`,
    "Debug::NoLocking": "1",
    "APT::Architecture": "amd64",
    "APT::Architectures": "amd64",
    "APT::Install-Recommends": "0",
    "Acquire::Languages": "none",
  };
  return [
    "-qq",
    ...Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
  ];
}

/** The mirror that this machine's own apt-get uses, which its administrator has chosen. */
async function findMirror(keyring: string): Promise<string> {
  const { stdout } = await run(["apt-get", "indextargets", "--format", "$(REPO_URI)"]);
  const mirror = stdout.split("\n").find((line) => /^https?:.*\/debian\/?$/.test(line));
  if (mirror === undefined || !exists(keyring)) {
    throw new HostError(
      `Cannot fetch Wine's packages: apt-get of this system knows no mirror or no keys of Debian`,
      "ask for Wine 10 or newer to be installed, or for the right to use sudo without a password",
    );
  }
  return mirror;
}

function linkAlternatives(programs: string): void {
  for (const { name } of [...Deno.readDirSync(programs)]) {
    const link = ALTERNATIVE.exec(name)?.[1];
    if (link !== undefined && !exists(`${programs}/${link}`)) {
      Deno.symlinkSync(name, `${programs}/${link}`);
    }
  }
}

/** Wine recognises its own DLLs by a text after the DOS header, which is added to this one. */
function signZlib(path: string): void {
  const signature = new Uint8Array(32);
  signature.set(new TextEncoder().encode("Wine builtin DLL"));
  for (const [compiler, wine] of [["x86_64", "x86_64"], ["i686", "i386"]]) {
    const dll = Deno.readFileSync(`${path}/usr/${compiler}-w64-mingw32/lib/zlib1.dll`);
    dll.set(signature, 64);
    const folder = `${path}/usr/lib/x86_64-linux-gnu/wine/${wine}-windows`;
    Deno.writeFileSync(`${folder}/zlib1.dll`, dll);
  }
}

/** Wine asks for the user's name; in a namespace the user is `root`. */
function describeUser(path: string): void {
  const home = Deno.env.get("HOME") ?? "/";
  const user = Deno.env.get("USER") ?? "user";
  const lines = [
    `root:x:0:0::${home}:/bin/sh`,
    `${user}:x:${Deno.uid()}:${Deno.gid()}::${home}:/bin/sh`,
  ];
  Deno.mkdirSync(`${path}/etc`, { recursive: true });
  replaceFile(`${path}/etc/passwd`, `${lines.join("\n")}\n`);
}
