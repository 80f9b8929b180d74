import "../../helpers/bound_kernel.ts";
import { assert, assertThrows } from "@std/assert";
import { ERROR, SECURITY } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { advapi32, kernel32 } from "../../../ffi/library.ts";
import { Descriptor, readSecurity, setSecurity } from "../../../isolation/security.ts";
import { substituteFunction } from "../../helpers/substituted_kernel.ts";

const DACL = SECURITY.DACL_SECURITY_INFORMATION;

function withJob(use: (object: Parameters<typeof readSecurity>[0]) => void): void {
  const handle = kernel32.CreateJobObjectW(null, null);
  try {
    use({ handle, kind: SECURITY.SE_KERNEL_OBJECT, what: "a job" });
  } finally {
    kernel32.CloseHandle(handle);
  }
}

Deno.test("setSecurity: what was set is read back", () => {
  withJob((job) => {
    setSecurity(job, "D:P(A;;GA;;;BA)(A;;GA;;;SY)", DACL);
    const read = readSecurity(job, DACL);
    assert(/^D:P?\(A;;[^;]+;;;BA\)\(A;;[^;]+;;;SY\)$/.test(read), read);
  });
});

Deno.test("Descriptor: a missing list is an error, because it would admit everyone", () => {
  using descriptor = new Descriptor("O:BA");
  assertThrows(() => descriptor.dacl, Win32Error, "GetSecurityDescriptorDacl");
  assertThrows(() => descriptor.sacl, Win32Error, "GetSecurityDescriptorSacl");
  assert(descriptor.owner > 0n);
  assertThrows(() => new Descriptor("nonsense"), Win32Error, "nonsense");
});

Deno.test("security: the code is the result and not the last error", () => {
  withJob((job) => {
    using _set = substituteFunction(advapi32, "SetSecurityInfo", () => () => ERROR.ACCESS_DENIED);
    using _get = substituteFunction(advapi32, "GetSecurityInfo", () => () => ERROR.ACCESS_DENIED);
    kernel32.SetLastError(ERROR.SUCCESS);
    const denied = "ERROR_ACCESS_DENIED (5)";
    assertThrows(() => setSecurity(job, "D:P(A;;GA;;;BA)", DACL), Win32Error, denied);
    assertThrows(() => readSecurity(job, DACL), Win32Error, denied);
  });
});
