/**
 * The real tool's `doctor --conformance` as a user runs it, and what must hold of it on every kernel.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { PromiseReport } from "../../cli/doctor/conformance.ts";
import { PROMISES } from "../../job/conformance/promises.ts";
import {
  differences,
  expectedFile,
  type ExpectedPromise,
  type KernelName,
} from "./conformance_expected.ts";
import { jobbox } from "./jobbox_process.ts";

/** A minute is what it may take; a machine that is busy with other tests gets more. */
const DEADLINE_MS = 180_000;

/**
 * Runs it and compares its results with the stored ones.
 *
 * @param kernel The kernel that it runs on; absent for one without stored results.
 */
export async function assertConformance(kernel: KernelName | undefined): Promise<void> {
  const run = await jobbox(["doctor", "--conformance", "--json"], { deadlineMs: DEADLINE_MS });
  assertEquals([run.code, run.err], [0, ""]);
  const found: PromiseReport[] = JSON.parse(run.out);
  assertEquals(found.map(({ promise }) => promise), PROMISES.map(({ id }) => id));
  const texts = found.map(({ seen, system }) => `${seen} ${JSON.stringify(system)}`);
  for (const text of texts) {
    assert(!/[\\/]|jobbox-trial/.test(text), `a path or a name is in the output: ${text}`);
  }
  const system = found[0]!.system;
  assertEquals(Object.keys(system).toSorted(), [
    ...["architecture", "deno", "jobbox", "processors", "windows"],
    ...kernel === undefined ? [] : ["wine"],
  ]);
  if (kernel === undefined) return;
  const kept: ExpectedPromise[] = JSON.parse(await Deno.readTextFile(expectedFile(kernel)));
  assertEquals(differences(found, kept), []);
}
