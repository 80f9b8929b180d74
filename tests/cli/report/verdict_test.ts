import { assertEquals, assertNotEquals } from "@std/assert";
import { EXIT_CODES, exitCodeOf, type Verdict } from "../../../cli/exit_code.ts";
import {
  endingPhrase,
  isLimitVerdict,
  toneOf,
  verdictSentence,
} from "../../../cli/report/verdict.ts";
import { sampleRecord } from "../../helpers/run_record.ts";

const VERDICTS: readonly Verdict[] = EXIT_CODES.flatMap(({ verdicts }) => verdicts);

Deno.test("verdictSentence has its own sentence for each verdict", () => {
  const sentences = VERDICTS.map((verdict) => verdictSentence(sampleRecord({ verdict })));
  assertEquals(new Set(sentences).size, VERDICTS.length);
  for (const sentence of sentences) assertNotEquals(sentence.at(-1), ".");
});

Deno.test("verdictSentence names an abnormal code", () => {
  const record = sampleRecord({ child: { pid: 100, code: 0xC00000FD } });
  assertEquals(verdictSentence(record), "Exited with code 0xC00000FD STATUS_STACK_OVERFLOW");
});

Deno.test("verdictSentence says how long a run lasted when its limit is not recorded", () => {
  assertEquals(
    verdictSentence(sampleRecord({ verdict: "timeout" })),
    "Timed out after 2 s",
  );
});

Deno.test('toneOf is "good" only for an exit with 0', () => {
  assertEquals(toneOf(sampleRecord()), "good");
  assertEquals(toneOf(sampleRecord({ child: { pid: 100, code: 1 } })), "bad");
  assertEquals(toneOf(sampleRecord({ verdict: "failed" })), "bad");
  assertEquals(toneOf(sampleRecord({ verdict: "cpuTime" })), "limit");
});

Deno.test("isLimitVerdict is true exactly for the verdicts of a limit", () => {
  assertEquals(
    VERDICTS.filter(isLimitVerdict).sort(),
    ["cpuTime", "memory", "notification", "outputSize", "processes", "timeout"],
  );
  for (const verdict of VERDICTS.filter(isLimitVerdict)) {
    assertNotEquals(exitCodeOf(verdict, 0), 0);
  }
});

Deno.test("endingPhrase distinguishes the four ways to end, and is empty if nothing was started", () => {
  const phrases = (["self", "break", "terminate", "kernel"] as const)
    .map((stoppedBy) => endingPhrase(sampleRecord({ stoppedBy })));
  assertEquals(new Set(phrases).size, 4);
  assertEquals(endingPhrase(sampleRecord({ stoppedBy: undefined })), "");
  const asked = (code: number): string =>
    endingPhrase(sampleRecord({ stoppedBy: "break", child: { pid: 4, code } }));
  assertEquals(asked(0), "after CTRL_BREAK the command ended by itself with 0");
  assertEquals(asked(0xC000013A), "it ended after CTRL_BREAK");
});

Deno.test("verdictSentence names the limit's option, and the measured value only if it differs", () => {
  const cases = [
    ["timeout", { name: "wallTime", limit: 1000, measured: 1004, unit: "ms" }],
    ["processes", { name: "activeProcesses", limit: 10, measured: 11, unit: "processes" }],
    ["outputSize", { name: "outputSize", limit: 1024, measured: 1025, unit: "bytes" }],
    ["memory", { name: "processMemory", limit: 1024, measured: 1025, unit: "bytes" }],
    ["cpuTime", { name: "jobUserTime", limit: 1000, measured: 1500, unit: "ms" }],
    ["notification", { name: "jobMemory", limit: 1024, measured: 2048, unit: "bytes" }],
    ["memory", { name: "ofALaterVersion", limit: 1024, unit: "bytes" }],
  ] as const;
  assertEquals(cases.map(([verdict, limit]) => verdictSentence(sampleRecord({ verdict, limit }))), [
    "Timed out after 1 s (--timeout)",
    "Ended: it tried to run more than 10 processes (--processes)",
    "Ended: more than 1 KiB of output (--max-output)",
    "Ended at its memory limit of 1 KiB (--process-memory), measured 1,025 B",
    "Ended at its CPU time limit of 1 s (--cpu-time), measured 1.5 s",
    "Ended at a soft limit of 1 KiB (--notify-memory), measured 2 KiB",
    "Ended at its memory limit of 1 KiB",
  ]);
});
