import "../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { CTRL } from "../../../ffi/constants.ts";
import { JobObject } from "../../../job/job_object.ts";
import { breakGroup } from "../../../process/console_break.ts";
import { startChild, within } from "../../helpers/job_trials.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

Deno.test("breakGroup: ends the group, or is refused without a console", async () => {
  using job = JobObject.create({ killOnClose: true });
  const child = startChild(job, "waitbreak", { newProcessGroup: true, stdout: "piped" });
  const reader = child.stdout.getReader();
  await within(reader.read(), "its word");
  if (breakGroup(child.pid)) {
    const { code } = await within(child.status, "the end of the group that was sent a break");
    assertEquals(code, 3);
  } else assertEquals(job.contains(child.pid), true);
  await child[Symbol.asyncDispose]();
});

Deno.test("breakGroup: it sends the break to the group and passes on whether it was sent", () => {
  const sent: number[][] = [];
  for (const result of [1, 0]) {
    using _ = substituteKernel("GenerateConsoleCtrlEvent", () => (event, group) => {
      sent.push([event, group]);
      return result;
    });
    assertEquals(breakGroup(4312), result === 1);
  }
  assertEquals(sent, [[CTRL.BREAK_EVENT, 4312], [CTRL.BREAK_EVENT, 4312]]);
});
