import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../cli/args/usage_error.ts";
import {
  fromCommandLine,
  readSetting,
  type Setting,
  Settings,
} from "../../../cli/args/settings.ts";
import { policyKey } from "../../../cli/args/option.ts";

function settings(...texts: string[]): Setting[] {
  return fromCommandLine(texts.map((text) => {
    const split = text.indexOf("=");
    return { name: text.slice(0, split), value: text.slice(split + 1) };
  }));
}

Deno.test("policyKey: an option's name in camel case", () => {
  assertEquals(["cpu-rate", "memory", "no-wait-tree"].map(policyKey), [
    "cpuRate",
    "memory",
    "noWaitTree",
  ]);
});

Deno.test("readSetting: an error names the place where the setting was written", () => {
  const setting = { name: "memory", value: "x", from: "p.json: memory" };
  const fail = (): never => {
    throw new SyntaxError("Cannot read x");
  };
  const error = assertThrows(() => readSetting(setting, fail), UsageError);
  assertEquals(error.message, "p.json: memory: Cannot read x");
});

Deno.test("Settings: finds, reads, chooses, and refuses an empty text", () => {
  const all = new Settings(settings("memory=1M", "env=A=1", "env=B=2", "cwd=", "on=kill"));
  assertEquals(all.has("memory"), true);
  assertEquals(all.has("cpus"), false);
  assertEquals(all.text("memory"), "1M");
  assertEquals(all.text("cpus"), undefined);
  assertEquals(all.all("env").map(({ value }) => value), ["A=1", "B=2"]);
  assertEquals(all.choice("on", ["stop", "kill"], "stop"), "kill");
  assertEquals(all.choice("off", ["stop", "kill"], "stop"), "stop");
  assertEquals(new Settings(settings("on=Kill")).choice("on", ["kill"], "kill"), "kill");
  assertThrows(() => all.choice("on", ["a", "b"], "a"), UsageError, "expected a or b");
  assertThrows(() => all.text("cwd"), UsageError, "--cwd: The value is empty");
});
