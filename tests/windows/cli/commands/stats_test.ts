import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { statsCommand } from "../../../../cli/commands/stats.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { FakeIo } from "../../../helpers/fake_io.ts";
import { CHILD, uniqueName } from "../../../helpers/jobbox_process.ts";

Deno.test("statsCommand: the live view redraws in place and is never wider or higher than the terminal", async () => {
  const name = uniqueName();
  using job = JobObject.create({ name, killOnClose: true });
  for (let i = 0; i < 3; i++) job.spawn(CHILD, { args: ["sleepforever"], stdout: "null" });
  const io = new FakeIo();
  io.terminals.add("stdout");
  io.columns = () => 50;
  io.rows = () => 10;
  const watching = Promise.resolve(
    statsCommand.execute({ name, json: false, interval: 1000 }, io),
  );
  const first = io.out;
  await io.advance(1000);
  const second = io.out.slice(first.length);
  io.signal("interrupt");
  assertEquals(await watching, 0);

  assertStringIncludes(first, `Job ${name.slice(0, 10)}`);
  const lines = first.replace("\r\x1b[J", "").trimEnd().split("\n");
  assertEquals(lines.length, 9);
  for (const line of lines) assert(line.length < 50, line);
  // Back to where the first one began, and nothing of it left.
  assert(second.startsWith("\x1b[9A\r\x1b[J"), JSON.stringify(second.slice(0, 20)));
  assertEquals(second.trimEnd().split("\n").length, 9);
  job.terminate(1);
  await job.wait();
});

Deno.test("statsCommand: the live view shows the limits, puts processes first when low, and says when the job is empty", async () => {
  const name = uniqueName();
  using job = JobObject.create({ name, killOnClose: true, limits: { activeProcesses: 7 } });
  const child = job.spawn(CHILD, { args: ["sleepforever"], stdout: "null" });
  const look = async (rows: number): Promise<{ io: FakeIo; watching: Promise<number> }> => {
    const io = new FakeIo();
    io.terminals.add("stdout");
    io.columns = () => 100;
    io.rows = () => rows;
    const watching = Promise.resolve(
      statsCommand.execute({ name, json: false, interval: 1000 }, io),
    );
    await io.advance(0);
    return { io, watching };
  };
  const high = await look(40);
  assertStringIncludes(high.io.out, "--processes 7");
  assertStringIncludes(high.io.out, "sleepforever");
  const low = await look(8);
  assertStringIncludes(low.io.out, "sleepforever");
  low.io.signal("interrupt");
  assertEquals(await low.watching, 0);
  assert(!low.io.out.includes("The job is empty."), low.io.out);

  job.terminate(1);
  await child.status;
  await job.wait();
  await high.io.advance(1000);
  assertEquals(await high.watching, 0);
  assert(high.io.out.endsWith("The job is empty.\n"), high.io.out);
});
