/**
 * The privilege that Windows requires for some limits.
 *
 * @module
 */
import { ERROR, TOKEN } from "../../ffi/constants.ts";
import { check, outcome, Win32Error } from "../../ffi/error.ts";
import { OwnedHandle } from "../../ffi/handle.ts";
import { advapi32, kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { UnsupportedPlatformError } from "../../ffi/unsupported_platform.ts";

/** The privilege's name in Windows. */
export const PRIORITY_PRIVILEGE = "SeIncreaseBasePriorityPrivilege";

const LUID = struct(STRUCTS, "LUID");
const PRIVILEGES = struct(STRUCTS, "TOKEN_PRIVILEGES");

let enabled = false;

/**
 * Enables, once in this process, the privilege that priority, working set and high scheduling
 * classes may need. It does not throw: only setting the limit shows whether the privilege is
 * needed.
 *
 * @returns Why this process does not have it; `undefined` if it does.
 */
export function tryPriorityPrivilege(): Error | undefined {
  if (enabled) return undefined;
  try {
    enable();
    enabled = true;
    return undefined;
  } catch (error) {
    if (error instanceof Win32Error) return error;
    // No permission for advapi32.dll, or no such function in it.
    if (error instanceof Deno.errors.NotCapable) return error;
    if (error instanceof UnsupportedPlatformError) return error;
    throw error;
  }
}

function enable(): void {
  const action = `Cannot enable ${PRIORITY_PRIVILEGE}`;
  const memory = new BigUint64Array(1);
  const rights = TOKEN.TOKEN_ADJUST_PRIVILEGES | TOKEN.TOKEN_QUERY;
  const process = kernel32.GetCurrentProcess();
  check(advapi32.OpenProcessToken(process, rights, memory), "OpenProcessToken", action);
  using token = new OwnedHandle(memory[0]!, "this process's token");
  const luid = LUID.allocate();
  const name = encodeWide(PRIORITY_PRIVILEGE);
  check(advapi32.LookupPrivilegeValueW(null, name, luid), "LookupPrivilegeValueW", action);
  const state = PRIVILEGES.encode({
    PrivilegeCount: 1,
    Privileges: [{ Luid: LUID.decode(luid), Attributes: TOKEN.SE_PRIVILEGE_ENABLED }],
  });
  kernel32.SetLastError(0);
  const adjusted = advapi32.AdjustTokenPrivileges(token.value, 0, state, 0, 0n, 0n);
  check(adjusted, "AdjustTokenPrivileges", action);
  // It also succeeds if the account does not have the privilege.
  if (outcome() === ERROR.NOT_ALL_ASSIGNED) {
    throw new Win32Error(ERROR.NOT_ALL_ASSIGNED, "AdjustTokenPrivileges", action);
  }
}
