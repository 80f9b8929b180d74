import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { IsolationNotAppliedError } from "../../../isolation/errors.ts";
import { isolate, withRecipe } from "../../../isolation/isolate.ts";
import type { Isolation } from "../../../isolation/isolation.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { temporaryNames } from "../../helpers/isolated_runs.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

const START = { command: "x.exe", options: { env: { A: "1" }, args: ["2"] } };

/** The job is only looked at by `protect`. */
const PLACE = { job: { handle: 0n, name: undefined } };

Deno.test("isolate: the first gate starts nothing, and takes everything back", async () => {
  let started = 0;
  using _counting = substituteKernel("CreateProcessW", (real) => (...args) => {
    started++;
    return real(...args);
  });
  const before = temporaryNames();
  await assertNoHandleLeft(() => {
    using recipe = isolate({ admin: false, privileges: [], temp: "fresh" }, START, PLACE);
    assertEquals(temporaryNames().length, before.length + 1);
    const { options } = withRecipe(START, recipe);
    assertEquals([options.args, options.env?.["A"], options.clearEnv], [["2"], "1", false]);
    assert(options.env?.["TEMP"]?.includes("\\jobbox-"));
  });
  assertEquals([started, temporaryNames()], [0, before]);
});

Deno.test("isolate: a privilege that the system does not know is refused before anything is made", () => {
  const wish: Isolation = { privileges: ["SeNoSuchPrivilege"], temp: "fresh" };
  const before = temporaryNames();
  assertThrows(() => isolate(wish, START, PLACE), IsolationNotAppliedError, "SeNoSuchPrivilege");
  assertEquals(temporaryNames(), before);
});

Deno.test("isolate: a failure of the last restriction takes the first ones back", async () => {
  const before = temporaryNames();
  await assertNoHandleLeft(() => {
    using _fault = substituteKernel("GetTempPathW", () => () => 0);
    assertThrows(() => isolate({ privileges: [], temp: "fresh" }, START, PLACE));
  });
  assertEquals(temporaryNames(), before);
});
