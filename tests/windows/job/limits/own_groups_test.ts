import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { narrowerGroups, OwnGroups } from "../../../../job/limits/own_groups.ts";
import { processorGroups } from "../../../../job/machine.ts";

function all() {
  return processorGroups().map(({ group, mask }) => ({
    Mask: mask,
    Group: group,
    Reserved: [0, 0, 0],
  }));
}

Deno.test("narrowerGroups: all processors of the machine are no limit", () => {
  assertEquals(narrowerGroups(all()), []);
  assertEquals(narrowerGroups([]), []);
});

Deno.test("OwnGroups: all processors are a limit where they were set", () => {
  const groups = new OwnGroups();
  assertEquals(groups.limitOf(all()), []);
  groups.set = all();
  assertEquals(groups.limitOf(all()), all());
});
