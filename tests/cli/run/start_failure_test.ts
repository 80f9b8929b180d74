import { assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { startFailure, withJobAdvice, withProcessAdvice } from "../../../cli/run/start_failure.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { ISOLATION_ROWS } from "../../../isolation/table.ts";
import { IsolationNotAppliedError } from "../../../mod.ts";

function refused(code: number, api: string): Error {
  const error = new Win32Error(code, api, "Cannot do it");
  // The system's own words need the system.
  error.systemMessage = () => "";
  return error;
}

Deno.test('startFailure: a missing program is "not found", a refused one "cannot execute"', () => {
  const verdicts = (errors: readonly unknown[]): string[] =>
    errors.map((error) => startFailure(error).verdict);
  assertEquals(
    verdicts([
      new Deno.errors.NotFound("no such program"),
      refused(2, "CreateProcessW"),
      refused(3, "CreateProcessW"),
    ]),
    ["notFound", "notFound", "notFound"],
  );
  assertEquals(
    verdicts([
      refused(193, "CreateProcessW"),
      refused(5, "CreateProcessW"),
      new TypeError("Cannot pass an argument"),
      new RangeError("too long"),
      new Deno.errors.IsADirectory("a folder"),
    ]),
    ["cannotExecute", "cannotExecute", "cannotExecute", "cannotExecute", "cannotExecute"],
  );
});

Deno.test("startFailure: a hint follows the message", () => {
  assertEquals(
    startFailure(new Deno.errors.NotFound("no such program"), { hint: "write cmd /c x" }),
    {
      verdict: "notFound",
      message: "no such program: write cmd /c x",
    },
  );
});

Deno.test("startFailure: a file of a standard stream is named by its option", () => {
  const error = new Win32Error(2, "CreateFileW", 'Cannot open "no" as a child\'s stdin');
  const { verdict, message } = startFailure(error);
  assertEquals([verdict, message], ["failed", `--stdin: ${error.message}`]);
});

Deno.test("startFailure: a full job is reported as full", () => {
  const { message, verdict } = startFailure(
    new Win32Error(1816, "CreateProcessW", "Cannot start x"),
  );
  assertEquals(verdict, "cannotExecute");
  assertStringIncludes(message, "(1816): a job that it would run in allows no more processes");
});

Deno.test("startFailure: a file that is not a program is reported, without the gap in the system's text", () => {
  const { message } = startFailure(new Win32Error(193, "CreateProcessW", "Cannot start README.md"));
  assertStringIncludes(message, "(193): this Windows cannot run it; for a script");
  const other = refused(216, "CreateProcessW") as Win32Error;
  other.systemMessage = () => "The version of %1 is not compatible";
  assertStringIncludes(startFailure(other).message, ": The version of the program is not");
});

Deno.test("startFailure: anything else is a failure of jobbox, with its message", () => {
  assertEquals(startFailure(refused(5, "AssignProcessToJobObject")).verdict, "failed");
  assertEquals(startFailure(new Error("x")), { verdict: "failed", message: "x" });
  assertEquals(startFailure("x"), { verdict: "failed", message: "x" });
});

Deno.test("withJobAdvice: says what to do about a job that cannot be made or opened", () => {
  for (
    const [api, code] of [["CreateJobObjectW", 183], ["OpenJobObjectW", 2], [
      "OpenJobObjectW",
      5,
    ]] as const
  ) {
    const error = refused(code, api);
    const advised = withJobAdvice(error) as Error;
    assertStringIncludes(advised.message, `${error.message}: `);
    assertStrictEquals(advised.cause, error);
  }
});

Deno.test("withProcessAdvice: says what to do about a process that cannot be attached", () => {
  const gone = withProcessAdvice(refused(87, "OpenProcess")) as Error;
  assertStringIncludes(gone.message, "there is no process with this id");
  for (const api of ["OpenProcess", "AssignProcessToJobObject"]) {
    const denied = withProcessAdvice(refused(5, api)) as Error;
    assertStringIncludes(denied.message, "run as that user or as administrator");
  }
  for (const error of [refused(5, "CreateProcessW"), refused(6, "OpenProcess"), "x"]) {
    assertStrictEquals(withProcessAdvice(error), error);
  }
});

Deno.test("withJobAdvice: leaves other errors as they are", () => {
  for (
    const error of [
      refused(2, "CreateProcessW"),
      refused(1450, "OpenJobObjectW"),
      new Error("x"),
      "x",
    ]
  ) {
    assertStrictEquals(withJobAdvice(error), error);
  }
});

Deno.test("startFailure: a restriction that is not in force is named by its option", () => {
  for (const { name, option } of ISOLATION_ROWS) {
    const error = new IsolationNotAppliedError({
      row: name,
      gate: "before the start",
      asked: "a",
      read: "b",
      advice: "c",
    });
    assertEquals(startFailure(error), {
      verdict: "failed",
      message: `Cannot start the process with ${option}: asked a, read b, before the start; ` +
        "it was not run: c",
    });
  }
});
