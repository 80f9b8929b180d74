import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { runChecks } from "../../../../cli/doctor/check.ts";
import { hostChecks, jobChecks } from "../../../../cli/doctor/host_checks.ts";

Deno.test("jobChecks: a kernel with all of jobs passes each", async () => {
  const results = await runChecks(jobChecks());
  assertEquals(
    results.map(({ id, status, detail }) => status === "works" ? id : `${id} ${status}: ${detail}`),
    [
      "job-list",
      "tree",
      "messages",
      "accounting",
      "nesting",
      "freeze",
      // Its effect is not looked at.
      "io-tracking kept: storage reads and writes can be counted separately",
    ],
  );
});

Deno.test("hostChecks: file I/O works while many jobs are watched", async () => {
  const results = await runChecks(hostChecks());
  const pool = results.find(({ id }) => id === "blocking-pool");
  assertEquals([pool?.status, pool?.detail], [
    "works",
    "file I/O works while 48 jobs are watched",
  ]);
});

Deno.test("hostChecks: any job that this process is in is reported", async () => {
  const [outer] = await runChecks(hostChecks().filter(({ id }) => id === "outer-job"));
  assertEquals(outer?.detail.startsWith("jobbox is in "), true, outer?.detail);
});
