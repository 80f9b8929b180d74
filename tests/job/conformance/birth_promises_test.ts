import { assertEquals } from "@std/assert";
import { BIRTH_PROMISES } from "../../../job/conformance/birth_promises.ts";
import { PAGES } from "../../../job/conformance/pages.ts";

Deno.test("BIRTH_PROMISES: has its own areas, and each row reads as written", () => {
  const areas = new Set<string>(BIRTH_PROMISES.map(({ area }) => area));
  assertEquals([...areas], ["births", "nesting"]);
  const row = BIRTH_PROMISES.find(({ id }) => id === "handle-list");
  assertEquals(row?.source, PAGES.attributes);
});
