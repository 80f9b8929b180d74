import { assertEquals, assertMatch } from "@std/assert";
import { doctorCommand } from "../../../cli/commands/doctor.ts";
import type { CheckResult, CheckStatus } from "../../../cli/doctor/check.ts";
import { attributeOf, machineAd } from "../../../cli/doctor/classad.ts";
import { parseArgs } from "../../../cli/args/settings.ts";
import { FakeIo } from "../../helpers/fake_io.ts";

function result(id: string, status: CheckStatus): CheckResult {
  return { id, area: "limits", title: id, status, detail: "seen" };
}

const HOST = { host: { processors: 4 }, version: "1.2.3" };

Deno.test("machineAd: only what was seen to work is true, and what is unknown is undefined", () => {
  const ad = machineAd([
    result("memory", "works"),
    result("cpu-rate", "ineffective"),
    result("io-iops", "refused"),
    result("dscp", "kept"),
    result("notify-cpu-rate", "failed"),
  ], { ...HOST, host: { processors: 4, windows: "10.0.19045" } });
  assertEquals(ad.split("\n"), [
    "HasJobbox = true",
    'JobboxVersion = "1.2.3"',
    'JobboxLimits = "enforced"',
    'JobboxWindows = "10.0.19045"',
    "JobboxWine = undefined",
    "JobboxMemory = true",
    "JobboxCpuRate = false",
    "JobboxIoIops = false",
    "JobboxDscp = undefined",
    "JobboxNotifyCpuRate = undefined",
    "-",
    "",
  ]);
});

Deno.test("machineAd: an ad without results promises nothing", () => {
  const ad = machineAd([result("memory", "failed"), result("cpu-time", "kept")], HOST);
  const kept = ad.split("\n").filter((line) => line.endsWith("= true"));
  assertEquals(kept, ["HasJobbox = true"]);
});

Deno.test("machineAd: every attribute is one line, whatever it contains", () => {
  const version = 'a"b\\c\r\n-\nHasJobbox = false\u0000';
  const lines = machineAd([], { ...HOST, version }).trimEnd().split("\n");
  assertEquals(lines[1], 'JobboxVersion = "a\'b/c - HasJobbox = false "');
  assertEquals(lines.length, 6);
});

Deno.test("attributeOf: each check has its own attribute, also when case is ignored", () => {
  const { checks } = doctorCommand.parse(
    parseArgs([], doctorCommand.spec.options),
    new FakeIo(),
  );
  const fixed = ["HasJobbox", "JobboxVersion", "JobboxLimits", "JobboxWindows", "JobboxWine"];
  const names = [...fixed, ...checks.map(({ id }) => attributeOf(id))];
  for (const name of names) assertMatch(name, /^[A-Z][A-Za-z0-9]*$/);
  assertEquals(new Set(names.map((name) => name.toLowerCase())).size, names.length);
});
