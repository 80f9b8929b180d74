import "../../../helpers/bound_kernel.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { killCommand } from "../../../../cli/commands/kill.ts";
import { ENDED_BY_JOBBOX } from "../../../../cli/exit_code.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { FakeIo } from "../../../helpers/fake_io.ts";
import { CHILD, jobbox, startJobbox, uniqueName } from "../../../helpers/jobbox_process.ts";

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function listen(port: number): void {
  Deno.listen({ hostname: "127.0.0.1", port }).close();
}

/** A grandchild that holds its folder, a file in it and a port. */
function holding(folder: string, port: number): string[] {
  const verbs = ["spawn", "1", "--", "listen", String(port), "count", "held", ";", "sleepforever"];
  return ["--cwd", folder, "--", `${Deno.cwd()}\\${CHILD}`, ...verbs];
}

Deno.test("jobbox kill: afterwards everything the processes held is free", async () => {
  const folder = await Deno.makeTempDir();
  const [name, port] = [uniqueName(), freePort()];
  await using run = startJobbox(["run", "--quiet", "--name", name, ...holding(folder, port)]);
  await run.line("listening");
  assertThrows(() => listen(port));
  const io = new FakeIo();
  const value = { name, json: true, exitCode: ENDED_BY_JOBBOX };
  assertEquals(await killCommand.execute(value, io), 0);
  Deno.removeSync(folder, { recursive: true });
  listen(port);
  assertEquals(JSON.parse(io.out).pids.length, 2);
  assertEquals((await run.end()).code, 143);
});

Deno.test("jobbox kill: a job without processes is reported, and so is a missing job", async () => {
  const job = JobObject.create({ name: uniqueName() });
  const value = { name: job.name!, json: false, exitCode: ENDED_BY_JOBBOX };
  const io = new FakeIo();
  assertEquals(await killCommand.execute(value, io), 1);
  assertStringIncludes(io.err, "Nothing runs in job");
  await job.spawn("cmd.exe", { args: ["/c", "exit"] }).status;
  // Every process in it has ended, as intended.
  assertEquals(await killCommand.execute(value, new FakeIo()), 0);
  job.close();
  await assertRejects(
    () => killCommand.execute(value, new FakeIo()),
    Error,
    "has no job with this name",
  );
});

Deno.test("jobbox run --timeout: after it everything the processes held is free, and their ends are reported", async () => {
  const folder = await Deno.makeTempDir();
  const port = freePort();
  const events = `${folder}.ndjson`;
  const options = ["--quiet", "--timeout", "3s", "--grace", "0s", "--events", events];
  const { code, err } = await jobbox(["run", ...options, ...holding(folder, port)]);
  Deno.removeSync(folder, { recursive: true });
  listen(port);
  assertEquals(code, 124, err);
  const lines = (await Deno.readTextFile(events)).trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  const pidsOf = (type: string): number[] =>
    lines.filter((line) => line.type === type).map(({ pid }) => pid).toSorted();
  assert(pidsOf("newProcess").length > 0);
  assertEquals(pidsOf("exitProcess"), pidsOf("newProcess"));
  await Deno.remove(events);
});
