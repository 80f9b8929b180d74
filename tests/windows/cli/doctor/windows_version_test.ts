import "../../../helpers/bound_kernel.ts";
import { assertMatch } from "@std/assert";
import { windowsVersion } from "../../../../cli/doctor/windows_version.ts";

Deno.test("windowsVersion is three numbers", () => {
  assertMatch(windowsVersion() ?? "", /^\d+\.\d+\.\d+$/);
});
