import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { KillRequests, requestKill } from "../../../cli/kill_request.ts";
import { uniqueName } from "../../helpers/jobbox_process.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

Deno.test("KillRequests: a request stays, and is that of one run", () => {
  const name = uniqueName();
  assertEquals(requestKill(name), false);
  {
    using kills = new KillRequests(name);
    using others = new KillRequests(`${name}2`);
    assertEquals(kills.came, false);
    assertEquals([requestKill(name), requestKill(name)], [true, true]);
    assertEquals([kills.came, others.came], [true, false]);
  }
  assertEquals(requestKill(name), false);
  using again = new KillRequests(name);
  assertEquals(again.came, false);
});

Deno.test("KillRequests: without a name, or with one that leaves no room, none comes", () => {
  for (const name of [undefined, "x".repeat(260)]) {
    using kills = new KillRequests(name);
    assertEquals(kills.came, false);
    if (name !== undefined) assertEquals(requestKill(name), false);
  }
});

Deno.test("KillRequests: a missing report of the system is not a result", () => {
  const name = uniqueName();
  using kills = new KillRequests(name);
  using _refused = substituteKernel("QueryInformationJobObject", () => () => {
    kernel32.SetLastError(ERROR.ACCESS_DENIED);
    return 0;
  });
  assertThrows(() => kills.came, Win32Error);
  assertThrows(() => requestKill(name), Win32Error);
});
