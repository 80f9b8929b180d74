import { assert, assertEquals } from "@std/assert";
import {
  badNames,
  cycles,
  forbiddenTexts,
  impurities,
  orphanTests,
  pureFiles,
  remoteImports,
  type Source,
  strayBarrels,
  strayLiterals,
  tooLong,
  untested,
  withoutDocs,
  wrongArrows,
  wrongSoleUse,
} from "../helpers/architecture.ts";
import { PROJECT_ROOT, projectFiles, readModules } from "../helpers/deno_info.ts";
import { sourceFacts } from "../helpers/source_facts.ts";

/** "About 350". */
const MOST_LINES = 360;

/** Public classes that cannot be cut; their docs are not counted. */
const FACES = ["job/job_object.ts"];

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
  "job/units.ts",
];

/** Numbers that look like flags and are none. */
const LITERALS: { readonly [path: string]: readonly string[] | "all" } = {
  // The tables themselves.
  "ffi/constants.ts": "all",
  "process/exit/status_codes.ts": "all",
  // The ranges of the integer types.
  "ffi/scalars.ts": "all",
  // Exit codes that no header names, and the severity bit of an NTSTATUS.
  "process/exit/exit_code.ts": ["0xE06D7363", "0xE0434352", "0x80000000"],
  "cli/report/html/timeline.ts": ["0xC000_0000", "0xD000_0000"],
  "cli/text/display.ts": ["0x4000_0000"],
  // The exit code that the tool itself gives.
  "cli/exit_code.ts": ["0xe06a_6f62"],
  // The highest processor group: one less than the mark of all groups.
  "job/limits/value_kind.ts": ["0xfffe"],
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
  /^[^.].*\.ts$/.test(path) && !/^(tests|tools|bench|release)\//.test(path)
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
      "job/units.ts",
    ]
  ) {
    assert(SOURCE_PATHS.includes(path), path);
  }
  const library = SOURCES.find(({ path }) => path === "ffi/library.ts");
  assertEquals(library?.imports.some(({ to }) => to === "ffi/dll.ts"), true);
  assertEquals(pureFiles(SOURCES).has("ffi/library.ts"), false);
});

Deno.test("the tree: arrows only go down", () => assertEquals(wrongArrows(SOURCES), []));

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

Deno.test("the tree: flags and offsets stand in the tables", () => {
  assertEquals(strayLiterals(SOURCES, LITERALS), []);
});

Deno.test("the tree: no barrel but the entries", () => assertEquals(strayBarrels(SOURCES), []));

Deno.test("the tree: no long file", async () => {
  const paths = FILES.filter((path) => /\.(ts|c|h)$/.test(path));
  const texts = await readTexts(paths);
  for (const face of FACES) texts.set(face, withoutDocs(texts.get(face)!));
  assertEquals(tooLong(texts, MOST_LINES), []);
});

Deno.test("the tree: names say what a file holds", () => assertEquals(badNames(FILES), []));

for (const entry of ["mod.ts", "ffi/mod.ts"]) {
  Deno.test(`the tree: ${entry} loads nothing from outside`, () => {
    assertEquals(remoteImports(SOURCES, entry), []);
  });
}

Deno.test("the tree: no registry's host and no session's folder in any file", async () => {
  assertEquals(forbiddenTexts(await readTexts(FILES), FORBIDDEN), []);
});
