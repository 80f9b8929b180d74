/**
 * What becomes of runs when their session's server dies, or when the run that began it is ended
 * with its whole family.
 *
 * @module
 */

import { assert, assertEquals, assertLess, assertMatch, assertNotEquals } from "@std/assert";
import { DenoProcess, runDeno } from "../helpers/deno_process.ts";
import {
  CHILD,
  type Env,
  isFree,
  keeperOf,
  ownSession,
  removeSessions,
  Talker,
  TOOL,
} from "../helpers/session_run.ts";
import { holdersOf, parentOf, programOf } from "../../tools/host/processes.ts";

/** Within this time, in ms, a run without a server must have said so. */
const NOTICED_MS = 5_000;

const LOST =
  /^jobbox host: Cannot tell how the program ended: Wine's server .* died first; to fix it/m;

Deno.test.afterAll(removeSessions);

function serverOf(serverFile: string): number {
  const [server] = holdersOf(serverFile).filter((pid) => programOf(pid)?.includes("wineserver"));
  if (server === undefined) throw new Error(`Cannot find the server of ${serverFile}`);
  return server;
}

for (const way of ["bwrap", "chroot"]) {
  const env: Env = { ...ownSession(600), JOBBOX_TEST_HOST_ENTER: way };

  Deno.test(`joinSession: a killed server ends its runs with a line and 125, and the next run has a new one, by ${way}`, async () => {
    await using first = new Talker(env);
    const { session, place } = await first.ready();
    await using second = new DenoProcess([
      ...[...TOOL, "run", "--", CHILD, "print", "ready\n", "sleepforever"],
    ], { env });
    await second.line("ready");
    const keeper = keeperOf(session);
    const start = performance.now();
    Deno.kill(serverOf(`${session}/server`), "SIGKILL");
    for (const run of [first, second]) {
      const { code, stderr } = await run.end();
      assertEquals(code, 125);
      assertMatch(stderr, LOST);
    }
    assertLess(performance.now() - start, NOTICED_MS);
    assert(await isFree(`${place}/alive`));
    const next = await runDeno([...TOOL, "run", "--", CHILD, "exit", "7"], { env });
    assertEquals({ code: next.code, stderr: next.stderr }, { code: 7, stderr: "" });
    assertNotEquals(keeperOf(session), keeper);
    Deno.kill(keeperOf(session), "SIGKILL");
  });
}

Deno.test("takeSlot: a killed server ends its run with a line and 125", async () => {
  const code = `console.log("ready " + Deno.env.get("WINEPREFIX"));
    await Deno.stdin.read(new Uint8Array(1));`;
  const main = TOOL.slice(0, TOOL.indexOf("--shared"));
  await using run = new DenoProcess([...main, "--bare", "eval", code]);
  const prefix = (await run.line("ready")).slice("ready ".length);
  const start = performance.now();
  Deno.kill(serverOf(prefix.replace(/prefix$/, "server")), "SIGKILL");
  const { code: found, stderr } = await run.end();
  assertEquals(found, 125);
  assertMatch(stderr, LOST);
  assertLess(performance.now() - start, NOTICED_MS);
});

/** A process and all that it or any of them started and that still hangs on it. */
function familyOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const { name } of Deno.readDirSync("/proc")) {
    const parent = /^\d+$/.test(name) ? parentOf(Number(name)) : undefined;
    if (parent === undefined) continue;
    children.set(parent, [...children.get(parent) ?? [], Number(name)]);
  }
  const family = [root];
  for (const pid of family) family.push(...children.get(pid) ?? []);
  return family;
}

Deno.test("joinSession: ending the first run's whole process tree ends no other run", async () => {
  const env = ownSession();
  await using first = new Talker(env);
  const { session, place } = await first.ready();
  await using second = new Talker(env);
  await second.ready();
  const family = familyOf(first.pid);
  assert(family.length > 3);
  assertEquals(family.includes(keeperOf(session)), false);
  for (const pid of family) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch (error) {
      // Its parent's end was its own.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  await first.end();
  assert(await isFree(`${place}/alive`));
  assertEquals(await second.stop(), 9);
});

Deno.test("joinSession: a storm of processes that are ended while they start comes to an end", async () => {
  // Wine 10's server crashes in some of these: then there is the line; in no case is there silence.
  const env = ownSession();
  const folder = Deno.makeTempDirSync({ prefix: "jobbox-storm-" });
  try {
    const batch = `${folder}/storm.bat`;
    Deno.writeTextFileSync(batch, ':again\r\n@start "" /b cmd /d /c "%~f0"\r\n@goto again\r\n');
    await using other = new Talker(env);
    await other.ready();
    const seen = await runDeno([
      ...[...TOOL, "run", "--processes", "10", "--timeout", "3s", "--"],
      ...["cmd", "/d", "/c", `Z:${batch.replaceAll("/", "\\")}`],
    ], { env, deadlineMs: 30_000 });
    assertEquals(seen.signal, null);
    if (seen.code === 125) assertMatch(seen.stderr, LOST);
    const next = await runDeno([...TOOL, "run", "--", CHILD, "exit", "7"], { env });
    assertEquals({ code: next.code, stderr: next.stderr }, { code: 7, stderr: "" });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
