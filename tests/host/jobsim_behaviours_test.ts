/** jobsim's tests against the documented behaviours of job objects. */
import { assert, assertEquals } from "@std/assert";
import { PROJECT } from "../../tools/host/project.ts";

const FOLDER = `${PROJECT}/tools/jobsim/tests`;
const BEHAVIOURS = 80;

/** The rows: their number, and what shows them. */
function rows(): readonly { readonly number: number; readonly shownBy: string }[] {
  const text = Deno.readTextFileSync(`${FOLDER}/behaviours.md`);
  return [...text.matchAll(/^\| +(\d+) +\|.*\| +(.*?) +\|$/gm)].map(([, number, shownBy = ""]) => ({
    number: Number(number),
    shownBy,
  }));
}

function testNames(): ReadonlySet<string> {
  const files = [...Deno.readDirSync(FOLDER)].filter(({ name }) => name.endsWith("_tests.c"));
  return new Set(files.flatMap(({ name }) => {
    const text = Deno.readTextFileSync(`${FOLDER}/${name}`);
    return [...text.matchAll(/^ {4}\{"([^"]+)", \w+\}/gm)].map(([, test = ""]) => test);
  }));
}

Deno.test("jobsim: every documented behaviour has a test, or a reason why not", () => {
  const all = rows();
  const known = testNames();
  assert(known.size > 50);
  assertEquals(
    all.map(({ number }) => number),
    Array.from({ length: BEHAVIOURS }, (_, index) => index + 1),
  );
  for (const { number, shownBy } of all) {
    if (/^(Wine|not): \S.{20,}/.test(shownBy)) continue;
    const named = [...shownBy.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
    assert(named.length > 0, `${number} names no test: ${shownBy}`);
    for (const name of named) assert(known.has(name), `${number} names an unknown test: ${name}`);
  }
});
