import { assertEquals } from "@std/assert";
import { machineOf } from "../../../cli/run/machine.ts";

Deno.test("machineOf: a name that the system does not report is absent", () => {
  const processors = (): number => 4;
  assertEquals(machineOf({ machineName: () => "w", processors }), { name: "w", processors: 4 });
  assertEquals(machineOf({ machineName: () => undefined, processors }), { processors: 4 });
});
