import { assertEquals } from "@std/assert";
import { MEASURE_PROMISES } from "../../../job/conformance/measure_promises.ts";
import { PAGES } from "../../../job/conformance/pages.ts";

Deno.test("MEASURE_PROMISES: has its own areas, and each row reads as written", () => {
  const areas = new Set<string>(MEASURE_PROMISES.map(({ area }) => area));
  assertEquals([...areas], ["times", "memory", "notifications"]);
  const row = MEASURE_PROMISES.find(({ id }) => id === "repeats");
  assertEquals(row?.source, PAGES.nobody);
});
