import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { runChecks } from "../../../../cli/doctor/check.ts";
import { hostChecks, jobChecks } from "../../../../cli/doctor/host_checks.ts";
import { ERROR } from "../../../../ffi/constants.ts";
import { kernel32 } from "../../../../ffi/library.ts";

/** Puts this process into a job: Deno does so before it starts its first child. */
function joinJob(): void {
  new Deno.Command("cmd.exe", { args: ["/d", "/c", "exit 0"] }).outputSync();
}

Deno.test("jobChecks: a kernel with all job features passes each check", async () => {
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

Deno.test("hostChecks: a job that this process is in is reported", async () => {
  joinJob();
  const [outer] = await runChecks(hostChecks().filter(({ id }) => id === "outer-job"));
  assertEquals(outer?.detail.startsWith("jobbox is in "), true, outer?.detail);
});

Deno.test("hostChecks: nothing is said about the limits of an outer job that cannot be queried", async () => {
  joinJob();
  const real = kernel32.QueryInformationJobObject;
  const put = (value: typeof real): void =>
    void Object.defineProperty(kernel32, "QueryInformationJobObject", { value });
  put(() => {
    kernel32.SetLastError(ERROR.ACCESS_DENIED);
    return 0;
  });
  try {
    const [outer] = await runChecks(hostChecks().filter(({ id }) => id === "outer-job"));
    assertEquals([outer?.status, outer?.detail], [
      "kept",
      "jobbox is in another program's job, which may or may not let processes leave: " +
      "the system does not say",
    ]);
  } finally {
    put(real);
  }
});
