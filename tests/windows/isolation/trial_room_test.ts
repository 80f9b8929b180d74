import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { WAIT } from "../../../ffi/constants.ts";
import { TrialJob } from "../../../isolation/trial_room.ts";
import type { Birth } from "../../../process/start/birth.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

function room(verify: Birth["verify"]): TrialJob {
  const isolation = { restrictions: [], cleanup: Promise.resolve([]) };
  return new TrialJob({
    birth: { attributes: [], isolation, verify },
    env: { JOBBOX_CODE: "7" },
    clearEnv: true,
  });
}

Deno.test("TrialJob: a program runs to its end, with the variables, after it was looked at", async () => {
  await assertNoHandleLeft(() => {
    const seen: number[] = [];
    using trials = room(({ pid }) => seen.push(pid));
    assertEquals(trials.run("cmd.exe", "/d /c exit %JOBBOX_CODE%"), 7);
    assertEquals(seen.length, 1);
  });
});

Deno.test("TrialJob: a program that differs from the request does not run", () => {
  using trials = room(() => {
    throw new RangeError("not as asked");
  });
  assertThrows(() => trials.run("cmd.exe", "/d /c exit 0"), RangeError, "not as asked");
});

Deno.test("TrialJob: a program that does not end is not evidence, and is ended", async () => {
  await assertNoHandleLeft(() => {
    using trials = room(() => {});
    using _late = substituteKernel("WaitForSingleObject", () => () => WAIT.WAIT_TIMEOUT);
    assertThrows(() => trials.run("cmd.exe", "/d /c pause"), Error, "it has not ended in 30 s");
  });
});

Deno.test("TrialJob: a job without its limit is an error", () => {
  using _fault = substituteKernel("SetInformationJobObject", () => () => 0);
  assertThrows(() => room(() => {}), Error, "Cannot create a job for a trial");
});
