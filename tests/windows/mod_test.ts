import "../helpers/bound_kernel.ts";
import { dllPath } from "../../ffi/dll.ts";
import { JOBSIM, SAME_KERNEL } from "../helpers/job_trials.ts";
import { assertEnough, assertNeeded } from "../helpers/scoped_permission.ts";

// The DLLs that the README names, and jobsim where it replaces one.
const KERNEL = ["C:\\Windows\\System32\\kernel32.dll"]
  .concat(JOBSIM ? [dllPath("kernel32", "CreateJobObjectW")] : []).join(",");

Deno.test("mod: the permission for kernel32.dll is enough to spawn, wait and terminate", () =>
  assertEnough(KERNEL, SAME_KERNEL));

Deno.test("mod: without that permission, the first call names the permission that it needs", () =>
  assertNeeded(SAME_KERNEL));
