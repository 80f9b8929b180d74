import { assertEquals, assertThrows } from "@std/assert";
import { eventsBetween, eventsCommand, type JobLook } from "../../../cli/commands/events.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

function look(pids: number[], total: number, terminated = 0): JobLook {
  return { pids, total, terminated };
}

Deno.test("eventsBetween: the first query reports the processes that exist, and no earlier events", () => {
  assertEquals(eventsBetween(undefined, look([4, 8], 17, 3)), [
    { type: "newProcess", pid: 4 },
    { type: "newProcess", pid: 8 },
  ]);
  assertEquals(eventsBetween(undefined, look([], 0)), [{ type: "activeProcessZero" }]);
});

Deno.test("eventsBetween: reports starts, ends, processes that were too short, and ends by a limit", () => {
  assertEquals(eventsBetween(look([4, 8], 2), look([8, 12], 5, 1)), [
    { type: "newProcess", pid: 12 },
    { type: "missedProcesses", count: 2 },
    { type: "terminatedByLimit", count: 1 },
    { type: "exitProcess", pid: 4 },
  ]);
});

Deno.test("eventsBetween: no change gives no event, and an empty job is reported once", () => {
  assertEquals(eventsBetween(look([4], 1), look([4], 1)), []);
  assertEquals(eventsBetween(look([4], 1), look([], 1)), [
    { type: "exitProcess", pid: 4 },
    { type: "activeProcessZero" },
  ]);
  assertEquals(eventsBetween(look([], 1), look([], 1)), []);
});

Deno.test("eventsCommand: takes one name and an interval", () => {
  const read = (...tokens: string[]): unknown =>
    eventsCommand.parse(parseArgs(tokens, eventsCommand.spec.options), new FakeIo());
  assertEquals(read("build"), { name: "build", interval: 100 });
  assertEquals(read("--json", "--interval", "1s", "build"), { name: "build", interval: 1000 });
  assertThrows(() => read(), UsageError, "No job given");
  assertThrows(() => read("a", "b"), UsageError, 'Unexpected argument "b"');
  assertThrows(() => read("--interval", "1", "a"), UsageError, "--interval: Cannot read");
});
