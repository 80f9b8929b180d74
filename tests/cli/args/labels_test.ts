import { assertEquals, assertThrows } from "@std/assert";
import { labelsOf, MOST_LABELS } from "../../../cli/args/labels.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { parsePolicy, toPolicy } from "../../../cli/args/policy.ts";
import { parseArgs } from "../../../cli/args/settings.ts";
import { POLICY_SETTINGS, readRunPlan, RUN_OPTIONS, type RunPlan } from "../../../cli/run/plan.ts";
import { FakeIo } from "../../helpers/fake_io.ts";

function labels(...texts: string[]): Readonly<Record<string, string>> | undefined {
  return labelsOf(texts.map((value) => ({ name: "label", value, from: "--label" })));
}

function plan(policy: unknown, ...options: string[]): RunPlan {
  const io = new FakeIo();
  io.files.set("p.json", JSON.stringify(policy));
  const tokens = ["--policy", "p.json", ...options, "--", "x"];
  return readRunPlan(parseArgs(tokens, RUN_OPTIONS, { stopEarly: true }), io);
}

Deno.test("labelsOf: values are unchanged, and the last value of a name counts", () => {
  const hostile = 'a=b\n\u0000\u202e"<&>\u{1f600}';
  assertEquals(labels(`build.id-1_x=${hostile}`, "e=", "E=2", "e=3"), {
    "build.id-1_x": hostile,
    e: "3",
    E: "2",
  });
  assertEquals(labels(), undefined);
  assertEquals(labelsOf([{ name: "env", value: "A=1", from: "--env" }]), undefined);
  assertEquals(Object.keys(labels("constructor=1")!), ["constructor"]);
});

Deno.test("labelsOf: a label that some format cannot hold is refused", () => {
  const wrong = ["team", "=a", "", "2=a", "a b=1", "ä=1", "__proto__=1", "a\n=1", "a:b=1"];
  for (const text of [...wrong, "a=\ud800", `${"a".repeat(64)}=1`, `a=${"x".repeat(1025)}`]) {
    assertThrows(() => labels(text), UsageError, "--label: Cannot ");
  }
  const many = Array.from({ length: MOST_LABELS }, (_, at) => `l${at}=${"x".repeat(1024)}`);
  assertEquals(Object.keys(labels(...many, "l0=again")!).length, MOST_LABELS);
  assertThrows(() => labels(...many, "more=1"), UsageError, "at most 64 labels");
});

Deno.test("--label: the command line's labels are added to the policy's and override those of the same name", () => {
  const { labels } = plan({ label: { team: "a", n: "1=2" } }, "--label", "team=b", "--label=x=");
  assertEquals(labels, { team: "b", n: "1=2", x: "" });
  assertEquals(plan({}).labels, undefined);
});

Deno.test("--label: a policy's labels are read from and written as an object of strings", () => {
  const read = (label: unknown) =>
    parsePolicy(JSON.stringify({ label }), { path: "p.json", specs: POLICY_SETTINGS });
  for (const wrong of [["a=1"], "a=1", 1, null, { a: 1 }, { a: null }, { a: ["1"] }]) {
    assertThrows(() => read(wrong), UsageError, "p.json: label");
  }
  assertThrows(() => read({ "a=b": "1" }), UsageError, "p.json: label.a=b: a name of a label");
  assertThrows(() => plan({ label: { "a b": "1" } }), UsageError, "p.json: label.a b: Cannot use");
  const { settings } = read({ a: "1", b: "" });
  const written = toPolicy(settings, { specs: POLICY_SETTINGS, command: [] });
  assertEquals(written, { label: { a: "1", b: "" } });
});
