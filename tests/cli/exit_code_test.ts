import { assertEquals } from "@std/assert";
import { ENDED_BY_JOBBOX, EXIT_CODES, exitCodeOf, VERDICTS } from "../../cli/exit_code.ts";

Deno.test("exitCodeOf: every verdict has the code of the documentation", () => {
  const codes = Object.fromEntries(VERDICTS.map((verdict) => [verdict, exitCodeOf(verdict, 7)]));
  assertEquals(codes, {
    exited: 7,
    notFound: 127,
    cannotExecute: 126,
    timeout: 124,
    memory: 137,
    cpuTime: 152,
    processes: 143,
    outputSize: 153,
    notification: 143,
    interrupted: 130,
    killed: 143,
    failed: 125,
  });
});

Deno.test("exitCodeOf: a command whose code is not known is a failure of ours", () => {
  assertEquals(exitCodeOf("exited"), 125);
  assertEquals(exitCodeOf("exited", 0), 0);
  assertEquals(exitCodeOf("exited", 0xffff_ffff), 0xffff_ffff);
});

Deno.test("EXIT_CODES: each verdict is in one row, and each code too", () => {
  const verdicts = EXIT_CODES.flatMap((row) => row.verdicts);
  assertEquals([...verdicts].sort(), [...VERDICTS].sort());
  const codes = EXIT_CODES.map(({ code }) => code);
  assertEquals(codes.length, new Set(codes).size);
});

Deno.test("ENDED_BY_JOBBOX: is a status of the customer range", () => {
  assertEquals(ENDED_BY_JOBBOX >>> 29, 0b111);
});
