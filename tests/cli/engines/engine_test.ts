import { assertEquals } from "@std/assert";
import { MachineFaultError } from "../../../cli/engines/engine.ts";

Deno.test("MachineFaultError: has a name, a message and its cause", () => {
  const cause = new Error("disk full");
  const error = new MachineFaultError("no ad", { cause });
  assertEquals([error.name, error.message, error.cause], ["MachineFaultError", "no ad", cause]);
  assertEquals("cause" in new MachineFaultError("no ad"), false);
});
