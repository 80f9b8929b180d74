import { assertEquals, assertInstanceOf } from "@std/assert";
import { UnsupportedPlatformError } from "../../ffi/unsupported_platform.ts";

Deno.test("UnsupportedPlatformError: name, message and cause", () => {
  const cause = new Error("why");
  const error = new UnsupportedPlatformError("Cannot do it: no", { cause });
  assertInstanceOf(error, Error);
  assertEquals([error.name, error.message, error.cause], [
    "UnsupportedPlatformError",
    "Cannot do it: no",
    cause,
  ]);
  assertEquals(String(error), "UnsupportedPlatformError: Cannot do it: no");
});
