import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { Win32Error } from "../../../ffi/error.ts";
import type { Handle } from "../../../ffi/handle.ts";
import { grantUserHandle } from "../../../job/user_handles.ts";

const NOBODY = 0x7ff0n as Handle;

Deno.test("grantUserHandle: a refusal names what was tried", () => {
  const error = assertThrows(
    () => grantUserHandle(NOBODY, { userHandle: 0x10n, grant: true, label: "a job" }),
    Win32Error,
    "Cannot grant a user handle to a job: UserHandleGrantAccess failed with",
  );
  assertEquals(error.api, "UserHandleGrantAccess");
});
