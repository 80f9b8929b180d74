import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { JOB_OBJECT_LIMIT } from "../../../../ffi/constants.ts";
import { endsWithJob, killOnCloseWorks } from "../../../../job/limits/kill_on_close.ts";

Deno.test("killOnCloseWorks: a canary proves it on every system that has jobs", () => {
  assertEquals(killOnCloseWorks(), true);
  assertEquals(killOnCloseWorks(), true);
});

Deno.test("endsWithJob: without the flag a canary outlives its job, so the proof can fail", () => {
  assertEquals(endsWithJob({ flags: 0, deadline: 200 }), false);
  const flags = JOB_OBJECT_LIMIT.KILL_ON_JOB_CLOSE;
  assertEquals(endsWithJob({ flags, deadline: 5000 }), true);
});
