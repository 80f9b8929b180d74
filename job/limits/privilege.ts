/**
 * The privilege that Windows asks for with some limits.
 *
 * @module
 */
import { TOKEN } from "../../ffi/constants.ts";
import { failure } from "../../ffi/error.ts";
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

let tried = false;

/**
 * Tries, once in this process, to enable the privilege that priority, working set and high
 * scheduling classes may need. Whether it can be had is told by the limit that needs it: without
 * the privilege, or without permission for advapi32.dll, nothing happens here.
 */
export function tryPriorityPrivilege(): void {
  if (tried) return;
  tried = true;
  try {
    enable();
  } catch (error) {
    const denied = error instanceof Deno.errors.NotCapable;
    if (!denied && !(error instanceof UnsupportedPlatformError)) throw error;
  }
}

function enable(): void {
  const memory = new BigUint64Array(1);
  const rights = TOKEN.TOKEN_ADJUST_PRIVILEGES | TOKEN.TOKEN_QUERY;
  const process = kernel32.GetCurrentProcess();
  if (failure(advapi32.OpenProcessToken(process, rights, memory)) !== 0) return;
  using token = new OwnedHandle(memory[0]!, "this process's token");
  const luid = LUID.allocate();
  const name = encodeWide(PRIORITY_PRIVILEGE);
  if (failure(advapi32.LookupPrivilegeValueW(null, name, luid)) !== 0) return;
  const state = PRIVILEGES.encode({
    PrivilegeCount: 1,
    Privileges: [{ Luid: LUID.decode(luid), Attributes: TOKEN.SE_PRIVILEGE_ENABLED }],
  });
  advapi32.AdjustTokenPrivileges(token.value, 0, state, 0, 0n, 0n);
}
