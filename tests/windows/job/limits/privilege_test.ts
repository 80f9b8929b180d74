import { JOBSIM_PATHS, SAME_KERNEL } from "../../../helpers/job_trials.ts";
import { assertEquals } from "@std/assert";
import { PRIORITY_PRIVILEGE, tryPriorityPrivilege } from "../../../../job/limits/privilege.ts";

Deno.test("tryPriorityPrivilege: trying does no harm, with or without the privilege", () => {
  assertEquals(tryPriorityPrivilege(), undefined);
  assertEquals(tryPriorityPrivilege(), undefined);
  assertEquals(PRIORITY_PRIVILEGE, "SeIncreaseBasePriorityPrivilege");
});

Deno.test("tryPriorityPrivilege: without permission for advapi32.dll nothing is asked and nothing fails", async () => {
  const program = new URL("../../../helpers/privilege_trier.ts", import.meta.url);
  const kernel = ["C:\\Windows\\System32\\kernel32.dll", ...JOBSIM_PATHS];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--no-prompt",
      `--allow-ffi=${kernel.join(",")}`,
      ...SAME_KERNEL,
      program.href,
    ],
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  assertEquals(new TextDecoder().decode(stdout).trim(), "belowNormal");
});
