import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { statsCommand } from "../../../../cli/commands/stats.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { FakeIo } from "../../../helpers/fake_io.ts";
import { CHILD, uniqueName } from "../../../helpers/jobbox_process.ts";

Deno.test("statsCommand: the live view is drawn over itself and never wider or higher than the terminal", async () => {
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
