import { assertEquals } from "@std/assert";
import { RUN_RECORD_SCHEMA, RUN_RECORD_VERSION } from "../../../cli/report/record.ts";

Deno.test("RUN_RECORD_SCHEMA carries the version", () => {
  assertEquals(RUN_RECORD_SCHEMA.split(":").at(-1), String(RUN_RECORD_VERSION));
});
