import { assertEquals } from "@std/assert";
import { mergeSettings } from "../../../cli/args/merge_settings.ts";
import type { SettingSpec } from "../../../cli/args/option.ts";
import { fromCommandLine, type Setting } from "../../../cli/args/settings.ts";

const SPECS: SettingSpec[] = [
  { name: "memory", value: "SIZE", type: "string", lift: true, help: "" },
  { name: "cpus", value: "COUNT", type: "string", excludes: "cpu", lift: true, help: "" },
  { name: "stdin", value: "FILE", type: "string", help: "" },
  { name: "quiet", type: "boolean", undo: "no-quiet", help: "" },
  { name: "cpu-rate", value: "PERCENT", type: "string", excludes: "cpu", help: "" },
  {
    name: "env",
    value: "NAME=VALUE",
    type: "variables",
    perVariable: true,
    repeat: true,
    help: "",
  },
];

function settings(...texts: string[]): Setting[] {
  return fromCommandLine(texts.map((text) => {
    const split = text.indexOf("=");
    return { name: text.slice(0, split), value: text.slice(split + 1) };
  }));
}

function merged(policy: Setting[], given: Setting[]): string[] {
  return mergeSettings(policy, given, { specs: SPECS }).map(({ name, value }) =>
    `${name}=${value}`
  );
}

Deno.test("mergeSettings: the command line wins, and variables are merged by name", () => {
  assertEquals(merged(settings("memory=1M", "cpus=1"), settings("memory=2M")), [
    "cpus=1",
    "memory=2M",
  ]);
  assertEquals(merged(settings("env=A=1", "env=B=1"), settings("env=A=2")), [
    "env=A=1",
    "env=B=1",
    "env=A=2",
  ]);
});

Deno.test("mergeSettings: an option of the command line replaces those that it excludes", () => {
  assertEquals(merged(settings("cpus=1", "memory=1M"), settings("cpu-rate=50%")), [
    "memory=1M",
    "cpu-rate=50%",
  ]);
});

Deno.test("mergeSettings: limits and flags that the command line undoes are left out", () => {
  const policy = settings("memory=1M", "cpu-rate=50%", "quiet=", "stdin=in");
  assertEquals(merged(policy, settings("memory=none", "cpus=NONE")), ["quiet=", "stdin=in"]);
  const undone = fromCommandLine([{ name: "quiet", value: "", undone: "no-quiet" }]);
  assertEquals(undone[0]?.from, "--no-quiet");
  assertEquals(merged(policy, undone), ["memory=1M", "cpu-rate=50%", "stdin=in"]);
  // Only a limit is lifted by this word; elsewhere it is a name.
  assertEquals(merged(settings("memory=none"), settings("stdin=none")), ["stdin=none"]);
});
