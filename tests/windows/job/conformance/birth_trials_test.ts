import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { birthTrials } from "../../../../job/conformance/birth_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("birthTrials: a process is born in its job", async () => {
  await assertNoHandleLeft(async () => {
    const { verdict, seen } = await birthTrials().bornInJob();
    assertEquals(verdict, "kept", seen);
  }, "bornInJob");
});

Deno.test("birthTrials: a process outside its job is detected", async () => {
  using _lie = substituteKernel("IsProcessInJob", () => () => 1);
  const { verdict, seen } = await birthTrials().bornInJob();
  assertEquals(verdict, "broken", seen);
});
