import { assertEquals, assertStringIncludes } from "@std/assert";
import { recordRefusal } from "../../../cli/run/refusal.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { FakeIo } from "../../helpers/fake_io.ts";

function refused(...tokens: string[]): FakeIo {
  const io = new FakeIo();
  io.files.set("p.json", "the policy");
  recordRefusal(tokens, new UsageError("what is wrong"), io);
  return io;
}

Deno.test("recordRefusal: writes the record where --report asks for it, whatever else is wrong", () => {
  for (
    const tokens of [
      ["--report", "r.json", "--timeout", "5", "--", "x", "--report", "not.json"],
      ["--memroy=1M", "--report=r.json", "x", "--report", "not.json"],
      ["--timeout", "5", "-q", "--report", "r.json"],
    ]
  ) {
    const { files } = refused(...tokens);
    assertEquals([...files.keys()], ["p.json", "r.json"], tokens.join(" "));
    const { error, exitCode, verdict } = JSON.parse(files.get("r.json")!);
    assertEquals([verdict, exitCode, error], ["failed", 125, "what is wrong"]);
  }
});

Deno.test("recordRefusal: has the command as far as it can be read, in each form", () => {
  const { files } = refused("--report", "r.json", "--report", "r.html", "--", "node", "a b");
  const { args, executable } = JSON.parse(files.get("r.json")!).command;
  assertEquals([executable, args], ["node", ["a b"]]);
  assertStringIncludes(files.get("r.html")!.toLowerCase(), "<!doctype html>");
});

Deno.test("recordRefusal: writes no file that another option names, and none with --explain", () => {
  const { files } = refused("--policy", "p.json", "--report", ".\\P.JSON", "--memory", "1", "x");
  assertEquals([...files], [["p.json", "the policy"]]);
  assertEquals(refused("--explain", "--report", "r.json").files.size, 1);
  assertEquals(refused("--report", "r.txt").files.size, 1);
  assertEquals(refused("--report", "missing/r.json").files.size, 1);
  assertEquals(refused("--report").files.size, 1);
});

Deno.test("recordRefusal: writes to stdout if asked to", () => {
  for (const tokens of [["--json"], ["--report", "-"]]) {
    assertEquals(JSON.parse(refused(...tokens).out).verdict, "failed");
  }
});

Deno.test("recordRefusal: stdout gets the record once, in the form of --json if both are given", () => {
  for (const tokens of [["--json", "--report", "-"], ["--report", "-", "--json"], ["--json"]]) {
    const { out } = refused(...tokens, "--", "x");
    assertEquals([JSON.parse(out).error, out.split("\n").length], ["what is wrong", 2]);
  }
  assertEquals(JSON.parse(refused("--report", "-", "--report", "-").out).verdict, "failed");
});

Deno.test("recordRefusal: another name of an option takes its value too", () => {
  const { files } = refused("--env-from", "vars", "--report", "r.json", "--", "x");
  assertEquals(JSON.parse(files.get("r.json")!).command.executable, "x");
  assertEquals(refused("--env-from", "r.json", "--report", "r.json").files.size, 1);
});

Deno.test("recordRefusal: has the machine, and the labels if they can be read", () => {
  const record = (...tokens: string[]) =>
    JSON.parse(refused("--report", "r.json", ...tokens).files.get("r.json")!);
  const { labels, machine } = record("--label", "team=a", "--label=n=1", "--memory", "x");
  assertEquals([labels, machine], [{ team: "a", n: "1" }, { name: "worker-7", processors: 8 }]);
  assertEquals(record("--label", "2=a").labels, undefined);
});
