import "../../helpers/bound_kernel.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { kernel32 } from "../../../ffi/library.ts";
import { JobObject } from "../../../job/job_object.ts";
import { rehearse } from "../../../job/rehearsal.ts";

Deno.test("rehearse: lists the calls of a job and a start, and starts and writes nothing", () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${folder}\\old`, "old");
    const { CreateProcessW } = kernel32;
    const { calls, error } = rehearse(() => {
      using job = JobObject.create({ killOnClose: true, limits: { activeProcesses: 3 } });
      job.spawn("cmd", { stdout: { path: `${folder}\\old` }, stderr: { path: `${folder}\\new` } });
    });
    assertEquals(error, undefined);
    assertEquals(calls, [
      "CreateJobObjectW: without a name",
      "SetInformationJobObject JobObjectAssociateCompletionPortInformation",
      "SetInformationJobObject JobObjectExtendedLimitInformation: " +
      "JOB_OBJECT_LIMIT_ACTIVE_PROCESS, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE",
    ]);
    assertEquals(kernel32.CreateProcessW, CreateProcessW);
    assertEquals(Deno.readTextFileSync(`${folder}\\old`), "old");
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["old"]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("rehearse: refuses what the run would refuse, before the start", () => {
  const { error } = rehearse(() => {
    using job = JobObject.create();
    job.spawn("cmd", { stdin: { path: "Z:\\no\\such" } });
  });
  assertStringIncludes(String(error), "as a child's stdin");
});
