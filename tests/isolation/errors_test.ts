import { assertEquals } from "@std/assert";
import { IsolationNotAppliedError } from "../../isolation/errors.ts";

Deno.test("IsolationNotAppliedError: the message has row, gate, requested and actual value, and what to do", () => {
  const cause = new Error("why");
  const error = new IsolationNotAppliedError({
    row: "integrity",
    gate: "before the start",
    asked: "low (S-1-16-4096)",
    read: "high (S-1-16-12288)",
    advice: "run it on Windows",
  }, { cause });
  assertEquals(
    error.message,
    "Cannot start the process with isolation.integrity: asked low (S-1-16-4096), " +
      "read high (S-1-16-12288), before the start; it was not run: run it on Windows",
  );
  assertEquals([
    error.name,
    error.row,
    error.gate,
    error.asked,
    error.read,
    error.cause,
    error.advice,
  ], [
    "IsolationNotAppliedError",
    "integrity",
    "before the start",
    "low (S-1-16-4096)",
    "high (S-1-16-12288)",
    cause,
    "run it on Windows",
  ]);
});
