import { assert, assertEquals } from "@std/assert";
import {
  badNames,
  cycles,
  DOOR,
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
} from "../helpers/architecture.ts";
import { PROJECT_ROOT, projectFiles, readModules } from "../helpers/deno_info.ts";
import { sourceFacts } from "../helpers/source_facts.ts";

/** Pure by design: nothing may make them need a permission. */
const PURE = [
  "process/start/command_line.ts",
  "process/start/environment_block.ts",
  "process/exit/exit_code.ts",
  "process/start/search_path.ts",
  "process/exit/status_codes.ts",
  "process/start/windows_path.ts",
  "job/limits/cpu_limit.ts",
  "job/limits/table.ts",
  "job/limits/limits.ts",
  "job/notifications/notification_limits.ts",
  "job/messages/notification.ts",
  "job/stats/stats.ts",
  "values/duration.ts",
];

/**
 * The rooms that each room may import from. `kernel` is what calls it. The tool takes the module's
 * face, the tables of limits, and what its door offers of the floors below.
 */
const ROOMS: { readonly [room: string]: readonly string[] } = {
  values: [],
  kernel: "ffi".split(" "),
  ffi: "kernel".split(" "),
  "process/query": "values kernel ffi".split(" "),
  "process/exit": "values ffi process/query process".split(" "),
  "process/io": "kernel ffi process/start process".split(" "),
  "process/start": "values kernel ffi process/io process".split(" "),
  process: "values kernel ffi process/query process/exit process/io process/start".split(" "),
  isolation: "values kernel ffi process/query process/start process isolation/rows".split(" "),
  "isolation/rows": "values kernel ffi process/start process isolation".split(" "),
  "job/stats": "values kernel ffi job".split(" "),
  "job/limits": "values kernel ffi process/exit process/start job/stats job".split(" "),
  "job/notifications": "values kernel ffi job/limits job".split(" "),
  "job/messages": "kernel ffi process/exit process/io job/notifications job".split(" "),
  "job/ends": "kernel ffi process/query process/exit process/io process job".split(" "),
  "job/conformance": "kernel ffi process/exit process/start process job".split(" "),
  job:
    "values kernel ffi process/query process/io process/start process job/stats job/limits job/notifications job/messages job/ends isolation"
      .split(" "),
  "mod.ts":
    "kernel ffi process/query process/io process/start process job/stats job/limits job/notifications job/messages job isolation"
      .split(" "),
  "cli/windows.ts":
    "kernel ffi process/query process/exit process/io process/start process isolation job"
      .split(" "),
  "cli/text": "values job/limits job/notifications mod.ts".split(" "),
  "cli/terminal": "mod.ts cli/windows.ts cli/text".split(" "),
  "cli/args":
    "values isolation job/limits job/notifications mod.ts cli/windows.ts cli/text cli/terminal"
      .split(" "),
  "cli/engines": "values cli/text cli/args cli".split(" "),
  "cli/report": "values job/limits job/notifications mod.ts cli/windows.ts cli/text cli".split(" "),
  "cli/report/html": "values isolation cli/text cli/report cli".split(" "),
  "cli/doctor":
    "values isolation job/limits job/notifications job/conformance mod.ts cli/windows.ts cli/text cli/terminal"
      .split(" "),
  "cli/completions": "cli/args".split(" "),
  "cli/run":
    "values isolation job/limits job/notifications mod.ts cli/windows.ts cli/text cli/terminal cli/args cli/engines cli/report cli/report/html cli"
      .split(" "),
  "cli/commands":
    "values mod.ts cli/windows.ts cli/text cli/terminal cli/args cli/report cli/doctor cli/completions cli/run cli"
      .split(" "),
  cli:
    "values mod.ts cli/windows.ts cli/text cli/terminal cli/args cli/engines cli/run cli/commands"
      .split(" "),
  "cli.ts": "cli".split(" "),
};

/** Hosts of package registries, and the folders of a session; put together here only. */
const FORBIDDEN = [
  ["jsr", "io"],
  ["npmjs", "org"],
  ["npmjs", "com"],
  ["deno", "land"],
  ["debian", "org"],
  ["ubuntu", "com"],
  ["crates", "io"],
  ["pypi", "org"],
].map((parts) => parts.join(".")).concat(["main", "shared"].map((folder) => `/work/${folder}`));

const FILES = await projectFiles();
const SOURCE_PATHS = FILES.filter((path) =>
  /^[^.].*\.ts$/.test(path) && !/^(tests|tools|bench|release|examples|action)\//.test(path)
);
const TESTS = FILES.filter((path) => /^tests\/.*_test\.ts$/.test(path));
const SOURCES: readonly Source[] = (await readModules(SOURCE_PATHS)).map((module) => ({
  ...module,
  facts: sourceFacts(module.path, module.source),
}));

async function readTexts(paths: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const path of paths) {
    const bytes = await Deno.readFile(new URL(path, PROJECT_ROOT));
    if (!bytes.includes(0)) texts.set(path, new TextDecoder().decode(bytes));
  }
  return texts;
}

Deno.test("the tree: every floor has files", () => {
  // A reader that finds nothing would pass every rule below.
  for (
    const path of [
      "ffi/struct.ts",
      "ffi/library.ts",
      "process/start/command_line.ts",
      "values/duration.ts",
    ]
  ) {
    assert(SOURCE_PATHS.includes(path), path);
  }
  const library = SOURCES.find(({ path }) => path === "ffi/library.ts");
  assertEquals(library?.imports.some(({ to }) => to === "ffi/dll.ts"), true);
  assertEquals(pureFiles(SOURCES).has("ffi/library.ts"), false);
});

Deno.test("the tree: arrows only go down", () => assertEquals(wrongArrows(SOURCES), []));

Deno.test("the tree: each room imports from its own few", () => {
  assertEquals(wrongRooms(SOURCES, ROOMS), []);
});

Deno.test("the tree: no circle of imports", () => assertEquals(cycles(SOURCES), []));

Deno.test("the tree: pure files import pure files and name no Deno value", () => {
  assertEquals(impurities(SOURCES, TESTS, PURE), []);
});

Deno.test("the tree: one place opens libraries", () => {
  assertEquals(wrongSoleUse(SOURCES, "dlopen", "ffi/library.ts"), []);
});

Deno.test("the tree: one place closes handles", () => {
  assertEquals(wrongSoleUse(SOURCES, "CloseHandle", "ffi/handle.ts"), []);
});

Deno.test("the tree: a test beside every source file", () => {
  assertEquals(untested(SOURCES, TESTS), []);
});

Deno.test("the tree: a source file beside every test", () => {
  assertEquals(orphanTests(SOURCES, TESTS), []);
});

Deno.test("the tree: the tool takes all that its one door to lower floors offers", () => {
  assertEquals(unusedExports(SOURCES, DOOR), []);
});

Deno.test("the tree: no barrel but the entries", () => assertEquals(strayBarrels(SOURCES), []));

Deno.test("the tree: names say what a file holds", () => assertEquals(badNames(FILES), []));

for (const entry of ["mod.ts", "ffi/mod.ts"]) {
  Deno.test(`the tree: ${entry} loads nothing from outside`, () => {
    assertEquals(remoteImports(SOURCES, entry), []);
  });
}

Deno.test("the tree: no registry's host and no session's folder in any file", async () => {
  assertEquals(forbiddenTexts(await readTexts(FILES), FORBIDDEN), []);
});
