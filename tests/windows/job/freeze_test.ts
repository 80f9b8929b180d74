import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { Win32Error } from "../../../ffi/error.ts";
import type { Handle } from "../../../ffi/handle.ts";
import { setFrozen } from "../../../job/freeze.ts";
import { JobObject } from "../../../job/job_object.ts";
import { startChild, within } from "../../helpers/job_trials.ts";

const NOBODY = 0x7ff0n as Handle;

Deno.test("setFrozen: a refusal names what was tried", () => {
  for (const frozen of [true, false]) {
    const error = assertThrows(() => setFrozen(NOBODY, frozen, "a job"), Win32Error);
    assertEquals(error.codeName, "ERROR_INVALID_HANDLE");
    assertEquals(error.message.startsWith(`Cannot ${frozen ? "freeze" : "thaw"} a job: `), true);
  }
});

Deno.test("freeze, thaw: the processes do not react in between, and all do afterwards", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "cat", { stdin: "piped", stdout: "piped" });
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  await writer.write(new TextEncoder().encode("a"));
  assertEquals((await within(reader.read(), "the first answer")).value, "a");
  job.freeze();
  await writer.write(new TextEncoder().encode("b"));
  const answer = reader.read();
  const first = await Promise.race([answer, elapsed(200)]);
  assertEquals(first, "nothing");
  job.thaw();
  assertEquals((await within(answer, "the second answer")).value, "b");
  await writer.close();
  assertEquals((await within(child.status, "the child's end")).code, 0);
  await reader.cancel();
});

/** That nothing happens can only be seen by the clock. */
function elapsed(ms: number): Promise<"nothing"> {
  const { promise, resolve } = Promise.withResolvers<"nothing">();
  setTimeout(() => resolve("nothing"), ms);
  return promise;
}
