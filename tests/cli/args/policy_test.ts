import { assertEquals, assertThrows } from "@std/assert";
import { parsePolicy, toPolicy } from "../../../cli/args/policy.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import type { SettingSpec } from "../../../cli/args/option.ts";

const SPECS: SettingSpec[] = [
  { name: "memory", value: "SIZE", type: "string", help: "" },
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

/** A policy with a value of every type. */
const EVERY_TYPE = {
  cpuRate: "50%",
  processes: 3,
  quiet: true,
  report: ["a.json", "b.html"],
  env: { A: "1=2", B: null },
  command: ["node", "x.js"],
};

Deno.test("parsePolicy: an unknown key is refused before the keys are compared", () => {
  const text = '{"quiet":true,"quiet":true,"unknown":1}';
  const read = () => parsePolicy(text, { path: "p.json", specs: [] });
  assertThrows(read, UsageError, "p.json: quiet: unknown key");
});

Deno.test("parsePolicy: a value of every type becomes the text of its option", () => {
  assertEquals(parse({ $schema: "policy.schema.json", ...EVERY_TYPE }), {
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
  assertEquals(
    refusal({ cpuRate: 50 }),
    'p.json: cpuRate: expected a string such as "50%", got 50',
  );
  assertEquals(
    refusal({ processes: 1.5 }),
    "p.json: processes: expected a whole number, got 1.5",
  );
  assertEquals(refusal({ quiet: 1 }), "p.json: quiet: expected true or false, got 1");
  assertEquals(refusal({ report: ["a", 2] }), "p.json: report[1]: expected a string, got 2");
  assertEquals(
    refusal({ env: { A: 1 } }),
    "p.json: env.A: expected a string or null, got 1",
  );
  assertEquals(
    refusal({ cpurate: "50%" }),
    "p.json: cpurate: unknown key: did you mean cpuRate?",
  );
  assertEquals(
    refusal({ "cpu-rate": "50%" }),
    "p.json: cpu-rate: unknown key: did you " +
      "mean cpuRate?",
  );
  assertEquals(
    refusal({ command: "node" }),
    'p.json: command: expected an array of strings, got "node"',
  );
  assertEquals(refusal([]), "p.json: expected a JSON object, got []");
  const broken = assertThrows(
    () => parsePolicy("{", { path: "p.json", specs: SPECS }),
    UsageError,
  );
  assertEquals(broken.message.startsWith("p.json: Cannot read it as JSON: "), true);
});

Deno.test("toPolicy: writes what parsePolicy reads as the same settings", () => {
  const { settings, command = [] } = parsePolicy(JSON.stringify(EVERY_TYPE), {
    path: "p.json",
    specs: SPECS,
  });
  assertEquals(toPolicy(settings, { specs: SPECS, command }), EVERY_TYPE);
  assertEquals(toPolicy([], { specs: SPECS, command: [] }), {});
});

Deno.test("parsePolicy: a key that occurs twice is refused at any depth", () => {
  const message = (text: string): string =>
    assertThrows(() => parsePolicy(text, { path: "p.json", specs: SPECS }), UsageError).message;
  assertEquals(
    message('{"memory":"1M","quiet":true, "memory" : "2M"}'),
    "p.json: memory: the key is given twice: give it once",
  );
  assertEquals(
    message('{"env":{"A":"1","\\u0041":"2"}}'),
    "p.json: A: the key is given twice: give it once",
  );
});

Deno.test("parsePolicy: the error says whether a number lacks its unit or is out of range", () => {
  assertEquals(
    refusal({ memory: 200 }),
    'p.json: memory: expected a string such as "200M", got 200',
  );
  const huge = assertThrows(
    () => parsePolicy('{"processes":1e400}', { path: "p.json", specs: SPECS }),
    UsageError,
  );
  assertEquals(
    huge.message,
    "p.json: processes: expected a whole number, got a number that is too large",
  );
});

Deno.test("parsePolicy: a long key or value is shortened in the error", () => {
  const long = "k".repeat(10_000_000);
  for (const value of [{ [long]: 1 }, { memory: [long] }, { env: { [long]: 1 } }]) {
    assertEquals(refusal(value).length < 200, true);
  }
});
