import { assertEquals } from "@std/assert";
import { END_PROMISES } from "../../../job/conformance/end_promises.ts";
import { PAGES } from "../../../job/conformance/pages.ts";

Deno.test("END_PROMISES: has its own areas, and each row reads as written", () => {
  const areas = new Set<string>(END_PROMISES.map(({ area }) => area));
  assertEquals([...areas], ["ends", "messages"]);
  const row = END_PROMISES.find(({ id }) => id === "terminate-messages");
  assertEquals(row?.source, PAGES.procgov);
});
