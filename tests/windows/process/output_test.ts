import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { JobObject } from "../../../job/job_object.ts";
import { startChild, within } from "../../helpers/job_trials.ts";

const PIPED = { stdout: "piped", stderr: "piped" } as const;

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim();
}

Deno.test("ChildProcess.output: returns both streams and the end", async () => {
  using job = JobObject.create({ killOnClose: true });
  const child = startChild(job, "print out printerr err exit 0xC0000005", PIPED);
  const output = await within(child.output(), "the output");
  assertEquals([text(output.stdout), text(output.stderr)], ["out", "err"]);
  assertEquals([output.truncated, output.endedBy], [false, "itself"]);
  assertEquals([output.success, output.code, output.symbol], [
    false,
    0xc000_0005,
    "STATUS_ACCESS_VIOLATION",
  ]);
});

Deno.test("ChildProcess.output: has no output of a stream that is not piped", async () => {
  using job = JobObject.create({ killOnClose: true });
  const child = startChild(job, "print out", { stdout: "piped" });
  const output = await within(child.output(), "the output");
  assertEquals(text(output.stdout), "out");
  assertThrows(() => output.stderr, TypeError, "Cannot use stderr: it is not piped");
});

Deno.test("ChildProcess.output: refuses a stream that already has a reader", async () => {
  using job = JobObject.create({ killOnClose: true });
  const child = startChild(job, "print out", PIPED);
  const reader = child.stdout.getReader();
  await assertRejects(() => child.output(), TypeError, "one of its streams is being read");
  await within(reader.read(), "its word");
  reader.releaseLock();
  // The bytes already read would be missing without notice.
  await assertRejects(() => child.output(), TypeError, "or was read");
  await child.status;
});

Deno.test("ChildProcess.output: a grandchild that keeps the pipes open delays it by drainTimeout only", async () => {
  using job = JobObject.create({ killOnClose: true });
  const child = startChild(job, "spawn 1 -- sleepforever ; print done", {
    ...PIPED,
    drainTimeout: 250,
  });
  await within(child.status, "its end");
  const start = performance.now();
  const { stdout, code, truncated } = await within(child.output(), "the output");
  assert(performance.now() - start >= 240);
  assertEquals([code, truncated, job.pids().length], [0, true, 1]);
  assertEquals(text(stdout).split(/\r?\n/).at(-1), "done");
});

Deno.test("ChildProcess.output: what a grandchild writes within drainTimeout is there", async () => {
  using job = JobObject.create({ killOnClose: true });
  const child = startChild(job, "spawn 1 -- sleep 150 print late", {
    ...PIPED,
    drainTimeout: 600_000,
  });
  const output = await within(child.output(), "the output");
  const { stdout, truncated } = output;
  assertEquals(truncated, false);
  assertEquals(text(stdout).split(/\r?\n/).at(-1), "late");
});

Deno.test("ChildProcess.output: the output of a child ended by its closed job is not a success, and says so", async () => {
  const job = JobObject.create({ killOnClose: true });
  const watch = job.notifications();
  const child = startChild(job, "print out sleepforever", PIPED);
  const output = child.output();
  await within(watch.next(), "its start");
  job.close();
  const { success, endedBy } = await within(output, "the output");
  assertEquals([success, endedBy], [false, "close"]);
  await watch.return?.();
});
