import { assertEquals } from "@std/assert";
import { recordedIsolation } from "../../../cli/report/isolation.ts";
import { IsolationNotAppliedError } from "../../../mod.ts";

Deno.test("recordedIsolation: empty if nothing was requested", () => {
  assertEquals(recordedIsolation(undefined, {}), undefined);
});

Deno.test("recordedIsolation: what was requested, read back, shown and could not be removed", () => {
  const restrictions = [{ row: "temp", asked: "a", readBack: "b", shown: "c" }];
  assertEquals(
    recordedIsolation({ temp: "fresh" }, {
      inForce: { restrictions, cleanup: Promise.resolve([]) },
      left: ["Cannot delete it"],
    }),
    { asked: { temp: "fresh" }, restrictions, left: ["Cannot delete it"] },
  );
});

Deno.test("recordedIsolation: a restriction that is not in force, and another failure", () => {
  const refused = new IsolationNotAppliedError({
    row: "integrity",
    gate: "before the start",
    asked: "low",
    read: "high",
  });
  assertEquals(recordedIsolation({ integrity: "low" }, { refused }), {
    asked: { integrity: "low" },
    restrictions: [],
    refused: { row: "integrity", asked: "low", readBack: "high", gate: "before the start" },
    left: [],
  });
  assertEquals(recordedIsolation({ integrity: "low" }, { refused: new Error("x") }), {
    asked: { integrity: "low" },
    restrictions: [],
    left: [],
  });
});
