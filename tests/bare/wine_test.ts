/**
 * What plain Wine, without jobsim, does and does not: the ground that the other tests stand on.
 *
 * @module
 */

import "../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { ERROR, JOB_OBJECT_LIMIT, JOBOBJECTINFOCLASS } from "../../ffi/constants.ts";
import { dllPath, SYSTEM_DIRECTORY } from "../../ffi/dll.ts";
import { failure } from "../../ffi/error.ts";
import { OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { UnsupportedPlatformError } from "../../ffi/unsupported_platform.ts";

function createJob(): OwnedHandle {
  return new OwnedHandle(kernel32.CreateJobObjectW(null, null), "a job");
}

Deno.test("dllPath: without jobsim, every function is the system's", () => {
  assertEquals(dllPath("kernel32", "CreateJobObjectW"), `${SYSTEM_DIRECTORY}kernel32.dll`);
});

Deno.test("Wine: every class from 11 on is refused with ERROR_INVALID_PARAMETER", () => {
  using job = createJob();
  const memory = new Uint8Array(64);
  const refused = Object.entries(JOBOBJECTINFOCLASS).filter(([, number]) => number >= 11);
  const found = refused.map(([name, number]) => [
    name,
    failure(kernel32.QueryInformationJobObject(job.value, number, memory, 64, null)),
  ]);
  assertEquals(found, refused.map(([name]) => [name, ERROR.INVALID_PARAMETER]));
});

Deno.test("Wine: a limit is accepted, and a query does not report it", () => {
  using job = createJob();
  const limits = struct(STRUCTS, "JOBOBJECT_EXTENDED_LIMIT_INFORMATION");
  const kind = JOBOBJECTINFOCLASS.JobObjectExtendedLimitInformation;
  const flags = JOB_OBJECT_LIMIT.JOB_MEMORY;
  const wanted = limits.encode({ BasicLimitInformation: { LimitFlags: flags } });
  assertEquals(failure(kernel32.SetInformationJobObject(job.value, kind, wanted, limits.size)), 0);
  const asked = kernel32.QueryInformationJobObject(job.value, kind, wanted, limits.size, null);
  assertEquals(failure(asked), 0);
  assertEquals(limits.decode(wanted).BasicLimitInformation.LimitFlags, 0);
});

Deno.test("Wine: the I/O rate functions are missing", () => {
  assertThrows(
    () => kernel32.SetIoRateControlInformationJobObject,
    UnsupportedPlatformError,
    "lacks it",
  );
});
