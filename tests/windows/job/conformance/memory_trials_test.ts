import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { memoryTrials } from "../../../../job/conformance/memory_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

/** What is given without a limit, and refused as Windows does above it. */
const GIVEN = 24 * 1024 ** 2;

Deno.test("memoryTrials: refusing commits only above the limit keeps the promise", async () => {
  using _refuses = substituteKernel("VirtualAllocEx", (real) => (...args) => {
    return args[2] > BigInt(GIVEN) ? 0n : real(...args);
  });
  await assertNoHandleLeft(() => {
    const { verdict, seen } = memoryTrials().processMemory();
    assertEquals(verdict, "kept", seen);
    return Promise.resolve();
  }, "processMemory");
});

Deno.test("memoryTrials: a limit without a message is detected", () => {
  using _lie = substituteKernel("SetInformationJobObject", () => () => 1);
  const { verdict, seen } = memoryTrials().processMemoryMessage();
  assertEquals([verdict, seen], ["broken", "no message"]);
});
