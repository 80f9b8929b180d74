import "../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { loadTimers, setQuietTimeout } from "../../../process/quiet_timer.ts";

// First, because any timer of an earlier test would load Deno's timers.
Deno.test("loadTimers: afterwards a call that sets a timer runs no other code", () => {
  loadTimers();
  let ran = false;
  queueMicrotask(() => ran = true);
  clearTimeout(setQuietTimeout(() => {}, 1_000));
  assert(!ran);
});

Deno.test("setQuietTimeout: calls while something else keeps the program alive, and can be cleared", async () => {
  let calls = 0;
  const cleared = setQuietTimeout(() => calls += 100, 1);
  clearTimeout(cleared);
  const called = Promise.withResolvers<void>();
  setQuietTimeout(() => {
    calls++;
    called.resolve();
  }, 1);
  const alive = setTimeout(() => called.reject(new Error("Cannot wait longer: no call")), 10_000);
  await called.promise;
  clearTimeout(alive);
  assertEquals(calls, 1);
});
