import { assertEquals, assertMatch } from "@std/assert";
import { runDeno } from "../helpers/deno_process.ts";
import { PROJECT } from "../../tools/host/project.ts";
import { relative, stdFlags, stdPins, stdSpecifiers } from "../../tools/host/std.ts";

const BUILD = `${PROJECT}/tools/host/build`;
Deno.mkdirSync(BUILD, { recursive: true });

async function check(code: string): Promise<{ code: number; stderr: string }> {
  // In the project, so that deno.json's imports apply.
  const folder = Deno.makeTempDirSync({ dir: BUILD });
  try {
    Deno.writeTextFileSync(`${folder}/x.ts`, code);
    return await runDeno(["check", ...await stdFlags("check"), `${folder}/x.ts`], {
      through: ["env", "-C", PROJECT],
    });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("stdPins: every package with a stand-in is pinned exactly", () => {
  assertEquals([...stdPins().keys()], [
    "@std/assert",
    "@std/async",
    "@std/cli",
    "@std/testing",
    "@std/text",
  ]);
  for (const specifier of stdSpecifiers()) assertMatch(specifier, /^jsr:@std\/\w+@\d+\.\d+\.\d+/);
});

Deno.test("stdFlags: right calls pass the type check", async () => {
  const { code, stderr } = await check(`
    import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
    import { parseArgs } from "@std/cli/parse-args";
    import { unicodeWidth } from "@std/cli/unicode-width";
    import { deadline } from "@std/async/deadline";
    import { delay } from "@std/async/delay";
    import { assertType, type IsExact } from "@std/testing/types";
    import { closestString } from "@std/text/closest-string";
    import { levenshteinDistance } from "@std/text/levenshtein-distance";
    assertType<IsExact<string | undefined, undefined | string>>(true);
    export const closest: string = closestString("a", ["b"] as const);
    export const distance: number = levenshteinDistance("a", closest);
    export const soon: Promise<number> = deadline(Promise.resolve(1), 5);
    export const none: Promise<void> = delay(1, { signal: AbortSignal.timeout(5) });
    const error: RangeError = assertThrows(() => {}, RangeError, "part");
    const later: Promise<Error> = assertRejects(() => Promise.reject(), Error);
    const value: unknown = error;
    assertInstanceOf(value, Map);
    value.set(1, 2);
    const maybe: string | undefined = "x";
    assert(maybe);
    const { name, all, list, _ } = parseArgs(["-a"], {
      string: ["name"], boolean: ["all"], collect: ["list"],
    });
    assertEquals([name satisfies string | undefined, all satisfies boolean], ["", true]);
    assertEquals(list satisfies unknown[], _);
    export const width: number = unicodeWidth(maybe);
    export { later };
  `);
  assertEquals({ code, stderr: code === 0 ? "" : stderr }, { code: 0, stderr: "" });
});

Deno.test.each([
  [
    "assertEquals of two types",
    `import { assertEquals } from "@std/assert"; assertEquals(1, "1");`,
  ],
  [
    "assertThrows's error taken for a number",
    `import { assertThrows } from "@std/assert";
    export const n: number = assertThrows(() => {}, RangeError);`,
  ],
  [
    "parseArgs taken for sure",
    `import { parseArgs } from "@std/cli/parse-args";
    export const s: string = parseArgs([], { string: ["s"] }).s;`,
  ],
  [
    "unicodeWidth of a number",
    `import { unicodeWidth } from "@std/cli/unicode-width";
    unicodeWidth(1);`,
  ],
  [
    "deadline's result taken for another",
    `import { deadline } from "@std/async/deadline";
    export const s: Promise<string> = deadline(Promise.resolve(1), 5);`,
  ],
  [
    "closestString of a set",
    `import { closestString } from "@std/text/closest-string";
    closestString("a", new Set(["b"]));`,
  ],
  [
    "two types that differ in an optional field",
    `import { assertType, type IsExact } from "@std/testing/types";
    assertType<IsExact<{ a?: 1 }, { a: 1 }>>(true);`,
  ],
  [
    "any taken for a string",
    `import { assertType, type IsExact } from "@std/testing/types";
    // deno-lint-ignore no-explicit-any
    assertType<IsExact<any, string>>(true);`,
  ],
  [
    "a name that is not there",
    `import { assertEverything } from "@std/assert"; assertEverything();`,
  ],
])("stdFlags: a wrong call fails the type check: %s", async (_, code) => {
  const found = await check(code);
  assertEquals(found.code, 1);
  assertMatch(found.stderr, /TS\d+/);
});

Deno.test("stdFlags: the modules do what their types say", async () => {
  const folder = Deno.makeTempDirSync({ dir: BUILD });
  try {
    Deno.writeTextFileSync(
      `${folder}/x.ts`,
      `import { parseArgs } from "@std/cli/parse-args";
       import { unicodeWidth } from "@std/cli/unicode-width";
       import { deadline } from "@std/async/deadline";
       import { delay } from "@std/async/delay";
       import { closestString } from "@std/text/closest-string";
       import { levenshteinDistance } from "@std/text/levenshtein-distance";
       const late = await deadline(delay(60_000, { persistent: false }), 1)
         .catch((error) => error.name);
       const widths = ["", "abc", "日本", "😀", "e\\u0301", "ｆ", "–"].map(unicodeWidth);
       const { s, b, _ } = parseArgs(["--s=1", "-b", "x"], { string: ["s"], boolean: ["b"] });
       const near = closestString("hep", ["length", "help"]);
       console.log(JSON.stringify([widths, s, b, _, late, near, levenshteinDistance("ab", "b")]));`,
    );
    const { stdout } = await runDeno(["run", ...await stdFlags("run"), `${folder}/x.ts`], {
      through: ["env", "-C", PROJECT],
    });
    assertEquals(JSON.parse(stdout), [
      [0, 3, 4, 2, 1, 2, 1],
      "1",
      true,
      ["x"],
      "TimeoutError",
      "help",
      1,
    ]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("relative: leads from one folder to another", () => {
  assertEquals(relative("/a/b", "/c/.cache/x"), "../../c/.cache/x");
  assertEquals(relative("/a/b", "/a/x"), "../x");
  assertEquals(relative("C:/a", "D:/b"), "D:/b");
});
