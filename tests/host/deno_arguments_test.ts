import { assert, assertEquals } from "@std/assert";
import { run } from "../../tools/host/command.ts";
import { withHostFlags } from "../../tools/host/deno_arguments.ts";

const FLAGS = { config: "c.json", importMap: "i.json" };

Deno.test.each([
  ["a subcommand that takes it", "run -A x.ts", "run --config=c.json -A x.ts"],
  ["test", "test", "test --config=c.json"],
  ["eval", "eval 1", "eval --config=c.json 1"],
  ["doc, which knows import maps only", "doc --lint m.ts", "doc --import-map=i.json --lint m.ts"],
  ["a file alone, which means run", "x.ts a", "run --config=c.json x.ts a"],
  ["a flag first, which means run", "-A x.ts", "run --config=c.json -A x.ts"],
  ["the program's own flags", "run x.ts -c y --config", "run --config=c.json x.ts -c y --config"],
  ["flags after --", "test -- --config=z", "test --config=c.json -- --config=z"],
])("withHostFlags: adds its flag to %s", (_, given, wanted) => {
  assertEquals(withHostFlags(given.split(" "), FLAGS), wanted.split(" "));
});

Deno.test.each([
  ["asks for the version", "--version"],
  ["formats", "fmt --check"],
  ["runs a task", "task ok"],
  ["names a configuration", "run --config=own.json x.ts"],
  ["names a configuration in two words", "test -c own.json"],
  ["wants none", "run --no-config x.ts"],
  ["names an import map", "check --import-map=own.json x.ts"],
])("withHostFlags: leaves alone what %s", (_, given) => {
  assertEquals(withHostFlags(given.split(" "), FLAGS), given.split(" "));
});

Deno.test("withHostFlags: knows every subcommand of Deno, and which take a configuration", async () => {
  const { stdout } = await run([Deno.execPath(), "json_reference"]);
  const { subcommands } = JSON.parse(stdout) as {
    readonly subcommands: readonly {
      readonly name: string;
      readonly args: readonly { readonly long: string | null }[];
    }[];
  };
  // These read or write the project's own configuration, whatever the modules are resolved by.
  const own = new Set(["bump-version", "fmt", "task", "upgrade", "x"]);
  assert(subcommands.length > 40);
  for (const { name, args } of subcommands) {
    const takes = (flag: string): boolean => args.some(({ long }) => long === flag);
    const [first, flag] = withHostFlags([name, "x"], FLAGS);
    assertEquals(first, name);
    const wanted = own.has(name)
      ? "x"
      : takes("config")
      ? "--config=c.json"
      : takes("import-map")
      ? "--import-map=i.json"
      : "x";
    assertEquals({ name, flag }, { name, flag: wanted });
  }
});

Deno.test("withHostFlags: without flags, and without arguments, changes nothing", () => {
  assertEquals(withHostFlags(["run", "x.ts"], undefined), ["run", "x.ts"]);
  assertEquals(withHostFlags([], FLAGS), []);
});
