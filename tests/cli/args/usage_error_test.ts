import { assertEquals } from "@std/assert";
import { UsageError } from "../../../cli/args/usage_error.ts";

Deno.test("UsageError: has a cause only if one is given", () => {
  const cause = new SyntaxError("x");
  const error = new UsageError("Cannot read x", { cause });
  assertEquals([error.name, error.message], ["UsageError", "Cannot read x"]);
  assertEquals(error.cause, cause);
  assertEquals("cause" in new UsageError("Cannot read x"), false);
});
