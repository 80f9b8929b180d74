import { assertEquals } from "@std/assert";
import { LIMIT_PROMISES } from "../../../job/conformance/limit_promises.ts";
import { PAGES } from "../../../job/conformance/pages.ts";

Deno.test("LIMIT_PROMISES: has its own areas, and each row reads as written", () => {
  const areas = new Set<string>(LIMIT_PROMISES.map(({ area }) => area));
  assertEquals([...areas], ["limits", "processors"]);
  const row = LIMIT_PROMISES.find(({ id }) => id === "hard-cap");
  assertEquals(row?.source, PAGES.cpu);
});
