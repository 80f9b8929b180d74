import { assertEquals, assertThrows } from "@std/assert";
import { readStop } from "../../process/stop.ts";

Deno.test("readStop: grace and exit code, and nothing else", () => {
  assertEquals(readStop({ grace: 1, exitCode: 2 }, "Cannot stop"), { grace: 1, exitCode: 2 });
  assertThrows(() => readStop({ timeout: 1 } as never, "Cannot stop"), TypeError, "no such part");
  assertThrows(() => readStop({ grace: NaN }, "Cannot stop"), RangeError, "options.grace");
  assertThrows(() => readStop({ exitCode: "1" as never }, "Cannot stop"), TypeError, "exitCode");
});
