/**
 * Runs in a shared session that is the test's own.
 *
 * @module
 */

import { DenoProcess } from "./deno_process.ts";
import { holdersOf, programOf } from "../../tools/host/processes.ts";
import { PROJECT } from "../../tools/host/project.ts";

/** The arguments of a Deno that starts one. */
export const SHARED = ["run", "-A", `${PROJECT}/tools/host/main.ts`, "--shared"];
/** The same for the tool. */
export const TOOL = [
  ...[...SHARED, "run", "--no-prompt", "--no-check", "--allow-ffi", "--allow-read"],
  ...["--allow-write", "cli.ts"],
];
/** The children's program, as a path below the project. */
export const CHILD = "tests/children/build/child.exe";

/** Variables for a session of its own, and never that of whoever works on this machine. */
export function ownSession(lingerSeconds = 1): Record<string, string> {
  return {
    JOBBOX_TEST_HOST_SESSION: `test-${crypto.randomUUID().slice(0, 8)}`,
    JOBBOX_TEST_HOST_LINGER: String(lingerSeconds),
  };
}

const TALKER = `Deno.addSignalListener("SIGINT", () => {
    console.log("interrupted");
    setTimeout(() => Deno.exit(42), 300);
  });
  const child = new Deno.Command(Deno.args[0], {
    args: ["print", "ready\\n", "sleepforever"],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  await child.stdout.getReader().read();
  console.log(JSON.stringify({
    ready: true,
    prefix: Deno.env.get("WINEPREFIX"),
    denoDir: Deno.env.get("DENO_DIR"),
  }));
  const input = new Uint8Array(1);
  await Deno.stdin.read(input);
  child.kill();
  console.log((await child.status).success);
  Deno.exit(9);`;

/** Variables on top of those of the test. */
export type Env = Readonly<Record<string, string>>;

const folders = new Set<string>();

/** Removes the sessions of all talkers when their last process is gone. */
export async function removeSessions(): Promise<void> {
  for (const folder of folders) {
    await isFree(`${folder}/alive`);
    await Deno.remove(folder, { recursive: true });
  }
  folders.clear();
}

/** A run with its own child. The first byte of its input ends it with 9, Ctrl-C with 42. */
export class Talker extends DenoProcess {
  constructor(env: Env) {
    super([...SHARED, "--bare", "eval", TALKER, "--", CHILD], { env });
  }

  /** Waits until both run, and gives the folders of the session and of its place there. */
  async ready(): Promise<{ session: string; place: string }> {
    const { prefix, denoDir } = JSON.parse(await this.line("ready"));
    const session = parentOf(prefix);
    folders.add(session);
    return { session, place: parentOf(denoDir.slice("Z:".length).replaceAll("\\", "/")) };
  }

  async stop(): Promise<number> {
    await this.write("x");
    return (await this.end()).code;
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** Waits until no process holds the lock. */
export async function isFree(lock: string): Promise<boolean> {
  const { code } = await new Deno.Command("flock", { args: ["--timeout", "120", lock, "true"] })
    .output();
  return code === 0;
}

/** The process that keeps a session. */
export function keeperOf(session: string): number {
  const keepers = holdersOf(`${session}/keeper`);
  const [keeper] = keepers;
  if (keeper === undefined || keepers.length > 1) {
    throw new Error(`Cannot find the keeper: ${keepers.length} processes hold its lock`);
  }
  return keeper;
}

/** The programs of a run that live, without their folders. */
export function programsOf(place: string): string[] {
  return holdersOf(`${place}/alive`).map((pid) => programOf(pid) ?? "")
    .filter((program) => program.endsWith("child.exe") || program.endsWith("deno.exe"))
    .map((program) => program.split(/[\\/]/).at(-1) ?? "").toSorted();
}
