import { assertEquals } from "@std/assert";
import { UsageError } from "../../../cli/args/usage_error.ts";

Deno.test("UsageError: carries its example and its cause, and neither where there is none", () => {
  const cause = new SyntaxError("x");
  const error = new UsageError("Cannot read x", { example: "jobbox run -- x", cause });
  assertEquals([error.name, error.message], ["UsageError", "Cannot read x"]);
  assertEquals([error.example, error.cause], ["jobbox run -- x", cause]);
  const bare = new UsageError("Cannot read x");
  assertEquals([bare.example, "cause" in bare], [undefined, false]);
});
