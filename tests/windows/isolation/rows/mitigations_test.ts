import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { kernel32 } from "../../../../ffi/library.ts";
import { IsolationNotAppliedError } from "../../../../isolation/errors.ts";
import { MitigationsWork } from "../../../../isolation/rows/mitigations.ts";
import type { Born } from "../../../../isolation/work.ts";
import {
  assertDeviationIsSeen,
  assertRefused,
  runIsolated,
} from "../../../helpers/isolated_runs.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

const WISH = { mitigations: ["extension-points", "no-remote-images"] } as const;

/** Whether this system reports mitigations: one that succeeds but writes nothing does not. */
function answers(): boolean {
  const memory = Uint32Array.of(0xdead_beef);
  const process = kernel32.GetCurrentProcess();
  return kernel32.GetProcessMitigationPolicy(process, 6, memory, 4n) !== 0 &&
    memory[0] !== 0xdead_beef;
}

Deno.test("mitigations: the command has them, or never starts", async () => {
  if (answers()) {
    const { restrictions } = await runIsolated(WISH, ["exit", "0"]);
    assertEquals(restrictions[0]!.readBack, "extension-points, no-remote-images");
    assertDeviationIsSeen(WISH, "mitigations");
    return;
  }
  const error = await assertRefused(WISH);
  assertEquals([error.row, error.gate], ["mitigations", "in the suspended process"]);
  assertEquals(error.read, "extension-points: the system reports success but no value");
});

Deno.test("mitigations: a policy that is off, and one that cannot be asked, are refused", () => {
  const work = new MitigationsWork(["no-remote-images", "no-low-images"]);
  const policies = (value: number, result = 1): Disposable =>
    substituteKernel("GetProcessMitigationPolicy", () => (_process, _policy, memory) => {
      (memory as Uint32Array)[0] = value;
      return result;
    });
  const born = { process: 0n } as Born;
  {
    using _on = policies(0b11);
    assertEquals(work.readBack(born), "no-remote-images, no-low-images");
  }
  for (const [value, result, said] of [[0b1, 1, "it is off"], [0b11, 0, "ERROR_"]] as const) {
    using _off = policies(value, result);
    assertThrows(() => work.readBack(born), IsolationNotAppliedError, said);
  }
});
