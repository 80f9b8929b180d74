import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../../../cli/args/usage_error.ts";
import { attachCommand } from "../../../../cli/commands/attach.ts";
import { freezeCommand, thawCommand } from "../../../../cli/commands/freeze.ts";
import { ENDED_BY_JOBBOX } from "../../../../cli/exit_code.ts";
import { FakeIo } from "../../../helpers/fake_io.ts";
import { CHILD, jobbox, startJobbox, uniqueName } from "../../../helpers/jobbox_process.ts";
import { parseArgs } from "../../../../cli/args/settings.ts";

/** Starts a child of the system's own, in no job of ours. */
function startChild(...verbs: string[]): Deno.ChildProcess {
  return new Deno.Command(CHILD, { args: verbs, stdout: "piped", stderr: "null" }).spawn();
}

Deno.test("jobbox attach: limits a running process, which keeps running", async () => {
  const child = startChild("sleepforever");
  const { code, out } = await jobbox(["attach", "--json", "--memory", "64M", String(child.pid)]);
  assertEquals(code, 0);
  assertEquals(JSON.parse(out), {
    attached: [child.pid],
    refused: [],
    limits: { jobMemory: 67108864 },
  });
  child.kill();
  await child.output();
});

Deno.test("jobbox attach --wait --kill-on-close: the processes end with it", async () => {
  const child = startChild("sleepforever");
  const name = uniqueName();
  await using attach = startJobbox(
    ["attach", "--wait", "--json", "--kill-on-close", "--name", name, String(child.pid)],
  );
  await attach.line('"attached"');
  const ps = await jobbox(["ps", "--json", name]);
  assertEquals(JSON.parse(ps.out).map(({ pid }: { pid: number }) => pid), [child.pid]);
  attach.kill("SIGKILL");
  await attach.end();
  await child.output();
});

Deno.test("jobbox attach --wait: ends with the last process", async () => {
  const child = new Deno.Command(CHILD, { args: ["discard"], stdin: "piped", stdout: "null" })
    .spawn();
  await using attach = startJobbox(["attach", "--wait", "--json", String(child.pid)]);
  await attach.line('"attached"');
  await child.stdin.close();
  assertEquals((await attach.end()).code, 0);
  await child.status;
});

Deno.test("attachCommand: Ctrl-C ends the wait with 130, and the processes with --kill-on-close", async () => {
  for (const killOnClose of [true, false]) {
    const child = startChild("print", "ready\n", "sleepforever");
    const io = new FakeIo();
    const limits = killOnClose ? { killOnClose } : {};
    const value = { pids: [child.pid], limits, wait: true, countFrozen: false, json: false };
    const code = Promise.resolve(attachCommand.execute(value, io));
    io.signal("interrupt");
    assertEquals(await code, 130);
    if (!killOnClose) child.kill();
    const { code: ended } = await child.output();
    assertEquals(ended >>> 0 === ENDED_BY_JOBBOX, killOnClose);
  }
});

Deno.test("jobbox attach: a missing process is reported, the others are attached", async () => {
  const child = startChild("sleepforever");
  const { code, out, err } = await jobbox(["attach", "--json", "4294967292", String(child.pid)]);
  assertEquals(code, 125);
  const answer = JSON.parse(out);
  assertEquals(answer.attached, [child.pid]);
  assertEquals(answer.refused.map(({ pid }: { pid: number }) => pid), [4294967292]);
  assertStringIncludes(err, "4294967292");
  assertStringIncludes(err, "there is no process with this id");
  child.kill();
  await child.output();
});

Deno.test("attachCommand: options that need jobbox to stay are refused without --wait", () => {
  const parse = (...tokens: string[]): unknown =>
    attachCommand.parse(parseArgs([...tokens, "4"], attachCommand.spec.options), new FakeIo());
  const post = ["--cpu-time", "1s", "--end-of-job-time", "post"];
  assertThrows(() => parse(...post), UsageError, "--end-of-job-time post needs --wait: ");
  assertThrows(() => parse("--kill-on-close"), UsageError, "needs --wait");
  parse(...post, "--wait");
});

Deno.test("attachCommand: --timeout ends the processes with code 124, and needs --wait", async () => {
  const child = startChild("sleepforever");
  const io = new FakeIo();
  const value = {
    ...{ pids: [child.pid], limits: {}, wait: true, countFrozen: false, json: false },
    timeout: 500,
  };
  const code = Promise.resolve(attachCommand.execute(value, io));
  await io.advance(499);
  assertEquals(io.out, `Put process ${child.pid} into a job\n`);
  await io.advance(1);
  assertEquals(await code, 124);
  assertStringIncludes(io.err, "jobbox: Timed out after 500 ms (--timeout)\n");
  assertEquals((await child.output()).code >>> 0, ENDED_BY_JOBBOX);
  assertEquals(io.pending, 0);
  const parse = (...tokens: string[]): unknown =>
    attachCommand.parse(parseArgs(tokens, attachCommand.spec.options), io);
  assertThrows(() => parse("--timeout", "1s", "4"), UsageError, "--timeout needs --wait: ");
  const needless = () => parse("--count-frozen", "--wait", "4");
  assertThrows(needless, UsageError, "--count-frozen needs --timeout: ");
});

Deno.test("attachCommand: --timeout does not count frozen time, except with --count-frozen", async () => {
  for (const countFrozen of [false, true]) {
    const child = startChild("sleepforever");
    const [io, name] = [new FakeIo(), uniqueName()];
    const value = {
      ...{ pids: [child.pid], name, limits: {}, wait: true, json: false },
      ...{ timeout: 5000, countFrozen },
    };
    let code: number | undefined;
    const end = Promise.resolve(attachCommand.execute(value, io)).then((given) => code = given);
    await freezeCommand.execute({ name, json: false }, io);
    await io.advance(20_000);
    if (!countFrozen) {
      assertEquals(code, undefined);
      await thawCommand.execute({ name, json: false }, io);
      await io.advance(5000);
    }
    assertEquals(await end, 124);
    assertEquals((await child.output()).code >>> 0, ENDED_BY_JOBBOX);
    assertEquals(io.pending, 0);
  }
});

Deno.test("jobbox attach --report: is refused with advice", async () => {
  const { code, err } = await jobbox(["attach", "--report", "r.json", "4"]);
  assertEquals(code, 125);
  assertStringIncludes(err, "Cannot take --report: it does not see what happened before: use");
});
