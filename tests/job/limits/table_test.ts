import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { JOB_OBJECT_LIMIT } from "../../../ffi/constants.ts";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import { cpuFields } from "../../../job/limits/cpu_limit.ts";
import { PART_SETTERS } from "../../../job/limits/row.ts";
import type { LimitParts } from "../../../job/limits/row.ts";
import { checkedLimits } from "../../../job/limits/change.ts";
import {
  checkTogether,
  LIMIT_NAMES,
  LIMIT_ROWS,
  limitRow,
  newerUi,
} from "../../../job/limits/table.ts";
import type { Limits } from "../../../job/limits/limits.ts";
import {
  BAD_LIMITS,
  merged,
  noLimits,
  randomChange,
  randomLimit,
} from "../../helpers/limit_values.ts";
import { Random } from "../../helpers/random.ts";

const MACHINE = { processors: 4 };
const EXTENDED = struct(STRUCTS, "JOBOBJECT_EXTENDED_LIMIT_INFORMATION");
const CPU = struct(STRUCTS, "JOBOBJECT_CPU_RATE_CONTROL_INFORMATION");
const NET = struct(STRUCTS, "JOBOBJECT_NET_RATE_CONTROL_INFORMATION");
const IO = struct(STRUCTS, "JOBOBJECT_IO_RATE_CONTROL_INFORMATION");

/** Through memory, as the system would give it back. */
function throughMemory(parts: LimitParts): LimitParts {
  return {
    ...parts,
    extended: EXTENDED.decode(EXTENDED.encode(parts.extended)),
    cpu: CPU.decode(CPU.encode(cpuFields(parts.cpu))),
    net: NET.decode(NET.encode(parts.net)),
    io: IO.decode(IO.encode(parts.io)),
  };
}

function decodeAll(parts: LimitParts): Limits {
  return Object.fromEntries(
    LIMIT_NAMES.map((name) => [name, limitRow(name).decode(parts)])
      .filter(([, value]) => value !== undefined),
  );
}

/** A different value for every limit, so that none can be in another one's field. */
const DISTINCT: Limits = {
  jobMemory: 4096 * 101,
  processMemory: 4096 * 102,
  workingSet: { min: 4096 * 103, max: 4096 * 104 },
  jobUserTime: 105.0001,
  processUserTime: 106.0002,
  endOfJobTime: "post",
  activeProcesses: 107,
  affinity: 0x6n,
  subsetAffinity: true,
  priorityClass: "aboveNormal",
  schedulingClass: 8,
  cpu: { hardCap: 11.1 },
  netBandwidth: 112,
  dscp: 13,
  ioBandwidth: 114,
  ioIops: 115,
  killOnClose: true,
  dieOnUnhandledException: true,
  breakaway: true,
  silentBreakaway: true,
  ui: ["writeClipboard", "ime"],
};

Deno.test("LIMIT_ROWS: a different value of every limit comes back from memory as it was", () => {
  const parts = noLimits();
  for (const name of LIMIT_NAMES) {
    const value = DISTINCT[name];
    if (value !== undefined) limitRow(name).encode(value as never, parts, MACHINE);
  }
  const back = throughMemory(parts);
  assertEquals(decodeAll(back), DISTINCT);
  assertEquals(back.extended.ProcessMemoryLimit, 4096n * 102n);
  assertEquals(back.extended.JobMemoryLimit, 4096n * 101n);
  assertEquals(back.extended.BasicLimitInformation, {
    PerProcessUserTimeLimit: 1_060_002n,
    PerJobUserTimeLimit: 1_050_001n,
    LimitFlags: 0x7fff & ~JOB_OBJECT_LIMIT.PRESERVE_JOB_TIME,
    MinimumWorkingSetSize: 4096n * 103n,
    MaximumWorkingSetSize: 4096n * 104n,
    ActiveProcessLimit: 107,
    Affinity: 6n,
    PriorityClass: 0x8000,
    SchedulingClass: 8,
  });
  assertEquals(back.net, { MaxBandwidth: 112n, ControlFlags: 7, DscpTag: 13 });
  assertEquals([back.io.MaxBandwidth, back.io.MaxIops, back.io.ControlFlags], [114n, 115n, 1]);
  assertEquals([back.ui, back.endOfJobTime], [0x104, 1]);
});

Deno.test("LIMIT_ROWS: removing one limit leaves every other unchanged", () => {
  for (const lifted of LIMIT_NAMES) {
    if (lifted === "groupAffinity") continue;
    const parts = noLimits();
    for (const name of LIMIT_NAMES) {
      const value = DISTINCT[name];
      if (value !== undefined) limitRow(name).encode(value as never, parts, MACHINE);
    }
    limitRow(lifted).encode(undefined, parts, MACHINE);
    assertEquals(decodeAll(throughMemory(parts)), merged(DISTINCT, { [lifted]: null }), lifted);
  }
});

Deno.test("LIMIT_ROWS: after removing the last limit nothing is left in memory", () => {
  const parts = noLimits();
  const random = new Random(4);
  for (const name of LIMIT_NAMES) {
    limitRow(name).encode(randomLimit(name, random, MACHINE) as never, parts, MACHINE);
  }
  for (const name of LIMIT_NAMES) limitRow(name).encode(undefined, parts, MACHINE);
  assertEquals(throughMemory(parts), noLimits());
});

Deno.test("LIMIT_ROWS: random sets and removals equal the model after each of 2,000 steps", () => {
  const random = new Random(11);
  let model: Limits = {};
  let parts = noLimits();
  for (let step = 0; step < 2000; step++) {
    const change = randomChange(random, { model, machine: MACHINE });
    checkedLimits(change, MACHINE);
    for (const name of LIMIT_NAMES) {
      if (change[name] === undefined) continue;
      limitRow(name).encode((change[name] ?? undefined) as never, parts, MACHINE);
    }
    checkTogether(parts);
    parts = throughMemory(parts);
    model = merged(model, change);
    assertEquals(decodeAll(parts), model, `step ${step}: ${Object.keys(change)}`);
  }
});

Deno.test("LIMIT_ROWS: every flag of class 9 belongs to one row, but for the one that keeps the clock", () => {
  const rows = LIMIT_NAMES.map(limitRow).filter((row) => row.part === "extended");
  const flags = rows.map((row) => row.flag);
  assertEquals(new Set(flags).size, flags.length);
  const all = flags.reduce((mask, flag) => mask | flag, 0);
  assertEquals(all | JOB_OBJECT_LIMIT.PRESERVE_JOB_TIME, 0x7fff);
});

Deno.test("LIMIT_ROWS: each row has its own name as key, and options, constants and texts are its own", () => {
  const options = LIMIT_NAMES.flatMap((name) => {
    const row = limitRow(name);
    assertEquals(row.name, name);
    assertEquals(row.setBy, PART_SETTERS[row.part]);
    for (const { summary, form, valueName } of row.options) {
      assert(summary !== "" && !summary.endsWith("."), name);
      assert(form.json === "boolean" || valueName !== "", name);
    }
    return row.options.map(({ option }) => option);
  });
  for (const option of options) assert(/^--[a-z]+(-[a-z]+)*$/.test(option), option);
  assertEquals(new Set(options).size, options.length);
  const names = LIMIT_NAMES.map((name) => LIMIT_ROWS[name].win32);
  assertEquals(new Set(names).size, names.length);
});

Deno.test("LIMIT_ROWS: groups are written in their order and come back", () => {
  const parts = noLimits();
  const groups = [{ group: 2, mask: 5n }, { group: 0, mask: 9n }];
  LIMIT_ROWS.groupAffinity.encode(groups, parts, MACHINE);
  assertEquals(LIMIT_ROWS.groupAffinity.decode(parts), groups.toReversed());
  const Reserved = [0, 0, 0];
  assertEquals(parts.groups, [{ Mask: 9n, Group: 0, Reserved }, { Mask: 5n, Group: 2, Reserved }]);
});

Deno.test("checkedLimits: every wrong value is refused with its field, value and range", () => {
  for (const { limits, error, says } of BAD_LIMITS) {
    const thrown = assertThrows(() => {
      checkedLimits(limits as Limits, MACHINE);
      const parts = noLimits();
      for (const [name, value] of Object.entries(limits)) {
        limitRow(name as keyof Limits).encode(value, parts, MACHINE);
      }
      checkTogether(parts);
    }, error);
    assertStringIncludes(thrown.message, says);
    assert(thrown.message.startsWith("Cannot "), thrown.message);
  }
});

Deno.test("newerUi: only the two desktop limits that older builds refuse are named", () => {
  assertEquals(newerUi(0xff), undefined);
  assertEquals(newerUi(0x101), "JOB_OBJECT_UILIMIT_IME");
  assertEquals(newerUi(0x300), "JOB_OBJECT_UILIMIT_IME, JOB_OBJECT_UILIMIT_INJECTION");
});

Deno.test("LIMIT_ROWS: a row's flag is the bit that setting it sets, and 0 where there is none", () => {
  const random = new Random(12);
  const flagsOf = (name: keyof Limits): number => {
    const row = limitRow(name);
    const parts = noLimits();
    row.encode(randomLimit(name, random, MACHINE) as never, parts, MACHINE);
    const { extended, net } = throughMemory(parts);
    // The flags of other rates are of the whole structure.
    const flags: Partial<Record<keyof LimitParts, number>> = {
      extended: extended.BasicLimitInformation.LimitFlags,
      net: net.ControlFlags,
    };
    return flags[row.part] ?? 0;
  };
  for (const name of LIMIT_NAMES) {
    const { flag } = limitRow(name);
    const found = flagsOf(name);
    assertEquals([name, flag !== 0], [name, found !== 0]);
    assertEquals([name, found & flag], [name, flag]);
  }
});

Deno.test("LIMIT_ROWS: a row's field is a field of the structure that its part is", () => {
  const structures: Partial<Record<keyof LimitParts, keyof typeof STRUCTS>> = {
    extended: "JOBOBJECT_EXTENDED_LIMIT_INFORMATION",
    endOfJobTime: "JOBOBJECT_END_OF_JOB_TIME_INFORMATION",
    ui: "JOBOBJECT_BASIC_UI_RESTRICTIONS",
    cpu: "JOBOBJECT_CPU_RATE_CONTROL_INFORMATION",
    net: "JOBOBJECT_NET_RATE_CONTROL_INFORMATION",
    io: "JOBOBJECT_IO_RATE_CONTROL_INFORMATION",
  };
  for (const name of LIMIT_NAMES) {
    const { field, part } = limitRow(name);
    const structure = structures[part];
    if (structure === undefined || field === "") continue;
    const paths = struct(STRUCTS, structure).layout.map(({ path }) => path);
    assert(paths.includes(field), `${name}: ${field} is none of ${paths.join(", ")}`);
  }
});
