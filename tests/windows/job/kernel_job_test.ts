import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { JobObject } from "../../../job/job_object.ts";
import { createKernelJob, JOB_ACCESS, jobLabel, openKernelJob } from "../../../job/kernel_job.ts";
import { endJob, startChild, trial, uniqueName, within } from "../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

/** Loses what a successful CreateJobObjectW says beside its result. */
function losing(): Disposable {
  return substituteKernel("CreateJobObjectW", (real) => (...args) => {
    const handle = real(...args);
    kernel32.SetLastError(ERROR.SUCCESS);
    return handle;
  });
}

Deno.test("createKernelJob: distinguishes a new job from an existing one", () => {
  const name = uniqueName("kernel");
  const first = createKernelJob(name, false);
  using _first = first.handle;
  const second = createKernelJob(name, true);
  using _second = second.handle;
  assertEquals([first.existed, second.existed], [false, true]);
  const error = assertThrows(() => createKernelJob(name, false), Win32Error);
  assertEquals([error.code, error.api], [ERROR.ALREADY_EXISTS, "CreateJobObjectW"]);
  const opened = openKernelJob(name, JOB_ACCESS);
  opened.close();
  const unnamed = createKernelJob(undefined, false);
  unnamed.handle.close();
  assertEquals(unnamed.existed, false);
});

Deno.test(
  "createKernelJob: a used job is not taken for a new one if its last error is lost",
  trial(async () => {
    const name = uniqueName("squatted");
    using squatter = JobObject.create({ name });
    await within(startChild(squatter, "exit 0").status, "the squatter's process");
    using _losing = losing();
    await assertNoHandleLeft(() => {
      const error = assertThrows(() => JobObject.create({ name }), Win32Error);
      assertEquals([error.code, error.api], [ERROR.ALREADY_EXISTS, "CreateJobObjectW"]);
    });
    using joined = JobObject.create({ name, openExisting: true });
    assertEquals(joined.stats().processes.total, 1);
    await endJob(squatter);
  }),
);

Deno.test("createKernelJob: a job with limits or a listener is not taken for a new one", () => {
  using _losing = losing();
  const limited = uniqueName("limited");
  const { handle } = createKernelJob(limited, false);
  using _handle = handle;
  // Its limits need no process.
  const memory = new DataView(new ArrayBuffer(144));
  memory.setUint32(16, 0x2000, true);
  assertEquals(kernel32.SetInformationJobObject(handle.value, 9, memory, 144), 1);
  assertThrows(() => createKernelJob(limited, false), Win32Error, "ERROR_ALREADY_EXISTS");

  const heard = uniqueName("heard");
  using _squatter = JobObject.create({ name: heard });
  assertThrows(() => JobObject.create({ name: heard }), Win32Error, "a job has one listener");
});

Deno.test("createKernelJob: a named job that cannot be queried is not taken for a new one", async () => {
  using _refusing = substituteKernel("QueryInformationJobObject", () => () => {
    kernel32.SetLastError(ERROR.SUCCESS);
    return 0;
  });
  await assertNoHandleLeft(() => {
    const error = assertThrows(() => JobObject.create({ name: uniqueName("mute") }), Win32Error);
    assertEquals([error.code, error.api], [ERROR.GEN_FAILURE, "QueryInformationJobObject"]);
  });
});

Deno.test("jobLabel: a name in quotes, or none", () => {
  assertEquals([jobLabel("a\nb"), jobLabel(undefined)], ['job "a\\u000ab"', "a job"]);
});
