import { assertEquals } from "@std/assert";
import { type Counts, EmptySweep } from "../../../job/messages/empty_sweep.ts";

/** A sweep over counts that a test changes, and what it reports. */
function sweeping() {
  const state = {
    counts: { ActiveProcesses: 0, TotalProcesses: 0 } as Counts,
    found: [] as unknown[],
  };
  const sweep = new EmptySweep({
    counts: () => state.counts,
    empty: () => state.found.push("empty"),
    failed: (error) => state.found.push(error),
  });
  return { state, sweep };
}

Deno.test("EmptySweep: a job whose message did not come is found by the second query", () => {
  const { state, sweep } = sweeping();
  const look = (): unknown[] => {
    sweep.look();
    return state.found.splice(0);
  };
  assertEquals([look(), look()], [[], []], "it had no process yet");
  state.counts = { ActiveProcesses: 1, TotalProcesses: 1 };
  assertEquals([look(), look()], [[], []], "it has a process");
  state.counts = { ActiveProcesses: 0, TotalProcesses: 1 };
  assertEquals([look(), look(), look()], [[], ["empty"], []], "the message may be on its way");
  state.counts = { ActiveProcesses: 0, TotalProcesses: 3 };
  assertEquals([look(), look(), look()], [[], ["empty"], []], "it was in use again");
});

Deno.test("EmptySweep: a message that came is not repeated", () => {
  const { state, sweep } = sweeping();
  state.counts = { ActiveProcesses: 0, TotalProcesses: 2 };
  sweep.told();
  assertEquals(sweep.emptied(), 2);
  for (let looks = 0; looks < 3; looks++) sweep.look();
  assertEquals(state.found, []);
});

Deno.test("EmptySweep: queries while a caller waits, and reports a failed query", async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const sweep = new EmptySweep({
    counts: () => {
      throw new Error("refused");
    },
    empty: () => {},
    failed: resolve,
  });
  sweep.wait(1);
  sweep.wait(1);
  sweep.wait(-1);
  assertEquals((await promise as Error).message, "refused");
  // A timer that went on would fail this test.
  sweep.wait(-1);
});
