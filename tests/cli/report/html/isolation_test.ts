import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { isolationSection } from "../../../../cli/report/html/isolation.ts";
import { renderHtml } from "../../../../cli/report/html/page.ts";
import type { RecordedIsolation } from "../../../../cli/report/isolation.ts";
import { sampleRecord } from "../../../helpers/run_record.ts";

const ISOLATION: RecordedIsolation = {
  asked: { admin: false, privileges: [], temp: "fresh" },
  restrictions: [
    { row: "admin", asked: "only denies", readBack: "S-1-5-32-544 denies", shown: "not written" },
    { row: "privileges", asked: "exactly one", readBack: "one" },
    { row: "temp", asked: "C:\\t", readBack: "C:\\t", shown: "a file is there" },
  ],
  left: [],
};

const section = (isolation: RecordedIsolation): string =>
  isolationSection(sampleRecord({ isolation }))!.toString();

Deno.test("isolationSection: one row for each restriction: requested, read back and shown", () => {
  const html = section(ISOLATION);
  assertEquals([...html.matchAll(/<tr><td>/g)].length, 3);
  for (
    const text of ["--no-admin", "--keep-privileges", "--fresh-temp", "S-1-5-32-544 denies"]
  ) assertStringIncludes(html, text);
  assertStringIncludes(html, "<td>not written</td>");
  assertStringIncludes(html, "not tried: reading it back is all");
  assertFalse(html.includes("Not tidied up"));
});

Deno.test("isolationSection: a refused restriction comes first, and the others were not read", () => {
  const refused = { row: "temp", asked: "C:\\t", readBack: "C:\\u", gate: "by a trial" };
  const html = section({ ...ISOLATION, restrictions: [], refused });
  assertStringIncludes(html, "<b>not in force</b>: found by a trial");
  assertEquals([...html.matchAll(/the command was not started/g)].length, 2);
  assertEquals(html.indexOf("--fresh-temp") < html.indexOf("--no-admin"), true);
});

Deno.test("isolationSection: reports what could not be removed, and is empty without isolation", () => {
  const left = ['Cannot delete "C:\\t": busy'];
  assertStringIncludes(section({ ...ISOLATION, left }), "Not tidied up</h3><ul><li>Cannot delete");
  assertEquals(isolationSection(sampleRecord()), undefined);
  assertFalse(renderHtml(sampleRecord()).includes('id="isolation"'));
  assertStringIncludes(renderHtml(sampleRecord({ isolation: ISOLATION })), 'id="isolation"');
});

Deno.test("isolationSection: text from a record is never markup", () => {
  const hostile = "<script>x</script>\u202e";
  const restriction = { row: hostile, asked: hostile, readBack: hostile, shown: hostile };
  const html = section({
    asked: { [hostile]: true },
    restrictions: [restriction],
    refused: { ...restriction, gate: hostile },
    left: [hostile],
  });
  assertFalse(html.includes("<script") || html.includes("\u202e"));
});
