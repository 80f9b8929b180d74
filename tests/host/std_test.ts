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

Deno.test("stdPins: every package of the fallback is pinned exactly", () => {
  assertEquals([...stdPins().keys()], ["@std/assert", "@std/cli"]);
  for (const specifier of stdSpecifiers()) assertMatch(specifier, /^jsr:@std\/\w+@\d+\.\d+\.\d+/);
});

Deno.test("stdFlags: right calls pass the type check", async () => {
  const { code, stderr } = await check(`
    import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
    import { parseArgs } from "@std/cli/parse-args";
    import { unicodeWidth } from "@std/cli/unicode-width";
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
       const widths = ["", "abc", "日本", "😀", "e\\u0301", "ｆ", "–"].map(unicodeWidth);
       const { s, b, _ } = parseArgs(["--s=1", "-b", "x"], { string: ["s"], boolean: ["b"] });
       console.log(JSON.stringify([widths, s, b, _]));`,
    );
    const { stdout } = await runDeno(["run", ...await stdFlags("run"), `${folder}/x.ts`], {
      through: ["env", "-C", PROJECT],
    });
    assertEquals(JSON.parse(stdout), [[0, 3, 4, 2, 1, 2, 1], "1", true, ["x"]]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("relative: leads from one folder to another", () => {
  assertEquals(relative("/a/b", "/c/.cache/x"), "../../c/.cache/x");
  assertEquals(relative("/a/b", "/a/x"), "../x");
  assertEquals(relative("C:/a", "D:/b"), "D:/b");
});
