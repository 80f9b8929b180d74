import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { windowsVersion, wineVersion } from "../../../../cli/doctor/windows_version.ts";

Deno.test("windowsVersion is three numbers", () => {
  assertMatch(windowsVersion() ?? "", /^\d+\.\d+\.\d+$/);
});

Deno.test("wineVersion is only set under Wine, which this test recognises by its drive", () => {
  const version = wineVersion();
  // Only Wine has the host's files on a drive.
  if (Deno.cwd().startsWith("Z:\\")) assertMatch(version ?? "", /^\d+\.\d+/);
  else assertEquals(version, undefined);
});
