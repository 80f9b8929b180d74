/**
 * What the README says, held against the code.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { PARTS, withParts } from "../helpers/readme_tables.ts";
import { run } from "../../tools/host/command.ts";
import { PROJECT } from "../../tools/host/project.ts";

const README = await Deno.readTextFile(`${PROJECT}/README.md`);

Deno.test("the README's tables are those of the code", async () => {
  const made = await Deno.makeTempFile({ suffix: ".md" });
  await Deno.writeTextFile(made, withParts(README));
  const { code, stderr } = await run([
    Deno.execPath(),
    "fmt",
    "--no-config",
    "--line-width",
    "100",
    made,
  ]);
  assertEquals(code, 0, stderr);
  assertEquals(await Deno.readTextFile(made), README, "run: deno task readme");
  await Deno.remove(made);
});

Deno.test("withParts() refuses a README without a marker", () => {
  for (const name of Object.keys(PARTS)) {
    const without = README.replace(`<!-- ${name}:begin -->`, "");
    assertThrows(() => withParts(without), TypeError, name);
  }
});

Deno.test("every local link and picture of the README exists", async () => {
  const targets = [...README.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!);
  assert(targets.length > 2);
  for (const target of targets) assert((await Deno.stat(`${PROJECT}/${target}`)).isFile, target);
});
