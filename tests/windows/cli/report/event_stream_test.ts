import { assert, assertEquals } from "@std/assert";
import eventSchema from "../../../../schemas/event.schema.json" with { type: "json" };
import { schemaFaults } from "../../../helpers/json_schema.ts";
import { CHILD, jobbox } from "../../../helpers/jobbox_process.ts";

Deno.test("EventStream: every line of a real run fits the schema, and none is missing", async () => {
  const path = await Deno.makeTempFile({ prefix: "jobbox-events-" });
  try {
    const { code } = await jobbox([
      ...["run", "--events", path, "--notify-memory", "1M", "--processes", "8", "--"],
      ...[CHILD, "alloc", "20000000", "spawnwait", "2", "--", "exit", "4", ";", "exit", "3"],
    ]);
    assertEquals(code, 3);
    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    );
    for (const line of lines) assertEquals(schemaFaults(line, eventSchema), [], line.type);
    assertEquals(lines.map(({ seq }) => seq), lines.map((_, index) => index));
    const times = lines.map(({ at }) => at);
    assertEquals(times, times.toSorted((a, b) => a - b));
    const types = lines.map(({ type }) => type);
    assertEquals(types.filter((type) => type === "exitProcess").length, 3);
    assert(types.includes("notificationLimit") && types.includes("sample"));
  } finally {
    await Deno.remove(path);
  }
});
