import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { renderSummary } from "../../../cli/report/summary.ts";
import { SAMPLE_STATS, sampleRecord } from "../../helpers/run_record.ts";

Deno.test("renderSummary gives five lines with the limit and what was measured", () => {
  const record = sampleRecord({
    verdict: "memory",
    stoppedBy: "terminate",
    exitCode: 137,
    limit: { name: "jobMemory", limit: 64 * 1048576, measured: 65.5 * 1048576, unit: "bytes" },
  });
  assertEquals(
    renderSummary(record),
    [
      "jobbox: Ended at its memory limit of 64 MiB (--memory), measured 65.5 MiB",
      '  command    C:\\tools\\build.exe --all "a b"',
      "  time       2 s wall, 1.2 s user, 300 ms kernel",
      "  memory     peak 65 MiB of 64 MiB; read 1.37 KiB, written 1.46 KiB",
      "  processes  3 in all, 3 at once; job memory limit 1×; jobbox terminated the job",
      "",
    ].join("\n"),
  );
});

Deno.test("renderSummary has five lines whatever the error and the arguments contain", () => {
  const record = sampleRecord({ verdict: "failed", error: "one\r\ntwo\nthree\x1b[2J" });
  const hostile = { ...record, command: { ...record.command, args: ["a\nb", "\x1b[31m"] } };
  const text = renderSummary(hostile);
  assertEquals(text.split("\n").length, 6);
  assertMatch(text, /^(\P{Cc}|\n)*$/u);
  assertStringIncludes(text, "one two three");
});

Deno.test("renderSummary says what was not counted, and whether CTRL_BREAK could not be sent", () => {
  const record = sampleRecord({ verdict: "timeout", stoppedBy: "terminate" });
  const io = { ...SAMPLE_STATS.io!, readOperations: 0, writeOperations: 0, otherOperations: 0 };
  const text = renderSummary({ ...record, memory: { peakJob: 0 }, io }, { unasked: true });
  assertStringIncludes(text, "memory     peak not known; reads and writes not known\n");
  assertStringIncludes(text, "; terminated at once: without a console CTRL_BREAK cannot be sent\n");
});
