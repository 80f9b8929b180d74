/**
 * What a prefix of the tests has, and what it leaves out.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { runDeno } from "../helpers/deno_process.ts";
import { PROJECT } from "../../tools/host/project.ts";

async function hasKey(key: string): Promise<boolean> {
  const { code } = await runDeno(
    ["run", "-A", `${PROJECT}/tools/host/wine.ts`, "C:\\windows\\system32\\reg.exe", "query", key],
    { deadlineMs: 10 * 60_000 },
  );
  return code === 0;
}

Deno.test("a prefix starts no drivers of input devices, USB and Bluetooth", async () => {
  const devices = String.raw`HKLM\System\CurrentControlSet\Enum`;
  assertEquals([await hasKey(devices), await hasKey(`${devices}\\ROOT\\WINE`)], [true, false]);
});
