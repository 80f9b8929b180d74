import { assertEquals } from "@std/assert";
import { toJsonObject } from "../../../cli/text/json.ts";

Deno.test("toJsonObject writes masks in hexadecimal and leaves out what is absent", () => {
  const limits = { affinity: 0xffn, cpu: { hardCap: 50 }, ui: ["ime"], jobMemory: undefined };
  assertEquals(toJsonObject(limits), { affinity: "0xff", cpu: { hardCap: 50 }, ui: ["ime"] });
});

Deno.test("toJsonObject keeps null, 0, false and the empty text", () => {
  const value = { a: null, b: 0, c: false, d: "", e: [] };
  assertEquals(toJsonObject(value), value);
});

Deno.test("toJsonObject reaches into lists of objects and writes dates as ISO 8601", () => {
  assertEquals(toJsonObject({ groups: [{ group: 1, mask: 5n }], at: new Date(0) }), {
    groups: [{ group: 1, mask: "0x5" }],
    at: "1970-01-01T00:00:00.000Z",
  });
});
