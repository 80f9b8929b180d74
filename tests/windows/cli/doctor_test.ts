import { assertEquals, assertStringIncludes } from "@std/assert";
import { jobbox } from "../../helpers/jobbox_process.ts";

Deno.test("jobbox doctor: runs with the tool's own permissions, and reports what it found", async () => {
  const { code, err, out } = await jobbox(["doctor", "--need", "processes,kill-on-close,nesting"]);
  assertEquals([code, err], [0, ""]);
  assertStringIncludes(out, "a process over the limit");
  assertStringIncludes(out, "Everything named by --need works.");
});

Deno.test("jobbox doctor: JSON has only the checks that were named", async () => {
  const { code, out } = await jobbox(["doctor", "--json", "--need=affinity", "--need=job-list"]);
  const { checks, needed, missing } = JSON.parse(out);
  assertEquals(code, 0);
  assertEquals([needed, missing], [["affinity", "job-list"], []]);
  assertEquals(checks.map(({ id }: { id: string }) => id), ["job-list", "affinity"]);
});

Deno.test("jobbox doctor: an ad is true for what was seen to work", async () => {
  const { code, err, out } = await jobbox(["doctor", "--classad", "--need", "processes,dscp"]);
  assertStringIncludes(out, "HasJobbox = true\n");
  assertStringIncludes(out, "\nJobboxProcesses = true\n");
  assertEquals(/^JobboxDscp = true$/m.test(out), false);
  assertEquals([out.endsWith("\n-\n"), err, code <= 1], [true, "", true]);
});

Deno.test("jobbox doctor: an unknown name is a usage error", async () => {
  const { code, err } = await jobbox(["doctor", "--need", "cpu-rte"]);
  assertEquals(code, 125);
  assertStringIncludes(err, "did you mean cpu-rate?");
});
