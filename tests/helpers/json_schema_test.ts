import { assertEquals, assertThrows } from "@std/assert";
import { schemaFaults } from "./json_schema.ts";

Deno.test("schemaFaults: one line for each fault, with the path of the value", () => {
  const schema = {
    type: "object",
    properties: { a: { type: "array", items: { type: "integer" } } },
    required: ["a"],
    additionalProperties: false,
  };
  assertEquals(schemaFaults({ a: [1] }, schema), []);
  assertEquals(schemaFaults({ a: [1, "x"], b: 1 }, schema), [
    "/ must NOT have additional properties (b)",
    "/a/1 must be integer",
  ]);
  assertEquals(schemaFaults({}, schema), ["/ must have required property 'a' (a)"]);
});

Deno.test("schemaFaults: a misspelled keyword is not a schema", () => {
  assertThrows(() => schemaFaults(1, { minimun: 2 }), Error, "minimun");
  assertThrows(() => schemaFaults(1, { type: "integr" }), Error, "schema is invalid");
});

Deno.test("schemaFaults: a date must be ISO 8601 in UTC", () => {
  const schema = { type: "string", format: "date-time" };
  assertEquals(schemaFaults("2026-01-02T03:04:05.006Z", schema), []);
  assertEquals(schemaFaults("yesterday", schema).length, 1);
});
