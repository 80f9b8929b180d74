import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { kernel32 } from "../../../../ffi/library.ts";
import { JOB_OBJECT_MSG } from "../../../../ffi/constants.ts";
import { has, shownMessages, TrialPort } from "../../../../job/conformance/trial_port.ts";

function post(port: TrialPort, code: number, value = 0n): void {
  kernel32.PostQueuedCompletionStatus(port.value, code, 3n, value);
}

Deno.test("TrialPort.take: returns a message with its key and value, or undefined if none comes in time", () => {
  using port = new TrialPort();
  assertEquals(port.take(0), undefined);
  post(port, JOB_OBJECT_MSG.EXIT_PROCESS, 42n);
  assertEquals(port.take(1_000), { key: 3n, name: "EXIT_PROCESS", value: 42n });
});

Deno.test("TrialPort.until, all: return messages in order, the named message last, unknown messages too", () => {
  using port = new TrialPort();
  const { ACTIVE_PROCESS_ZERO, EXIT_PROCESS, NEW_PROCESS } = JOB_OBJECT_MSG;
  for (const code of [NEW_PROCESS, 99, EXIT_PROCESS, ACTIVE_PROCESS_ZERO]) post(port, code);
  const first = port.until("EXIT_PROCESS", 1_000);
  assertEquals(shownMessages(first), "NEW_PROCESS, an unknown message, EXIT_PROCESS");
  assertEquals([has(first, "NEW_PROCESS"), has(first, "ACTIVE_PROCESS_ZERO")], [true, false]);
  assertEquals(shownMessages(port.all(0)), "ACTIVE_PROCESS_ZERO");
  assertEquals(shownMessages(port.until("NEW_PROCESS", 10)), "no message");
});
