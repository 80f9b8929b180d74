import { assertEquals } from "@std/assert";
import { ENDED_BY_JOBBOX, EXIT_CODES, exitCodeOf, VERDICTS } from "../../cli/exit_code.ts";

Deno.test("exitCodeOf: every verdict has its documented code", () => {
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

Deno.test("exitCodeOf: a command whose code is unknown counts as a failure of jobbox", () => {
  assertEquals(exitCodeOf("exited"), 125);
  assertEquals(exitCodeOf("exited", 0), 0);
  assertEquals(exitCodeOf("exited", 0xffff_ffff), 0xffff_ffff);
});

Deno.test("EXIT_CODES: each verdict and each code is in exactly one row", () => {
  const verdicts = EXIT_CODES.flatMap((row) => row.verdicts);
  assertEquals([...verdicts].sort(), [...VERDICTS].sort());
  const codes = EXIT_CODES.map(({ code }) => code);
  assertEquals(codes.length, new Set(codes).size);
});

Deno.test("ENDED_BY_JOBBOX: is a status in the range for applications", () => {
  assertEquals(ENDED_BY_JOBBOX >>> 29, 0b111);
});
