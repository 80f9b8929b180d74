import { assertEquals } from "@std/assert";
import { unexplainedHolds } from "../../tools/pool/holds.ts";

Deno.test("unexplainedHolds: only transfers that a kill can have ended, one for each", () => {
  const hold = (ProcId: number, HoldReasonCode: number, HoldReason?: string) => ({
    ProcId,
    HoldReasonCode,
    ...HoldReason === undefined ? {} : { HoldReason },
  });
  const output = hold(1, 12, "Transfer output files failure");
  const input = hold(2, 13, "Transfer input files failure");
  const policy = hold(3, 3, "The job attribute OnExitHold evaluated to TRUE");
  const silent = hold(4, 12);
  assertEquals(unexplainedHolds([output, input], 2), []);
  assertEquals(unexplainedHolds([output, input], 1), [input]);
  assertEquals(unexplainedHolds([output], 0), [output]);
  assertEquals(unexplainedHolds([output, policy, silent], 9), [policy, silent]);
});
