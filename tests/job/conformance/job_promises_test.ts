import { assertEquals } from "@std/assert";
import { JOB_PROMISES } from "../../../job/conformance/job_promises.ts";
import { PAGES } from "../../../job/conformance/pages.ts";

Deno.test("JOB_PROMISES: has its own areas, and each row reads as written", () => {
  const areas = new Set<string>(JOB_PROMISES.map(({ area }) => area));
  assertEquals([...areas], ["jobs"]);
  const row = JOB_PROMISES.find(({ id }) => id === "kill-on-close");
  assertEquals(row?.source, PAGES.extended);
});
