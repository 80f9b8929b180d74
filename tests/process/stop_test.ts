import { assertEquals, assertThrows } from "@std/assert";
import { checkKill, readStop, settledWithin } from "../../process/stop.ts";

Deno.test("readStop: reads grace and exit code, and refuses anything else", () => {
  assertEquals(readStop({ grace: 1, exitCode: 2 }, "Cannot stop"), { grace: 1, exitCode: 2 });
  assertThrows(() => readStop({ timeout: 1 } as never, "Cannot stop"), TypeError, "no such part");
  assertThrows(() => readStop({ grace: NaN }, "Cannot stop"), RangeError, "options.grace");
  assertThrows(() => readStop({ exitCode: "1" as never }, "Cannot stop"), TypeError, "exitCode");
});

Deno.test("checkKill: only signals that end a process on every system", () => {
  checkKill("SIGTERM", "Cannot kill");
  const error = assertThrows(() => checkKill("SIGUSR1", "Cannot kill"), TypeError, "SIGKILL");
  assertEquals(error.message.endsWith('got "SIGUSR1"'), true, error.message);
});

Deno.test("settledWithin: ends with the promise, or after the time, and leaves no timer", async () => {
  await settledWithin(Promise.resolve(), 600_000);
  await settledWithin(new Promise(() => {}), 1);
});
