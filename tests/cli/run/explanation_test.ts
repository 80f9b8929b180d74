import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Explanation, renderExplanation } from "../../../cli/run/explanation.ts";

const HOSTILE = "a\x1b[1K\r Program: harmless\u009b31m\u202e\u2028b";

function explanation(): Explanation {
  return {
    executable: "C:\\cmd.exe",
    args: [HOSTILE, 'say "hi"'],
    cwd: `C:\\${HOSTILE}`,
    limits: [{
      name: "jobMemory",
      options: [`--memory ${HOSTILE}`],
      win32: "JOB_OBJECT_LIMIT_JOB_MEMORY",
      setBy: "JobObjectExtendedLimitInformation",
      whenReached: "the allocation fails",
      refused: HOSTILE,
    }],
    isolation: [],
    ownLimits: [],
    files: [`reads ${HOSTILE}`],
    calls: [`CreateJobObjectW: ${HOSTILE}`],
    refused: [HOSTILE],
    exitCode: 0,
    policy: {},
  };
}

Deno.test("renderExplanation: a policy's text can neither overwrite a line nor add one", () => {
  const text = renderExplanation(explanation());
  // deno-lint-ignore no-control-regex -- they are what must not be there
  assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028]/.test(text), false);
  const plain = renderExplanation({
    ...explanation(),
    args: ["a"],
    cwd: "C:\\a",
    refused: ["a"],
    calls: ["a"],
  });
  assertEquals(text.split("\n").length, plain.split("\n").length);
});

Deno.test("renderExplanation: a limit of jobbox itself is shown as one", () => {
  const none = { ...explanation(), limits: [] };
  const text = renderExplanation({
    ...none,
    ownLimits: [{ name: "wallTime", option: "--timeout 2s", whenReached: "after 2s: an end" }],
  });
  assertStringIncludes(
    text,
    "Limits of the kernel: none\nLimits of jobbox:\n  --timeout 2s\n      after 2s: an end\nCalls:",
  );
  assertEquals(renderExplanation(none).includes("Limits of jobbox"), false);
});

Deno.test("renderExplanation: quotes within an argument are shown", () => {
  const [first] = renderExplanation({ ...explanation(), args: ['say "hi"', ""] }).split("\n");
  assertEquals(first, 'Program: C:\\cmd.exe "say \\"hi\\"" ""');
});
