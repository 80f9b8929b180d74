import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import * as mod from "../mod.ts";

// This file runs without any permission, so that it runs at all shows that the import needs none.

const IS_WINDOWS = Deno.build.os === "windows";

Deno.test("mod: importing it asks for no permission and does nothing", () => {
  assertEquals(Deno.permissions.querySync({ name: "ffi" }).state, "prompt");
  assertEquals(typeof mod.JobObject.create, "function");
});

Deno.test("mod: the first call on another system is an UnsupportedPlatformError", {
  ignore: IS_WINDOWS,
}, () => {
  const calls: (() => unknown)[] = [
    () => mod.JobObject.create(),
    () => mod.JobObject.create({ name: "x", killOnClose: true, limits: { jobMemory: 1 << 30 } }),
    () => mod.JobObject.open("x"),
  ];
  for (const call of calls) {
    const error = assertThrows(call, mod.UnsupportedPlatformError);
    assertMatch(error.message, /^Cannot call \w+: job objects are a part of Windows, and this is /);
    assert(error.message.endsWith(Deno.build.os));
  }
  assertThrows(calls[0]!, mod.UnsupportedPlatformError, "Cannot call CreateJobObjectW: ");
});

Deno.test("mod: wrong arguments are reported before an unsupported platform", () => {
  assertThrows(() => mod.JobObject.create({ name: "a\0b" }), TypeError, "NUL");
  assertThrows(() => mod.JobObject.create({ limits: { jobMemory: -1 } }), RangeError);
  assertThrows(() => mod.JobObject.open(""), TypeError, "its name is empty");
  // Ignored, each of them would be a job without what was asked for.
  const wrong = [{ killonclose: true }, { jobMemory: 1 << 30 }, { name: "x", access: ["query"] }];
  for (const options of wrong as mod.CreateOptions[]) {
    assertThrows(() => mod.JobObject.create(options), TypeError, "options has no such part, only");
  }
  assertThrows(
    () => mod.JobObject.create("x" as mod.CreateOptions),
    TypeError,
    "an object of name",
  );
  const rights = { rights: ["query"] } as mod.OpenOptions;
  assertThrows(() => mod.JobObject.open("x", rights), TypeError, "only access");
});

Deno.test("mod: each error has its own name and is an Error", () => {
  const errors = [
    new mod.AlreadyClosedError("a"),
    new mod.NotRegisteredError("b"),
    new mod.UnsupportedPlatformError("c"),
    new mod.LimitNotAppliedError("d", { limit: "jobMemory", wanted: 1, found: undefined }),
  ];
  assertEquals(
    errors.map((error) => [error instanceof Error, error.name]),
    ["AlreadyClosedError", "NotRegisteredError", "UnsupportedPlatformError", "LimitNotAppliedError"]
      .map((name) => [true, name]),
  );
});
