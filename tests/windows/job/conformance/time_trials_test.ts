import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { struct } from "../../../../ffi/struct.ts";
import { STRUCTS } from "../../../../ffi/structs.ts";
import { timeTrials } from "../../../../job/conformance/time_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

const EXTENDED = struct(STRUCTS, "JOBOBJECT_EXTENDED_LIMIT_INFORMATION");

Deno.test("timeTrials: setting another limit leaves the time limit unchanged", async () => {
  await assertNoHandleLeft(async () => {
    const { verdict, seen } = await timeTrials().preserves();
    assertEquals(verdict, "kept", seen);
  }, "preserves");
});

Deno.test("timeTrials: a limit that is accepted but not in force is detected", async () => {
  using _lie = substituteKernel("SetInformationJobObject", () => () => 1);
  const { verdict, seen } = await timeTrials().preserves();
  assertEquals(verdict, "broken", seen);
});

Deno.test("timeTrials: a time limit counts from the moment when it is set", async () => {
  await assertNoHandleLeft(async () => {
    const { verdict, seen } = await timeTrials().fromNow();
    assertEquals(verdict, "kept", seen);
  }, "fromNow");
});

Deno.test("timeTrials: a time limit that counts earlier use is detected", async () => {
  using _strict = substituteKernel("SetInformationJobObject", (real) => (job, kind, info, size) => {
    if (size !== EXTENDED.size) return real(job, kind, info, size);
    const limits = EXTENDED.decode(info as DataView<ArrayBuffer>);
    const { PerJobUserTimeLimit } = limits.BasicLimitInformation;
    const left = PerJobUserTimeLimit === 0n ? 0n : 1n;
    const basic = { ...limits.BasicLimitInformation, PerJobUserTimeLimit: left };
    return real(job, kind, EXTENDED.encode({ ...limits, BasicLimitInformation: basic }), size);
  });
  const { verdict, seen } = await timeTrials().fromNow();
  assertEquals(verdict, "broken", seen);
});
