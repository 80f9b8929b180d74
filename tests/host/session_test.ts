import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { DenoProcess, runDeno } from "../helpers/deno_process.ts";
import {
  CHILD,
  type Env,
  isFree,
  keeperOf,
  ownSession,
  programsOf,
  removeSessions,
  SHARED,
  Talker,
  TOOL,
} from "../helpers/session_run.ts";
import { holdersOf, programOf } from "../../tools/host/processes.ts";

const OWN = ownSession();

Deno.test.afterAll(removeSessions);

Deno.test("joinSession: one terminal sees and ends the job of another, as on Windows", async () => {
  const env = OWN;
  await using other = new Talker(env);
  await other.ready();
  const job = `session-${crypto.randomUUID()}`;
  await using run = new DenoProcess(
    [...TOOL, "run", "--name", job, "--", CHILD, "print", "ready\n", "sleepforever"],
    { env },
  );
  await run.line("ready");
  const tool = (...args: string[]) => runDeno([...TOOL, ...args], { env });
  const seen = await tool("ps", job, "--json");
  assertEquals({ code: seen.code, stderr: seen.stderr }, { code: 0, stderr: "" });
  assert(seen.stdout.includes("child.exe"));
  assertEquals((await tool("limits", job, "--memory", "100M")).code, 0);
  assert((await tool("limits", job)).stdout.includes("100MiB"));
  assertEquals((await tool("kill", job)).code, 0);
  assertEquals((await run.end()).code, 143);
  assertEquals(await other.stop(), 9);
});

Deno.test("joinSession: SIGKILL of jobbox ends its tree, and no other run", async () => {
  await using other = new Talker(OWN);
  const { session, place } = await other.ready();
  await using run = new DenoProcess([
    ...[...TOOL, "run", "--", CHILD, "spawn", "1", "--", "sleepforever", ";"],
    ...["print", "ready\n", "sleepforever"],
  ], { env: OWN });
  await run.line("ready");
  const places = [...Deno.readDirSync(`${session}/places`)]
    .map(({ name }) => `${session}/places/${name}`)
    .filter((folder) => folder !== place && holdersOf(`${folder}/alive`).length > 0);
  assertEquals(places.map(programsOf), [["child.exe", "child.exe", "deno.exe"]]);
  const [jobbox] = holdersOf(`${places[0]}/alive`)
    .filter((pid) => programOf(pid)?.endsWith("deno.exe"));
  Deno.kill(jobbox!, "SIGKILL");
  assertNotEquals((await run.end()).code, 0);
  assert(await isFree(`${places[0]}/alive`));
  assertEquals(await other.stop(), 9);
});

Deno.test("joinSession: without --shared a run is in no session", async () => {
  await using shared = new Talker(OWN);
  const { session } = await shared.ready();
  const code = "console.log(Deno.env.get('WINEPREFIX'))";
  const [main] = [SHARED.slice(0, -1)];
  const { stdout } = await runDeno([...main, "--bare", "eval", code], { env: OWN });
  assertNotEquals(stdout.trim(), `${session}/prefix`);
  assertEquals(await shared.stop(), 9);
});

for (const way of ["bwrap", "chroot"]) {
  const env: Env = { ...OWN, JOBBOX_TEST_HOST_ENTER: way };
  const name = (fact: string): string => `joinSession: ${fact}, by ${way}`;

  Deno.test(name("two first runs at once make one session, with a place each"), async () => {
    const fresh = { ...env, ...ownSession() };
    await using first = new Talker(fresh);
    await using second = new Talker(fresh);
    const [one, other] = await Promise.all([first.ready(), second.ready()]);
    assertEquals(one.session, other.session);
    assertNotEquals(one.place, other.place);
    const keeper = keeperOf(one.session);
    for (const { place } of [one, other]) {
      const [program] = holdersOf(`${place}/alive`).filter((pid) =>
        programOf(pid)?.endsWith("child.exe")
      );
      const spaces = [keeper, program].map((pid) => Deno.readLinkSync(`/proc/${pid}/ns/pid`));
      assertEquals(spaces[0], spaces[1]);
    }
    // What all need belongs to none of them: a killed run would take it along.
    const services = /wineserver|\\(services|winedevice|plugplay|svchost|explorer)\.exe/;
    const servicesOf = (folder: string): string[] =>
      holdersOf(`${folder}/alive`).map((pid) => programOf(pid) ?? "").filter((program) =>
        services.test(program)
      );
    assert(servicesOf(one.session).length >= 3);
    assertEquals([one, other].map(({ place }) => servicesOf(place)), [[], []]);
    assertEquals([await first.stop(), await second.stop()], [9, 9]);
  });

  Deno.test(name("a killed run takes its processes with it, and no other's"), async () => {
    await using first = new Talker(env);
    const killed = await first.ready();
    await using second = new Talker(env);
    const other = await second.ready();
    assertEquals(programsOf(killed.place), ["child.exe", "deno.exe"]);
    first.kill("SIGKILL");
    await first.end();
    assert(await isFree(`${killed.place}/alive`));
    assertEquals(programsOf(other.place), ["child.exe", "deno.exe"]);
    assertEquals(await second.stop(), 9);
  });

  Deno.test(name("Ctrl-C reaches the run it was meant for only"), async () => {
    await using first = new Talker(env);
    const { place } = await first.ready();
    await using second = new Talker(env);
    await second.ready();
    first.kill("SIGINT");
    const { code, stdout } = await first.end();
    assertEquals({ code, stdout: stdout.trim() }, { code: 42, stdout: "interrupted" });
    // Its child is still running.
    assert(await isFree(`${place}/alive`));
    await second.write("x");
    assertEquals(await second.end(), { code: 9, stdout: "false\n", stderr: "" });
  });

  Deno.test(
    name("the next run finds the session of the last, and starts nothing anew"),
    async () => {
      const fresh = { ...env, ...ownSession(600) };
      await using first = new Talker(fresh);
      const { session } = await first.ready();
      const keeper = keeperOf(session);
      await using second = new Talker(fresh);
      await second.ready();
      // The end of the first run does not affect the others, whatever it leaves.
      assertEquals(await first.stop(), 9);
      assertEquals(await second.stop(), 9);
      await using third = new Talker(fresh);
      await third.ready();
      assertEquals(keeperOf(session), keeper);
      assertEquals(await third.stop(), 9);
      Deno.kill(keeper, "SIGKILL");
    },
  );

  Deno.test(
    name("a killed keeper ends its runs, and the next run makes a new session"),
    async () => {
      await using first = new Talker(env);
      const { session, place } = await first.ready();
      const keeper = keeperOf(session);
      Deno.kill(keeper, "SIGKILL");
      assertNotEquals((await first.end()).code, 0);
      assert(await isFree(`${place}/alive`));
      await using second = new Talker(env);
      await second.ready();
      assertNotEquals(keeperOf(session), keeper);
      assertEquals(await second.stop(), 9);
    },
  );

  Deno.test(name("after its last run it ends by itself and leaves nothing"), async () => {
    const mounts = Deno.readTextFileSync("/proc/self/mounts");
    await using run = new Talker(env);
    const { session } = await run.ready();
    assert(holdersOf(`${session}/alive`).length > 1);
    assertEquals(await run.stop(), 9);
    assert(await isFree(`${session}/alive`));
    assertEquals(holdersOf(`${session}/alive`), []);
    assertEquals(holdersOf(`${session}/keeper`), []);
    assertEquals(Deno.readTextFileSync("/proc/self/mounts"), mounts);
  });
}
