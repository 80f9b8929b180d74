import { assertEquals } from "@std/assert";
import { JOB_PROMISES } from "../../../job/conformance/job_promises.ts";
import { PAGES } from "../../../job/conformance/pages.ts";

Deno.test("JOB_PROMISES: the areas are theirs, and a row is as it reads", () => {
  const areas = new Set<string>(JOB_PROMISES.map(({ area }) => area));
  assertEquals([...areas], ["jobs"]);
  const row = JOB_PROMISES.find(({ id }) => id === "kill-on-close");
  assertEquals(row?.source, PAGES.extended);
});
