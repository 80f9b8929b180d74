import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { markRun, RunMark } from "../../../cli/run_mark.ts";
import { uniqueName } from "../../helpers/jobbox_process.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

Deno.test("RunMark: a request stays, and belongs to one run", () => {
  const name = uniqueName();
  assertEquals(markRun("kill", name), false);
  {
    using kills = new RunMark("kill", name);
    using others = new RunMark("kill", `${name}2`);
    assertEquals(kills.isSet, false);
    assertEquals([markRun("kill", name), markRun("kill", name)], [true, true]);
    assertEquals([kills.isSet, others.isSet], [true, false]);
  }
  assertEquals(markRun("kill", name), false);
  using again = new RunMark("kill", name);
  assertEquals(again.isSet, false);
});

Deno.test("RunMark: no mark without a name, or with a name that is too long", () => {
  for (const name of [undefined, "x".repeat(260)]) {
    using kills = new RunMark("kill", name);
    assertEquals(kills.isSet, false);
    if (name !== undefined) assertEquals(markRun("kill", name), false);
  }
});

Deno.test("RunMark: a query without a result is unknown", () => {
  const name = uniqueName();
  using kills = new RunMark("kill", name);
  using _refused = substituteKernel("QueryInformationJobObject", () => () => {
    kernel32.SetLastError(ERROR.ACCESS_DENIED);
    return 0;
  });
  assertThrows(() => kills.isSet, Win32Error);
  assertThrows(() => markRun("kill", name), Win32Error);
});

Deno.test("markRun: a mark can be cleared, and differs from marks of other kinds", () => {
  const name = uniqueName();
  using kills = new RunMark("kill", name);
  using frozen = new RunMark("frozen", name);
  assertEquals([markRun("frozen", name), frozen.isSet, kills.isSet], [true, true, false]);
  assertEquals([markRun("frozen", name, false), frozen.isSet], [true, false]);
});
