/**
 * What the README and the pages of docs/ say, held against the code.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { COMMANDS } from "../../cli/commands/list.ts";
import { PAGES, withParts } from "../../tools/docs/parts.ts";
import { performancePictures } from "../../tools/docs/performance_page.ts";
import { run } from "../../tools/host/command.ts";
import { PROJECT } from "../../tools/host/project.ts";

function read(path: string): Promise<string> {
  return Deno.readTextFile(`${PROJECT}/${path}`);
}

const DOCS = [...Deno.readDirSync(`${PROJECT}/docs`)].map(({ name }) => `docs/${name}`)
  .filter((path) => path.endsWith(".md")).toSorted();

for (const [path, parts] of Object.entries(PAGES)) {
  Deno.test(`${path}: the tables are those of the code`, async () => {
    const page = await read(path);
    const made = await Deno.makeTempFile({ suffix: ".md" });
    await Deno.writeTextFile(made, withParts(path, page));
    const { code, stderr } = await run([
      Deno.execPath(),
      "fmt",
      "--no-config",
      "--line-width",
      "100",
      made,
    ]);
    assertEquals(code, 0, stderr);
    assertEquals(await Deno.readTextFile(made), page, "run: deno task docs");
    await Deno.remove(made);
  });

  Deno.test(`${path}: withParts() refuses the page without a marker`, async () => {
    const page = await read(path);
    for (const name of Object.keys(parts)) {
      const without = page.replace(`<!-- ${name}:begin -->`, "");
      assertThrows(() => withParts(path, without), TypeError, name);
    }
  });
}

Deno.test("docs/performance.md: its pictures are those of the kept results, and no others", async () => {
  const pictures = performancePictures();
  assert(pictures.size > 0);
  for (const [path, svg] of pictures) assertEquals(await read(path), svg, "run: deno task docs");
  const files = [...Deno.readDirSync(`${PROJECT}/docs/performance`)].map(({ name }) => name);
  const names = [...pictures.keys()].map((path) => path.slice(path.lastIndexOf("/") + 1));
  assertEquals(files.toSorted(), names.toSorted());
});

Deno.test("docs/jobbox.md: the reference has every command and option", async () => {
  const page = await read("docs/jobbox.md");
  for (const { spec } of COMMANDS) {
    const [, after] = page.split(`\n### jobbox ${spec.name}\n`);
    assert(after !== undefined, spec.name);
    const [part = ""] = after.split("\n### ");
    for (const { name } of spec.options) assertMatch(part, new RegExp(`--${name}[ \`]`));
    assert(page.includes(`](#jobbox-${spec.name})`), spec.name);
  }
});

for (const path of ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...DOCS]) {
  Deno.test(`${path}: every local link and picture exists`, async () => {
    const page = await read(path);
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
    for (const [, target] of page.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      assert((await Deno.stat(`${PROJECT}/${folder}${target}`)).isFile, target);
    }
  });
}

for (const path of ["README.md", "CHANGELOG.md", ...DOCS]) {
  Deno.test(`${path}: every link to a row of another page finds the row`, async () => {
    const page = await read(path);
    const links = page.matchAll(/\]\((?:docs\/)?((?:windows|performance)\.md)#([\w-]+)\)/g);
    for (const [link, file, row] of links) {
      assert((await read(`docs/${file}`)).includes(`<a id="${row}"></a>`), link);
    }
  });
}

Deno.test("README.md: leads to every page of docs/", async () => {
  const readme = await read("README.md");
  assert(DOCS.length > 5);
  for (const path of DOCS) assert(readme.includes(`](${path})`), path);
});
