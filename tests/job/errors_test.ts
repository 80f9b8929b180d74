import { assert, assertEquals } from "@std/assert";
import { LimitNotAppliedError, NotRegisteredError } from "../../job/errors.ts";

Deno.test("LimitNotAppliedError: it has the limit, the set value and the found value", () => {
  const error = new LimitNotAppliedError("Cannot set x", {
    limit: "x",
    wanted: 5,
    found: undefined,
  });
  assert(error instanceof Error);
  assertEquals([error.name, error.limit, error.wanted, error.found, error.message], [
    "LimitNotAppliedError",
    "x",
    5,
    undefined,
    "Cannot set x",
  ]);
});

Deno.test("NotRegisteredError: it has its name", () => {
  assertEquals(new NotRegisteredError("Cannot poll").name, "NotRegisteredError");
});
