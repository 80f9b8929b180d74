import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { check, Win32Error } from "../../../ffi/error.ts";
import { type Handle, OwnedHandle } from "../../../ffi/handle.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { UnsupportedPlatformError } from "../../../ffi/unsupported_platform.ts";
import {
  infoClass,
  isMissing,
  missing,
  query,
  set,
  tryQuery,
  trySet,
} from "../../../job/info_class.ts";

const LIMITS = infoClass(
  "JobObjectExtendedLimitInformation",
  "JOBOBJECT_EXTENDED_LIMIT_INFORMATION",
);
const UI = infoClass("JobObjectBasicUIRestrictions", "JOBOBJECT_BASIC_UI_RESTRICTIONS");

function newJob(): OwnedHandle {
  const handle = kernel32.CreateJobObjectW(null, null);
  return new OwnedHandle(check(handle, "CreateJobObjectW", "Cannot make a job"), "a job");
}

Deno.test("query: returns what set wrote, and shares no memory with a second query", () => {
  using job = newJob();
  set(job.value, { info: UI, value: { UIRestrictionsClass: 0x41 }, action: "Cannot set" });
  const first = query(job.value, UI, "Cannot read");
  assertEquals(first, { UIRestrictionsClass: 0x41 });
  assertEquals(trySet(job.value, UI, { UIRestrictionsClass: 0 }), 0);
  assertEquals(tryQuery(job.value, UI), { ok: true, value: { UIRestrictionsClass: 0 } });
  assertEquals(first, { UIRestrictionsClass: 0x41 });
});

Deno.test("query: a refusal is a Win32Error with api, code and action", () => {
  const nobody = 0x7ff0n as Handle;
  const error = assertThrows(() => query(nobody, UI, "Cannot read it"), Win32Error);
  assertEquals([error.api, error.code], ["QueryInformationJobObject", ERROR.INVALID_HANDLE]);
  assert(error.message.startsWith("Cannot read it: "));
  const value = { BasicLimitInformation: { LimitFlags: 0 } };
  const refused = assertThrows(
    () => set(nobody, { info: LIMITS, value, action: "Cannot set it" }),
    Win32Error,
  );
  assertEquals([refused.api, refused.code], ["SetInformationJobObject", ERROR.INVALID_HANDLE]);
});

Deno.test("set: an unknown class is an UnsupportedPlatformError that names it", () => {
  using job = newJob();
  // No Windows has this desktop limit.
  const value = { UIRestrictionsClass: 0x8000_0000 };
  const error = assertThrows(
    () => set(job.value, { info: UI, value, action: "Cannot set it" }),
    UnsupportedPlatformError,
    "Cannot set it: this system does not have JobObjectBasicUIRestrictions",
  );
  assertInstanceOf(error.cause, Win32Error);
});

Deno.test("isMissing: true only for codes that mean that the system lacks the class", () => {
  for (const code of [1, 50, 87, 120, 127]) assertEquals(isMissing(code), true, String(code));
  for (const code of [0, 5, 6, 24, 122, 234, 1168, 1314, 1816]) {
    assertEquals(isMissing(code), false, String(code));
  }
  assertEquals(missing("X", "Cannot", 5).message, "Cannot: this system does not have X");
});
