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

Deno.test("verdictSentence says something of its own for each verdict", () => {
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
    "Ended at its wall time limit after 2 s",
  );
});

Deno.test("toneOf is good for an exit with 0 only", () => {
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

Deno.test("endingPhrase tells the four rungs apart and is empty when nothing was started", () => {
  const phrases = (["self", "break", "terminate", "kernel"] as const)
    .map((stoppedBy) => endingPhrase(sampleRecord({ stoppedBy })));
  assertEquals(new Set(phrases).size, 4);
  assertEquals(endingPhrase(sampleRecord({ stoppedBy: undefined })), "");
});
