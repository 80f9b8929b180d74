import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { JOBOBJECTINFOCLASS } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { AlreadyClosedError } from "../../../../ffi/handle.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { startChild, trial, until, within } from "../../../helpers/job_trials.ts";
import { NamedEvent } from "../../../helpers/named_event.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

const MIB = 1024 ** 2;

Deno.test(
  "limitsReached: a program that failed for want of memory, without a consumer of messages",
  trial(async () => {
    for (const limits of [{ jobMemory: 48 * MIB }, { processMemory: 48 * MIB }]) {
      using job = JobObject.create({ killOnClose: true, limits });
      using measured = new NamedEvent();
      const verbs = Array(64).fill(`alloc ${MIB}`).join(" ");
      const child = startChild(job, `${verbs} await ${measured.name}`);
      let ended = false;
      const end = child.status.then(() => ended = true);
      // Where no allocation is refused, the memory must be measured before the child ends.
      await until(() => ended || job.stats().memory.peak >= 48 * MIB, (done) => done);
      measured.set();
      await within(end, "the child's end");
      await job.wait();
      const [found] = await job.limitsReached();
      assertEquals(found?.limit, Object.keys(limits)[0]);
      assertEquals(found?.value, 48 * MIB);
      assert(found?.evidence === "message" || found?.evidence === "measure");
    }
  }),
);

Deno.test(
  "limitsReached: none for a program that kept within its limits",
  trial(async () => {
    using job = JobObject.create({
      killOnClose: true,
      limits: { jobMemory: 256 * MIB, activeProcesses: 4, processUserTime: 60_000 },
    });
    await within(startChild(job, "exit 3").status, "the child's end");
    await job.wait();
    assertEquals(await job.limitsReached(), []);
    job.close();
    await assertRejects(() => job.limitsReached(), AlreadyClosedError);
  }),
);

Deno.test(
  "status.limit: the limit of user time that ended the process",
  trial(async () => {
    for (const limit of ["processUserTime", "jobUserTime"] as const) {
      using job = JobObject.create({ killOnClose: true, limits: { [limit]: 100 } });
      const child = startChild(job, "spinforever");
      const status = await within(child.status, "the spinner's end");
      assertEquals([status.success, status.endedBy, status.limit], [false, "limit", limit]);
      await job.wait();
      assertEquals((await job.limitsReached()).map((reached) => reached.limit), [limit]);
      // A program may end with the same code by itself.
      using other = JobObject.create({ killOnClose: true, limits: { [limit]: 60_000 } });
      const own = await within(startChild(other, "exit 1816").status, "the child's end");
      assertEquals([own.endedBy, own.limit], ["itself", undefined]);
    }
  }),
);

Deno.test("limitsReached: an unknown limit or measured value is an error", async () => {
  using job = JobObject.create({ limits: { jobMemory: 64 * MIB } });
  for (
    const unknown of [
      JOBOBJECTINFOCLASS.JobObjectExtendedLimitInformation,
      JOBOBJECTINFOCLASS.JobObjectBasicUIRestrictions,
      JOBOBJECTINFOCLASS.JobObjectBasicAndIoAccountingInformation,
    ]
  ) {
    using _failing = substituteKernel("QueryInformationJobObject", (real) => (...args) => {
      if (args[1] !== unknown) return real(...args);
      kernel32.SetLastError(0);
      return 0;
    });
    await assertRejects(() => job.limitsReached(), Win32Error, "ERROR_GEN_FAILURE");
  }
  assertEquals(await job.limitsReached(), []);
});
