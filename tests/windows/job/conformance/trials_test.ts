import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { ERROR } from "../../../../ffi/constants.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { PROMISES } from "../../../../job/conformance/promises.ts";
import { trials, tryPromises } from "../../../../job/conformance/trials.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("trials: each belongs to a promise", () => {
  assertEquals(Object.keys(trials()).toSorted(), PROMISES.map(({ trial }) => trial).toSorted());
});

Deno.test("tryPromises: each result comes as soon as it is found, in the table's order", async () => {
  const some = PROMISES.filter(({ area }) => area === "jobs").slice(0, 3);
  const told: string[] = [];
  const results = await tryPromises(some, ({ promise }) => told.push(promise.id));
  assertEquals(told, some.map(({ id }) => id));
  assertEquals(results.map(({ promise, verdict }) => [promise.id, verdict]), [
    ["name-taken", "kept"],
    ["name-case", "kept"],
    ["name-unknown", "kept"],
  ]);
});

Deno.test("tryPromises: a trial that throws decides nothing, and its text contains no paths", async () => {
  const one = PROMISES.filter(({ id }) => id === "wide-code");
  const refuse = (): number => {
    kernel32.SetLastError(ERROR.NO_SYSTEM_RESOURCES);
    return 0;
  };
  using _refused = substituteKernel("CreateProcessW", () => refuse);
  const [result] = await tryPromises(one);
  assertEquals([result?.verdict, result?.seen], [
    "not triable",
    "the trial failed: CreateProcessW: ERROR_NO_SYSTEM_RESOURCES",
  ]);
});
