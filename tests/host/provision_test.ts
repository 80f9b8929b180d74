/**
 * What the host does on machines that lack something, simulated with a separate PATH.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type DenoOutput, DenoProcess, type DenoRun, runDeno } from "../helpers/deno_process.ts";
import { cacheRoot, makeFolder } from "../../tools/host/cache.ts";
import { exists, findOnPath, run } from "../../tools/host/command.ts";
import { PROJECT } from "../../tools/host/project.ts";
import { prefixId } from "../../tools/host/prefix.ts";
import { findWine } from "../../tools/host/rootfs.ts";
import { DENO_VERSION, STD_PACKAGE, STD_VERSION } from "../../tools/host/versions.ts";

const MAIN = ["run", "-A", `${PROJECT}/tools/host/main.ts`, "--bare", "eval", "Deno.exit(7)"];

const DENO = `deno-win32-${DENO_VERSION}`;
const STD = `${STD_PACKAGE}-${STD_VERSION}`;

/** What every Debian has, and nothing that the host may have to fetch. */
const ESSENTIAL = [
  ...["sh", "env", "cat", "mkdir", "rm", "cp", "mv", "ln", "true", "echo", "sleep", "tar", "gzip"],
  ...[
    "flock",
    "setsid",
    "setpriv",
    "unshare",
    "chroot",
    "mount",
    "bwrap",
    "x86_64-w64-mingw32-gcc",
  ],
];

/** A machine with its own cache and PATH. */
class Machine implements Disposable {
  // Beside the real cache, so that a slot's hard links stay within one file system.
  readonly folder: string;
  readonly cache: string;

  constructor() {
    makeFolder(cacheRoot());
    this.folder = Deno.makeTempDirSync({ dir: cacheRoot(), prefix: "test-" });
    this.cache = `${this.folder}/cache/jobbox/host-1`;
    Deno.mkdirSync(`${this.folder}/bin`);
    for (const name of ESSENTIAL) {
      const path = findOnPath(name);
      if (path) Deno.symlinkSync(path, `${this.folder}/bin/${name}`);
    }
  }

  /** Puts a shell script in PATH; `$here` in it is this machine's folder. */
  script(name: string, text: string): void {
    const path = `${this.folder}/bin/${name}`;
    Deno.writeTextFileSync(path, `#!/bin/sh\nhere='${this.folder}'\n${text}\n`, { mode: 0o755 });
  }

  options(more: DenoRun = {}): DenoRun {
    const env = {
      XDG_CACHE_HOME: `${this.folder}/cache`,
      PATH: `${this.folder}/bin`,
      ...more.env,
    };
    return { ...more, env };
  }

  async main(more: DenoRun = {}): Promise<DenoOutput> {
    return await runDeno(MAIN, this.options(more));
  }

  names(): string[] {
    return [...Deno.readDirSync(this.cache)].map(({ name }) => name).toSorted();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** The last line is the host's, says how to fix it, and has no stack. */
function assertRefused({ code, stdout, stderr }: DenoOutput, wanted: RegExp): void {
  const lines = stderr.trim().split("\n");
  assertMatch(lines.at(-1) ?? "", wanted, stderr);
  assertMatch(lines.at(-1) ?? "", /^jobbox host: Cannot .*; to fix it: ./);
  assert(lines.every((line) => line.startsWith("jobbox host: ")), stderr);
  assertEquals({ code, stdout }, { code: 125, stdout: "" });
}

Deno.test("provisioning: without apt-get it names the program to install", async () => {
  using machine = new Machine();
  assertRefused(await machine.main(), /mmdebstrap is needed .* this system has no apt-get/);
  assertEquals(machine.names(), ["locks", "tmp"]);
});

const PLAIN = { through: ["unshare", "--user", "--map-user=1000"] };

Deno.test("provisioning: a user other than root installs with sudo, if that needs no password", async () => {
  using machine = new Machine();
  machine.script("sudo", '[ "$1" = -n ] || exit 1; shift; echo "$*" >>"$here/log"; exec "$@"');
  machine.script("apt-get", 'echo "E: no mirror" >&2; exit 100');
  assertRefused(await machine.main(PLAIN), /mmdebstrap is needed .* apt-get said: E: no mirror/);
  const log = Deno.readTextFileSync(`${machine.folder}/log`).trim().split("\n");
  assertEquals(log[0], "true");
  assertMatch(log.at(-1) ?? "", /^env .* apt-get .* install --yes .* mmdebstrap$/);
});

Deno.test("provisioning: a plain user's way needs the tools, a mirror and the packages of Debian", async () => {
  using machine = new Machine();
  machine.script("sudo", 'echo "a password is required" >&2; exit 1');
  assertRefused(await machine.main(PLAIN), /has no apt-get; to fix it: install Wine 10/);
  machine.script("apt-get", 'echo "$*" >>"$here/log"; echo http://mirror.test/ubuntu');
  assertRefused(await machine.main(PLAIN), /has no dpkg-deb/);
  machine.script("dpkg-deb", "exit 1");
  assertRefused(await machine.main(PLAIN), /knows no mirror or no keys of Debian; .* sudo/);
  machine.script(
    "apt-get",
    'echo "$*" >>"$here/log"; case "$*" in *update*) echo "E: no network" >&2; exit 100; esac; echo http://mirror.test/debian/',
  );
  assertRefused(await machine.main(PLAIN), /without root: apt-get ended with 100, E: no network/);
  assertEquals(machine.names(), ["locks", "tmp"]);
  assertEquals([...Deno.readDirSync(`${machine.cache}/tmp`)], []);
});

Deno.test("provisioning: an unreadable folder of PATH is skipped", async () => {
  using machine = new Machine();
  Deno.mkdirSync(`${machine.folder}/closed/inner`, { recursive: true, mode: 0o700 });
  Deno.chmodSync(`${machine.folder}/closed`, 0);
  const env = { PATH: `${machine.folder}/closed/inner:${machine.folder}/bin` };
  assertRefused(await machine.main({ ...PLAIN, env }), /has no apt-get/);
});

Deno.test("provisioning: without network it repeats what apt-get said", async () => {
  using machine = new Machine();
  machine.script(
    "apt-get",
    'echo "$*" >>"$here/log"; [ "$4" = update ] || { echo "E: Unable to locate package x" >&2; exit 100; }',
  );
  assertRefused(await machine.main(), /apt-get said: E: Unable to locate package x; .* network/);
  const log = Deno.readTextFileSync(`${machine.folder}/log`).split("\n");
  assertMatch(log[0] ?? "", /update$/);
  assertMatch(log[1] ?? "", /install --yes --no-install-recommends mmdebstrap$/);
});

Deno.test("provisioning: an apt-get that installs nothing is not a success", async () => {
  using machine = new Machine();
  machine.script("apt-get", "exit 0");
  assertRefused(await machine.main(), /apt-get said: it said nothing/);
});

Deno.test("provisioning: installs what is missing, then continues", async () => {
  using machine = new Machine();
  machine.script(
    "apt-get",
    'cd "$here" && printf "#!/bin/sh\\necho E: no mirror >&2; exit 1\\n" >new && cp new bin/mmdebstrap && chmod +x bin/mmdebstrap',
  );
  Deno.symlinkSync(findOnPath("chmod") ?? "", `${machine.folder}/bin/chmod`);
  assertRefused(await machine.main(), /Cannot make the Debian \w+ root folder: E: no mirror/);
});

Deno.test("provisioning: a root folder that fails halfway leaves nothing", async () => {
  using machine = new Machine();
  machine.script(
    "mmdebstrap",
    'for last; do :; done; mkdir -p "$last/usr"; echo "E: 404" >&2; exit 1',
  );
  assertRefused(await machine.main(), /root folder: E: 404; to fix it: check the network/);
  assertEquals(machine.names(), ["locks", "tmp"]);
  assertEquals([...Deno.readDirSync(`${machine.cache}/tmp`)], []);
});

Deno.test("provisioning: a root folder without Wine is refused", async () => {
  using machine = new Machine();
  machine.script("mmdebstrap", 'for last; do :; done; mkdir -p "$last/usr/bin"');
  assertRefused(await machine.main(), /it has no wine-stable/);
  assertEquals(machine.names(), ["locks", "tmp"]);
});

Deno.test("provisioning: a killed run leaves no half-made root folder, process or mount", async () => {
  using machine = new Machine();
  // The lock is held as long as the script or any child of it lives.
  machine.script(
    "mmdebstrap",
    'exec 9>"$here/lock"; flock 9; for last; do :; done; mkdir -p "$last/usr"; mount -t tmpfs jobbox-test "$last/usr"; echo half >"$here/fifo"; sleep 600',
  );
  const fifo = `${machine.folder}/fifo`;
  assertEquals((await new Deno.Command("mkfifo", { args: [fifo] }).output()).code, 0);
  await using child = new DenoProcess(MAIN, machine.options());
  assertStringIncludes(await Deno.readTextFile(fifo), "half");
  child.kill("SIGKILL");
  await child.end();
  assertEquals(machine.names(), ["locks", "tmp"]);
  assertEquals(Deno.readTextFileSync("/proc/self/mounts").includes(machine.folder), false);
  const lock = `${machine.folder}/lock`;
  const gone = new Deno.Command("flock", { args: ["--timeout", "10", lock, "true"] });
  assertEquals((await gone.output()).code, 0);
  machine.script("mmdebstrap", "exit 1");
  assertRefused(await machine.main(), /mmdebstrap|root folder/);
  assertEquals([...Deno.readDirSync(`${machine.cache}/tmp`)], []);
});

Deno.test("provisioning: an old Wine is not used, a new one is, without any root folder", async () => {
  using machine = new Machine();
  machine.script("wine", "echo wine-8.0");
  assertRefused(await machine.main(), /mmdebstrap is needed/);
  machine.script("wine", 'echo "wine-10.0 (Debian 10.0)"');
  assertRefused(await machine.main(), /@deno\/win32-x64@[\d.]+: npm is not installed/);
  assertEquals(machine.names(), ["entrance", "locks", "tmp"]);
});

Deno.test("provisioning: npm without network, and npm with wrong bytes, are errors", async () => {
  using machine = new Machine();
  machine.script("wine", "echo wine-10.0");
  machine.script("npm", "echo npm error network request failed >&2; exit 1");
  assertRefused(await machine.main(), /npm said: npm error network request failed; .* network/);
  machine.script("npm", 'for last; do :; done; echo other >"$last/other.tgz"');
  assertRefused(await machine.main(), /its integrity should be sha512-.* and is sha512-/);
  assertEquals(machine.names(), ["entrance", "locks", "tmp"]);
  assertEquals([...Deno.readDirSync(`${machine.cache}/tmp`)], []);
});

Deno.test("provisioning: a machine's own Wine runs the Windows Deno without a root folder", async () => {
  using machine = new Machine();
  // Its "own" Wine is this project's, entered by a script of the same name.
  const wine = await findWine();
  const { rootfs } = wine;
  const mounts = ["usr", "etc"].map((name) => `--ro-bind '${rootfs}/${name}' /${name}`).join(" ");
  const enter = rootfs === undefined ? "" : `bwrap --dev-bind / / ${mounts} --`;
  for (const program of ["wine", "wineboot", "wineserver"]) {
    machine.script(program, `exec ${enter} /usr/bin/${program} "$@"`);
  }
  const version = (await run([`${machine.folder}/bin/wine`, "--version"])).stdout.trim();
  const prefix = `prefix-${prefixId({ ...wine, id: version.replaceAll(/[^\w.-]+/g, "_") })}`;
  makeFolder(machine.cache);
  for (
    const [from, to] of [[`prefix-${prefixId(wine)}`, prefix], [DENO, DENO], [STD, STD]] as const
  ) {
    if (exists(`${cacheRoot()}/${from}`)) {
      Deno.symlinkSync(`${cacheRoot()}/${from}`, `${machine.cache}/${to}`);
    }
  }
  for (const way of ["bwrap", "chroot", "plain"]) {
    const found = await machine.main({ env: { JOBBOX_TEST_HOST_ENTER: way } });
    assertEquals({ way, code: found.code, stderr: found.stderr }, { way, code: 7, stderr: "" });
  }
  assertEquals(machine.names().some((name) => name.startsWith("rootfs")), false);
});
