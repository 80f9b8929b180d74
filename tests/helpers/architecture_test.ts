import { assertEquals } from "@std/assert";
import {
  badNames,
  cycles,
  floorOf,
  forbiddenTexts,
  impurities,
  orphanTests,
  pureFiles,
  remoteImports,
  type Source,
  strayBarrels,
  untested,
  unusedExports,
  wrongArrows,
  wrongRooms,
  wrongSoleUse,
} from "./architecture.ts";
import { sourceFacts } from "./source_facts.ts";

/** A made-up module: its imports (`type ` before one of types only) and its text. */
function module(
  path: string,
  imports: readonly string[] = [],
  source = "export const x = 1;",
): Source {
  return {
    path,
    source,
    imports: imports.map((to) => ({
      to: to.replace("type ", ""),
      typeOnly: to.startsWith("type "),
    })),
    facts: sourceFacts(path, source),
  };
}

Deno.test("floorOf: the layout's floors, bottom to top", () => {
  const paths = [
    "ffi/struct.ts",
    "ffi/structs.ts",
    "ffi/library.ts",
    "process/spawn.ts",
    "isolation/token.ts",
    "job/job_object.ts",
    "mod.ts",
    "cli/commands/run.ts",
  ];
  assertEquals(paths.map(floorOf), [0, 1, 2, 3, 4, 5, 6, 7]);
  assertEquals([floorOf("cli.ts"), floorOf("ffi/mod.ts")], [7, 6]);
  const strangers = ["ffi/new.ts", "lib/x.ts", "job/deep/er/x.ts", "main.ts"];
  assertEquals(strangers.map(floorOf), [undefined, undefined, undefined, undefined]);
});

Deno.test("wrongArrows: down and level pass", () => {
  assertEquals(
    wrongArrows([
      module("job/job_object.ts", ["process/spawn.ts", "ffi/handle.ts", "job/info_class.ts"]),
      module("cli/args/args.ts", ["mod.ts", "jsr:/@std/cli@1.0.20/parse-args", "deno.json"]),
    ]),
    [],
  );
});

Deno.test("wrongArrows: up is refused, for types too", () => {
  assertEquals(
    wrongArrows([
      module("process/spawn.ts", ["job/job_object.ts"]),
      module("ffi/struct.ts", ["type ffi/structs.ts"]),
      module("job/info_class.ts", ["ffi/mod.ts"]),
    ]),
    [
      "process/spawn.ts: imports job/job_object.ts of a higher floor",
      "ffi/struct.ts: imports ffi/structs.ts of a higher floor",
      "job/info_class.ts: imports ffi/mod.ts of a higher floor",
    ],
  );
});

Deno.test("wrongArrows: a package in the library, and another than the tool's, are refused", () => {
  assertEquals(
    wrongArrows([
      module("job/info_class.ts", ["jsr:/@std/cli@1.0.20/parse-args"]),
      module("cli/args/args.ts", ["npm:/yargs@17.0.0", "node:fs", "tests/helpers/fake_io.ts"]),
    ]).map((line) => line.replace(/ from outside$/, "")),
    [
      "job/info_class.ts: imports jsr:/@std/cli@1.0.20/parse-args",
      "cli/args/args.ts: imports npm:/yargs@17.0.0",
      "cli/args/args.ts: imports node:fs",
      "cli/args/args.ts: imports tests/helpers/fake_io.ts",
    ],
  );
});

Deno.test("wrongArrows: a file without a floor is refused", () => {
  assertEquals(wrongArrows([module("ffi/stranger.ts")]), [
    "ffi/stranger.ts: the layout has no floor for it",
  ]);
});

Deno.test("cycles: a circle of three is refused, unless it imports only types", () => {
  const circle = [
    module("job/a.ts", ["job/b.ts"]),
    module("job/b.ts", ["job/c.ts"]),
    module("job/c.ts", ["job/a.ts"]),
  ];
  assertEquals(cycles(circle), [
    "job/a.ts -> job/b.ts -> job/c.ts -> job/a.ts: a circle of imports",
  ]);
  assertEquals(cycles([...circle.slice(0, 2), module("job/c.ts", ["type job/a.ts"])]), []);
});

Deno.test("cycles: a file that imports itself is refused", () => {
  assertEquals(cycles([module("job/a.ts", ["job/a.ts"])]).length, 1);
});

const READS = "export const os = Deno.build.os;";

Deno.test("pureFiles: what loads an impure file is impure, at any distance", () => {
  const pure = pureFiles([
    module("job/a.ts", ["job/b.ts"]),
    module("job/b.ts", ["job/c.ts"]),
    module("job/c.ts", [], READS),
    module("job/d.ts", ["type job/c.ts"]),
  ]);
  assertEquals([...pure], ["job/d.ts"]);
});

Deno.test("impurities: a table that names Deno is refused", () => {
  assertEquals(impurities([module("ffi/structs.ts", [], READS)], [], []), [
    "ffi/structs.ts: must be pure, and names Deno or loads a file that does",
  ]);
});

Deno.test("impurities: a listed file that loads an impure one is refused", () => {
  const sources = [module("job/units.ts", ["job/b.ts"]), module("job/b.ts", [], READS)];
  assertEquals(impurities(sources, [], ["job/units.ts"]), [
    "job/units.ts: must be pure, and names Deno or loads a file that does",
  ]);
});

Deno.test("impurities: an unlisted file is classified by the folder of its test", () => {
  const sources = [module("job/new.ts", [], READS)];
  assertEquals(impurities(sources, ["tests/job/new_test.ts"], []).length, 1);
  assertEquals(impurities(sources, ["tests/windows/job/new_test.ts"], []), []);
});

Deno.test("impurities: a listed file that does not exist is refused", () => {
  assertEquals(impurities([], [], ["job/units.ts"]), [
    "job/units.ts: is listed as pure and not in the tree",
  ]);
});

for (const kind of ["dlopen", "CloseHandle"] as const) {
  const use = `export const x = it.${kind};`;
  Deno.test(`wrongSoleUse: ${kind} twice, elsewhere or nowhere is refused`, () => {
    const owner = module("ffi/owner.ts", [], use);
    assertEquals(wrongSoleUse([owner], kind, "ffi/owner.ts"), []);
    for (const sources of [[], [owner, module("job/b.ts", [], use)], [module("b.ts", [], use)]]) {
      assertEquals(wrongSoleUse(sources, kind, "ffi/owner.ts").length, 1);
    }
  });
}

Deno.test("untested: a file without a test is refused, unless it has only types", () => {
  const sources = [
    module("job/a.ts"),
    module("job/types.ts", [], "export interface X { y: number }"),
    module("process/it.ts"),
    module("process/it_worker.ts"),
    module("process/wine.ts"),
  ];
  const tests = ["tests/windows/process/it_test.ts", "tests/bare/process/wine_test.ts"];
  assertEquals(untested(sources, tests), [
    "job/a.ts: has no test at tests/job/a_test.ts or below tests/windows/",
  ]);
  assertEquals(untested(sources, [...tests, "tests/job/a_test.ts"]), []);
});

Deno.test("orphanTests: a test of a file that does not exist is refused", () => {
  const tests = ["tests/job/a_test.ts", "tests/windows/job/b_test.ts", "tests/host/c_test.ts"];
  assertEquals(orphanTests([module("job/a.ts")], tests), [
    "tests/windows/job/b_test.ts: there is no job/b.ts",
  ]);
});

Deno.test("wrongRooms: an import that no row allows is refused", () => {
  const sources = [
    module("cli/run/a.ts", ["cli/args/b.ts", "ffi/library.ts", "cli/run/c.ts"]),
    ...["cli/args/b.ts", "ffi/library.ts", "ffi/structs.ts", "cli/run/c.ts"].map((p) => module(p)),
  ];
  const right = { "cli/run": ["cli/args", "kernel"] };
  assertEquals(wrongRooms(sources, right), []);
  assertEquals(wrongRooms(sources, { "cli/run": ["cli/args", "ffi"] }), [
    "cli/run/a.ts: imports ffi/library.ts, and cli/run must not import from kernel",
  ]);
});

Deno.test("strayBarrels: a file that only re-exports is refused, but for the entries", () => {
  const text = 'export { a } from "./a.ts";';
  assertEquals(strayBarrels([module("job/all.ts", [], text), module("mod.ts", [], text)]), [
    "job/all.ts: is a barrel",
  ]);
  assertEquals(strayBarrels([module("job/a.ts", [], `${text} export const b = 1;`)]), []);
});

Deno.test("unusedExports: what a door offers is taken by its own floor", () => {
  const door = module("cli/door.ts", [], 'export { a, type B } from "../ffi/a.ts";\n');
  const user = module("cli/run/x.ts", ["cli/door.ts"], "a();");
  const stranger = module("job/x.ts", ["cli/door.ts"], "let b: B;");
  assertEquals(unusedExports([door, user, stranger], "cli/door.ts"), [
    "cli/door.ts: offers B, and nobody takes it",
  ]);
  assertEquals(unusedExports([user], "cli/door.ts"), ["cli/door.ts: is not in the tree"]);
});

Deno.test("badNames: vague names are refused anywhere but as the tests' own folder", () => {
  const vague = ["util/a.ts", "cli/utils.ts", "job/job_util.ts", "common.ts", "tests/misc_test.ts"];
  const all = [...vague, "cli/helpers/a.ts", "tests/helpers/helper.ts"];
  assertEquals(badNames(all).length, all.length);
  assertEquals(badNames(["tests/helpers/deno_info.ts", "job/commonality.ts", "README.md"]), []);
});

Deno.test("badNames: a source file in another case is refused", () => {
  assertEquals(badNames(["job/jobObject.ts", "job/job-object.ts", "job/job_object.ts"]), [
    "job/jobObject.ts: is not in snake_case",
    "job/job-object.ts: is not in snake_case",
  ]);
});

Deno.test("remoteImports: a package imported through two files is refused, for types too", () => {
  const sources = [module("mod.ts", ["job/a.ts"]), module("job/a.ts", ["type npm:/x@1.0.0"])];
  assertEquals(remoteImports(sources, "mod.ts").length, 1);
  assertEquals(remoteImports([module("mod.ts"), module("cli.ts", ["npm:/x"])], "mod.ts"), []);
});

Deno.test("remoteImports: an entry that does not exist is refused", () => {
  assertEquals(remoteImports([], "mod.ts"), ["mod.ts: is not in the tree"]);
});

Deno.test("forbiddenTexts: a file that holds one is named with it", () => {
  const files = new Map([["README.md", "see example.com/x"], ["a.ts", "nothing"]]);
  assertEquals(forbiddenTexts(files, ["example.com"]), ['README.md: holds "example.com"']);
});
