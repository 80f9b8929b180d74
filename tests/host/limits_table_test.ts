import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LIMIT_NAMES } from "../../job/limits/table.ts";
import { NOTIFICATION_NAMES } from "../../job/notifications/table.ts";
import { renderLimitsTable, renderNotificationLimitsTable } from "../../tools/docs/limits_table.ts";

for (
  const [render, names] of [
    [renderLimitsTable, LIMIT_NAMES],
    [renderNotificationLimitsTable, NOTIFICATION_NAMES],
  ] as const
) {
  Deno.test(`${render.name}: one line a row, six cells a line, in the rows' order`, () => {
    const lines = render().trimEnd().split("\n");
    assertEquals(lines.length, 2 + names.length);
    for (const line of lines) assertEquals(line.split(/(?<!\\)\|/).length, 8, line);
    const first = lines.slice(2).map((line) => /^\| `(\w+)`/.exec(line)?.[1]);
    assertEquals(first, [...names]);
  });
}

Deno.test("renderLimitsTable: a limit with several options names all, and every limit its proof", () => {
  const table = renderLimitsTable();
  assertStringIncludes(table, "`--cpus NUMBER`<br>`--cpu-rate PERCENT`<br>");
  assertStringIncludes(
    table,
    "| jobsim: `--cpus`, `--cpu-rate` and `--cpu-max`; the others Windows only |",
  );
  assertStringIncludes(table, "| `killOnClose` | `--kill-on-close` |");
  for (const line of table.trimEnd().split("\n").slice(2)) {
    assert(/\| (real Wine|jobsim|Windows only)(: [^|]+)? \|$/.test(line), line);
  }
});
