import { assertEquals, assertThrows } from "@std/assert";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import {
  decodeLimits,
  differences,
  namedRows,
  PARTS_IN_ORDER,
  partsToRead,
  planChange,
} from "../../../job/limits/change.ts";
import type { Limits } from "../../../job/limits/limits.ts";
import type { LimitParts } from "../../../job/limits/row.ts";
import { merged, randomChange } from "../../helpers/limit_values.ts";
import { Random } from "../../helpers/random.ts";

const MACHINE = { processors: 4 };

function none(): LimitParts {
  const decode = <N extends keyof typeof STRUCTS>(name: N) => {
    const codec = struct(STRUCTS, name);
    return codec.decode(codec.allocate());
  };
  return {
    extended: decode("JOBOBJECT_EXTENDED_LIMIT_INFORMATION"),
    endOfJobTime: 0,
    ui: 0,
    groups: [],
    cpu: decode("JOBOBJECT_CPU_RATE_CONTROL_INFORMATION"),
    net: decode("JOBOBJECT_NET_RATE_CONTROL_INFORMATION"),
    io: decode("JOBOBJECT_IO_RATE_CONTROL_INFORMATION"),
  };
}

function after(before: LimitParts, limits: Limits): LimitParts {
  return planChange(limits, before, MACHINE).draft;
}

Deno.test("planChange: all limits of a structure are one write of it, class 9 last", () => {
  const limits = {
    jobMemory: 8192,
    killOnClose: true,
    activeProcesses: 3,
    ui: ["desktop"],
  } as const;
  const { parts, rows } = planChange(limits, none(), MACHINE);
  assertEquals(parts, ["ui", "extended"]);
  assertEquals(rows.map(({ name }) => name), ["jobMemory", "activeProcesses", "killOnClose", "ui"]);
  assertEquals(PARTS_IN_ORDER.at(-1), "extended");
});

Deno.test("planChange: what was before stays as it was, and what is not named is in the draft", () => {
  const before = after(none(), { jobMemory: 8192, cpu: { weight: 3 } });
  const kept = structuredClone(before);
  const { draft } = planChange({ jobMemory: null, activeProcesses: 3 }, before, MACHINE);
  assertEquals(before, kept);
  assertEquals(decodeLimits(draft), { activeProcesses: 3, cpu: { weight: 3 } });
});

Deno.test("planChange: random changes equal the model", () => {
  const random = new Random(5);
  let [model, parts]: [Limits, LimitParts] = [{}, none()];
  for (let step = 0; step < 500; step++) {
    const change = randomChange(random, { model, machine: MACHINE });
    parts = after(parts, change);
    model = merged(model, change);
    assertEquals(decodeLimits(parts), model, `step ${step}`);
  }
});

Deno.test("planChange: a control that never was is not written to be lifted, one that was is", () => {
  const lifts = { cpu: null, ui: null, ioIops: null, groupAffinity: null, endOfJobTime: null };
  assertEquals(planChange(lifts, none(), MACHINE).parts, []);
  const before = after(none(), { cpu: { weight: 3 }, ui: ["desktop"] });
  assertEquals(planChange(lifts, before, MACHINE).parts, ["ui", "cpu"]);
});

Deno.test("planChange: the clock goes on unless its limit is named", () => {
  assertEquals(planChange({ jobMemory: 8192 }, none(), MACHINE).keepsClock, true);
  assertEquals(planChange({ jobUserTime: 5 }, none(), MACHINE).keepsClock, false);
  assertEquals(planChange({ jobUserTime: null }, none(), MACHINE).keepsClock, false);
});

Deno.test("planChange: limits that contradict each other are refused as they will be", () => {
  const before = after(none(), { affinity: 1n });
  const groups = { groupAffinity: [{ group: 0, mask: 1n }] };
  assertThrows(() => planChange(groups, before, MACHINE), TypeError, "exclude each other");
  planChange({ ...groups, affinity: null }, before, MACHINE);
});

Deno.test("partsToRead: the parts of the limits, and those of what excludes them", () => {
  assertEquals([...partsToRead(namedRows({ jobMemory: 8192 }))], ["extended"]);
  const groups = namedRows({ groupAffinity: null });
  assertEquals([...partsToRead(groups)], ["groups", "extended"]);
});

Deno.test("differences: what was not written as it was set, and what the system does not tell", () => {
  const change = planChange({ jobMemory: 8192, cpu: { weight: 3 } }, none(), MACHINE);
  assertEquals(differences(change, change.draft, new Set()), []);
  assertEquals(differences(change, none(), new Set()), [
    { name: "jobMemory", wanted: 8192, found: undefined },
    { name: "cpu", wanted: { weight: 3 }, found: undefined },
  ]);
  const [blind, ...rest] = differences(change, change.draft, new Set(["cpu"]));
  assertEquals([blind?.name, rest], ["cpu", []]);
  // What is lifted and still there is one too.
  const lift = planChange({ jobMemory: null }, change.draft, MACHINE);
  assertEquals(differences(lift, change.draft, new Set()), [
    { name: "jobMemory", wanted: undefined, found: 8192 },
  ]);
});
