import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Win32Error } from "../../../../ffi/error.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { becomes, rest, TrialRoom } from "../../../../job/conformance/trial_room.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";

Deno.test("TrialRoom: what was started is ended, and every handle is closed", async () => {
  using witness = JobObject.create();
  await assertNoHandleLeft(() => {
    using room = new TrialRoom();
    const { job } = room.heard();
    const process = room.member(job);
    witness.assign(room.spinner(room.job()).pid);
    witness.assign(room.start().pid);
    assert(job.contains(process) && !process.ended());
    return Promise.resolve();
  }, "a room");
  assertEquals(witness.stats().processes.active, 0);
});

Deno.test("TrialProcess: suspended until it is resumed, and then it runs its command", () => {
  using room = new TrialRoom();
  const process = room.start();
  assertEquals([process.ended(100), process.code()], [false, 259]);
  process.resume();
  assert(process.ended(5_000));
  const other = room.start({ command: "exit 5" });
  assert(other.ended(5_000));
  assertEquals(other.code(), 5);
});

Deno.test("TrialRoom.start: a refusal is an error; tryStart returns its code", () => {
  using room = new TrialRoom();
  const gone = room.job();
  const closed = { value: 8_388_592n } as typeof gone;
  assertEquals(typeof room.tryStart({ job: closed }), "number");
  assertThrows(() => room.start({ job: closed }), Win32Error, "CreateProcessW");
});

Deno.test("becomes: true as soon as the condition holds, false if it does not in time", () => {
  let asked = 0;
  assertEquals(becomes(() => ++asked === 3, 5_000), true);
  assertEquals(becomes(() => false, 30), false);
  const before = performance.now();
  rest(30);
  assert(performance.now() - before >= 25);
});
