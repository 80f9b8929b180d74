import { assertEquals, assertThrows } from "@std/assert";
import { environmentOf, parsePolicy, toPolicy } from "../../../cli/args/policy.ts";
import type { Setting, SettingSpec } from "../../../cli/args/setting.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";

const SPECS: SettingSpec[] = [
  { name: "cpu-rate", value: "PERCENT", type: "string", help: "" },
  { name: "processes", value: "COUNT", type: "integer", help: "" },
  { name: "quiet", type: "boolean", help: "" },
  { name: "report", value: "FILE", type: "strings", repeat: true, help: "" },
  { name: "env", value: "NAME=VALUE", type: "variables", repeat: true, help: "" },
  { name: "unset-env", value: "NAME", type: "strings", repeat: true, help: "" },
];

function parse(value: unknown): { settings: string[]; command?: readonly string[] } {
  const policy = parsePolicy(JSON.stringify(value), { path: "p.json", specs: SPECS });
  const settings = policy.settings.map(({ name, value }) => `${name}=${value}`);
  return policy.command === undefined ? { settings } : { settings, command: policy.command };
}

function refusal(value: unknown): string {
  return assertThrows(() => parse(value), UsageError).message;
}

Deno.test("parsePolicy: every type becomes the text of its option", () => {
  const policy = {
    $schema: "policy.schema.json",
    cpuRate: "50%",
    processes: 3,
    quiet: true,
    report: ["a.json", "b.html"],
    env: { A: "1=2", B: null },
    command: ["node", "x.js"],
  };
  assertEquals(parse(policy), {
    settings: [
      "cpu-rate=50%",
      "processes=3",
      "quiet=",
      "report=a.json",
      "report=b.html",
      "env=A=1=2",
      "unset-env=B",
    ],
    command: ["node", "x.js"],
  });
  assertEquals(parse({ quiet: false }), { settings: [] });
});

Deno.test("parsePolicy: names the key of a wrong type or an unknown name", () => {
  assertEquals(refusal({ cpuRate: 50 }), "Policy p.json: cpuRate: expected a string, got 50");
  assertEquals(
    refusal({ processes: 1.5 }),
    "Policy p.json: processes: expected a whole number, got 1.5",
  );
  assertEquals(refusal({ quiet: 1 }), "Policy p.json: quiet: expected true or false, got 1");
  assertEquals(refusal({ report: ["a", 2] }), "Policy p.json: report[1]: expected a string, got 2");
  assertEquals(
    refusal({ env: { A: 1 } }),
    "Policy p.json: env.A: expected a string or null, got 1",
  );
  assertEquals(
    refusal({ cpurate: "50%" }),
    "Policy p.json: cpurate: unknown key: did you mean cpuRate?",
  );
  assertEquals(
    refusal({ "cpu-rate": "50%" }),
    "Policy p.json: cpu-rate: unknown key: did you " +
      "mean cpuRate?",
  );
  assertEquals(
    refusal({ command: "node" }),
    'Policy p.json: command: expected an array of strings, got "node"',
  );
  assertEquals(refusal([]), "Policy p.json: the whole: expected an object, got []");
  const broken = assertThrows(
    () => parsePolicy("{", { path: "p.json", specs: SPECS }),
    UsageError,
  );
  assertEquals(broken.message.startsWith("Policy p.json: Cannot read it as JSON: "), true);
});

Deno.test("toPolicy: writes what parsePolicy reads as the same settings", () => {
  const policy = {
    cpuRate: "50%",
    processes: 3,
    quiet: true,
    report: ["a.json", "b.html"],
    env: { A: "1=2", B: null },
    command: ["node", "x.js"],
  };
  const { settings, command = [] } = parsePolicy(JSON.stringify(policy), {
    path: "p.json",
    specs: SPECS,
  });
  assertEquals(toPolicy(settings, { specs: SPECS, command }), policy);
  assertEquals(toPolicy([], { specs: SPECS, command: [] }), {});
});

Deno.test("environmentOf: later variables win, and a wrong one is refused", () => {
  const setting = (name: string, value: string): Setting => ({ name, value, from: `--${name}` });
  const variables = environmentOf([
    setting("env", "A=1"),
    setting("unset-env", "A"),
    setting("unset-env", "B"),
    setting("env", "B="),
    setting("quiet", ""),
  ]);
  assertEquals(variables, { A: null, B: "" });
  for (const [name, value] of [["env", "A"], ["env", "=A"], ["unset-env", "A=1"]] as const) {
    assertThrows(() => environmentOf([setting(name, value)]), UsageError, `--${name}: Cannot read`);
  }
});
