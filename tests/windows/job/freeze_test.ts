import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { Win32Error } from "../../../ffi/error.ts";
import type { Handle } from "../../../ffi/handle.ts";
import { grantUserHandle, setFrozen } from "../../../job/freeze.ts";

const NOBODY = 0x7ff0n as Handle;

Deno.test("setFrozen: a refusal names what was tried", () => {
  for (const frozen of [true, false]) {
    const error = assertThrows(() => setFrozen(NOBODY, { frozen, label: "a job" }), Win32Error);
    assertEquals(error.codeName, "ERROR_INVALID_HANDLE");
    assertEquals(error.message.startsWith(`Cannot ${frozen ? "freeze" : "thaw"} a job: `), true);
  }
});

Deno.test("grantUserHandle: a refusal names what was tried", () => {
  const error = assertThrows(
    () => grantUserHandle(NOBODY, { userHandle: 0x10n, grant: true, label: "a job" }),
    Win32Error,
    "Cannot grant a user handle to a job: UserHandleGrantAccess failed with",
  );
  assertEquals(error.api, "UserHandleGrantAccess");
});
