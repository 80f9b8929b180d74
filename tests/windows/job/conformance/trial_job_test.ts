import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR, JOB_OBJECT_LIMIT } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { CLASSES } from "../../../../job/conformance/trial_job.ts";
import { TrialRoom } from "../../../../job/conformance/trial_room.ts";

Deno.test("TrialJob: a call's error code is its result, and success is 0", () => {
  using room = new TrialRoom();
  const job = room.job();
  const process = room.start();
  assertEquals([job.contains(process), job.assign(process), job.contains(process)], [
    false,
    0,
    true,
  ]);
  assertEquals(job.limit({ flags: JOB_OBJECT_LIMIT.SUBSET_AFFINITY }), ERROR.INVALID_PARAMETER);
  assertEquals(job.terminate(9), 0);
  assert(process.ended(5_000));
  assertEquals(process.code(), 9);
});

Deno.test("TrialJob.limitAlso: kill-on-close stays set", () => {
  using room = new TrialRoom();
  const job = room.job();
  const { ACTIVE_PROCESS, KILL_ON_JOB_CLOSE } = JOB_OBJECT_LIMIT;
  assertEquals(job.limitAlso({ flags: ACTIVE_PROCESS, basic: { ActiveProcessLimit: 5 } }), 0);
  const { LimitFlags } = job.get(CLASSES.extended).BasicLimitInformation;
  assertEquals(LimitFlags, ACTIVE_PROCESS | KILL_ON_JOB_CLOSE);
});

Deno.test("TrialJob.list: with room for all, with less, and with none", () => {
  using room = new TrialRoom();
  const job = room.job();
  const pids = [room.member(job), room.member(job)].map(({ pid }) => pid);
  assertEquals(job.list(2).ids.toSorted(), pids.toSorted());
  assertEquals(job.list(1).code, ERROR.MORE_DATA);
  assertEquals(job.list(1).ids.length, 1);
});

Deno.test("TrialJob.get: a refusal is an error", () => {
  using room = new TrialRoom();
  const job = room.job();
  const closed = room.job();
  closed.close();
  assertThrows(() => closed.get(CLASSES.extended));
  assertEquals(job.get(CLASSES.extended).BasicLimitInformation.ActiveProcessLimit, 0);
  assertThrows(
    () => job.get({ ...CLASSES.basic, name: "JobObjectFreezeInformation" }),
    Win32Error,
    "QueryInformationJobObject",
  );
});
