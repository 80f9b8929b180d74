import { assert, assertEquals } from "@std/assert";
import eventSchema from "../../../../schemas/event.schema.json" with { type: "json" };
import { schemaFaults } from "../../../helpers/json_schema.ts";
import { CHILD, jobbox } from "../../../helpers/jobbox_process.ts";
import { runUntilTold } from "../../../helpers/told_run.ts";

Deno.test("EventStream: every line of a real run fits the schema, and none is missing", async () => {
  const text = await runUntilTold("notificationLimit", 1, async ({ events, waits }) => {
    const { code } = await jobbox([
      ...["run", "--events", events, "--notify-memory", "1M", "--processes", "8", "--"],
      ...[CHILD, "alloc", "20000000", ...waits],
      ...["spawnwait", "2", "--", "exit", "4", ";", "exit", "3"],
    ]);
    assertEquals(code, 3);
    return await Deno.readTextFile(events);
  });
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  for (const line of lines) assertEquals(schemaFaults(line, eventSchema), [], line.type);
  assertEquals(lines.map(({ seq }) => seq), lines.map((_, index) => index));
  const times = lines.map(({ at }) => at);
  assertEquals(times, times.toSorted((a, b) => a - b));
  const types = lines.map(({ type }) => type);
  assertEquals(types.filter((type) => type === "exitProcess").length, 3);
  assert(types.includes("notificationLimit") && types.includes("sample"));
});
