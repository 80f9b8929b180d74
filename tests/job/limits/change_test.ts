import { assert, assertEquals, assertThrows } from "@std/assert";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import { JOB_OBJECT_LIMIT } from "../../../ffi/constants.ts";
import {
  checkedLimits,
  decodeLimits,
  differences,
  ExtendedAsGiven,
  fromRead,
  isSilent,
  namedRows,
  PARTS_IN_ORDER,
  partsToRead,
  planChange,
  sealChecked,
  toWritten,
  withKillOnClose,
} from "../../../job/limits/change.ts";
import type { Limits } from "../../../job/limits/limits.ts";
import type { ExtendedLimits, LimitParts } from "../../../job/limits/row.ts";
import { LIMIT_NAMES, limitRow } from "../../../job/limits/table.ts";
import { merged, noLimits, randomChange } from "../../helpers/limit_values.ts";
import { Random } from "../../helpers/random.ts";

const MACHINE = { processors: 4 };

function after(before: LimitParts, limits: Limits): LimitParts {
  return planChange(limits, before, MACHINE).draft;
}

Deno.test("planChange: all limits of a structure are one write, class 9 last", () => {
  const limits = {
    jobMemory: 8192,
    killOnClose: true,
    activeProcesses: 3,
    ui: ["desktop"],
  } as const;
  const { parts, rows } = planChange(limits, noLimits(), MACHINE);
  assertEquals(parts, ["ui", "extended"]);
  assertEquals(rows.map(({ name }) => name), ["jobMemory", "activeProcesses", "killOnClose", "ui"]);
  assertEquals(PARTS_IN_ORDER.at(-1), "extended");
});

Deno.test("planChange: existing limits stay unchanged, and limits that are not named are in the draft", () => {
  const before = after(noLimits(), { jobMemory: 8192, cpu: { weight: 3 } });
  const kept = structuredClone(before);
  const { draft } = planChange({ jobMemory: null, activeProcesses: 3 }, before, MACHINE);
  assertEquals(before, kept);
  assertEquals(decodeLimits(draft), { activeProcesses: 3, cpu: { weight: 3 } });
});

Deno.test("planChange: random changes equal the model, and leave the limits before them as they were", () => {
  const random = new Random(5);
  let [model, parts]: [Limits, LimitParts] = [{}, noLimits()];
  for (let step = 0; step < 500; step++) {
    const change = randomChange(random, { model, machine: MACHINE });
    const [before, kept] = [parts, structuredClone(parts)];
    parts = after(before, change);
    assertEquals(before, kept, `step ${step}`);
    model = merged(model, change);
    assertEquals(decodeLimits(parts), model, `step ${step}`);
  }
});

Deno.test("planChange: a rate control is removed only if it was set", () => {
  const lifts = { cpu: null, ui: null, ioIops: null, groupAffinity: null, endOfJobTime: null };
  assertEquals(planChange(lifts, noLimits(), MACHINE).parts, []);
  const before = after(noLimits(), { cpu: { weight: 3 }, ui: ["desktop"] });
  assertEquals(planChange(lifts, before, MACHINE).parts, ["ui", "cpu"]);
});

Deno.test("planChange: the clock keeps running unless its limit is named", () => {
  assertEquals(planChange({ jobMemory: 8192 }, noLimits(), MACHINE).keepsClock, true);
  assertEquals(planChange({ jobUserTime: 5 }, noLimits(), MACHINE).keepsClock, false);
  assertEquals(planChange({ jobUserTime: null }, noLimits(), MACHINE).keepsClock, false);
});

Deno.test("planChange: limits that would contradict each other after the change are refused", () => {
  const before = after(noLimits(), { affinity: 1n });
  const groups = { groupAffinity: [{ group: 0, mask: 1n }] };
  assertThrows(() => planChange(groups, before, MACHINE), TypeError, "exclude each other");
  planChange({ ...groups, affinity: null }, before, MACHINE);
});

Deno.test("partsToRead: the parts of the limits, and those of what excludes them", () => {
  assertEquals([...partsToRead(namedRows({ jobMemory: 8192 }))], ["extended"]);
  const groups = namedRows({ groupAffinity: null });
  assertEquals([...partsToRead(groups)], ["groups", "extended"]);
});

Deno.test("differences: limits that differ, and limits that the system does not report", () => {
  const change = planChange({ jobMemory: 8192, cpu: { weight: 3 } }, noLimits(), MACHINE);
  assertEquals(differences(change, change.draft, new Set()), []);
  assertEquals(differences(change, noLimits(), new Set()), [
    { name: "jobMemory", wanted: 8192, found: undefined },
    { name: "cpu", wanted: { weight: 3 }, found: undefined },
  ]);
  const [blind, ...rest] = differences(change, change.draft, new Set(["cpu"]));
  assertEquals([blind?.name, rest], ["cpu", []]);
  // A removed limit that is still set is a difference too.
  const lift = planChange({ jobMemory: null }, change.draft, MACHINE);
  assertEquals(differences(lift, change.draft, new Set()), [
    { name: "jobMemory", wanted: undefined, found: 8192 },
  ]);
});

Deno.test("checkedLimits: null, undefined and false pass for every limit that allows them", () => {
  for (const name of LIMIT_NAMES) {
    checkedLimits({ [name]: null }, MACHINE);
    checkedLimits({ [name]: undefined } as Limits, MACHINE);
    if (limitRow(name).options[0].form.json === "boolean") {
      checkedLimits({ [name]: false }, MACHINE);
    }
  }
  for (const bad of [null, 5, "x", []]) {
    assertThrows(() => checkedLimits(bad as unknown as Limits, MACHINE), TypeError, "an object");
  }
});

Deno.test("checkedLimits: returns a copy that cannot change and is not checked again", () => {
  const given = { jobMemory: 8192, workingSet: { min: 4096, max: 8192 } };
  const limits = checkedLimits(given, MACHINE);
  assertEquals(limits, given);
  assert(limits !== given && Object.isFrozen(limits) && Object.isFrozen(limits.workingSet));
  assert(!Object.isFrozen(given) && !Object.isFrozen(given.workingSet));
  // A machine on which the value would be refused shows that nobody looks.
  const cpu = checkedLimits({ cpu: { hardCapCpus: 4 } }, MACHINE);
  assertEquals(checkedLimits(cpu, { processors: 1 }), cpu);
  assertThrows(() => checkedLimits({ ...cpu }, { processors: 1 }), RangeError, "hardCapCpus");
});

Deno.test("sealChecked: an object of checked values cannot change", () => {
  const limits = sealChecked({ workingSet: { min: 4096, max: 8192 } });
  assertEquals(checkedLimits(limits, MACHINE), limits);
  assertThrows(() => Object.assign(limits, { jobMemory: 1 }), TypeError);
});

const EXTENDED = struct(STRUCTS, "JOBOBJECT_EXTENDED_LIMIT_INFORMATION");
const { ACTIVE_PROCESS, JOB_MEMORY, JOB_TIME, PRESERVE_JOB_TIME } = JOB_OBJECT_LIMIT;

function limits(flags: number, time = 0n): ExtendedLimits {
  const extended = EXTENDED.decode(EXTENDED.allocate());
  extended.BasicLimitInformation.LimitFlags = flags;
  extended.BasicLimitInformation.PerJobUserTimeLimit = time;
  return { ...extended, PeakJobMemoryUsed: 5n, PeakProcessMemoryUsed: 6n };
}

function flagsOf(extended: ExtendedLimits): number {
  return extended.BasicLimitInformation.LimitFlags;
}

Deno.test("toWritten: a new job time starts the clock, another limit keeps it, never both flags", () => {
  const some = limits(JOB_TIME | ACTIVE_PROCESS, 9n);
  assertEquals(flagsOf(toWritten(some, false)), JOB_TIME | ACTIVE_PROCESS);
  assertEquals(flagsOf(toWritten(some, true)), PRESERVE_JOB_TIME | ACTIVE_PROCESS);
});

Deno.test("toWritten: without a job time there is nothing to keep", () => {
  for (const keepClock of [true, false]) {
    const written = toWritten(limits(ACTIVE_PROCESS), keepClock);
    assertEquals(flagsOf(written), ACTIVE_PROCESS);
    assertEquals([written.PeakJobMemoryUsed, written.PeakProcessMemoryUsed], [0n, 0n]);
  }
});

Deno.test("fromRead: a limit is in force whichever of the two flags the system returns", () => {
  assertEquals(flagsOf(fromRead(limits(JOB_TIME, 9n))), JOB_TIME);
  assertEquals(flagsOf(fromRead(limits(PRESERVE_JOB_TIME, 9n))), JOB_TIME);
  assertEquals(flagsOf(fromRead(limits(JOB_TIME | PRESERVE_JOB_TIME, 9n))), JOB_TIME);
  assertEquals(flagsOf(fromRead(limits(PRESERVE_JOB_TIME, 0n))), 0);
  assertEquals(flagsOf(fromRead(limits(0, 9n))), 0);
});

Deno.test("asGiven: subtracts what the system adds to a time that was set, and from no other time", () => {
  const time = new ExtendedAsGiven();
  const timeOf = (extended: ExtendedLimits): bigint =>
    extended.BasicLimitInformation.PerJobUserTimeLimit;
  time.remember(limits(JOB_TIME, 100n), limits(JOB_TIME, 130n), { keepsTime: false });
  assertEquals(timeOf(time.asGiven(limits(JOB_TIME, 130n))), 100n);
  assertEquals(timeOf(time.asGiven(limits(JOB_TIME, 200n))), 200n);
  time.remember(limits(0), limits(0), { keepsTime: false });
  assertEquals(timeOf(time.asGiven(limits(JOB_TIME, 130n))), 130n);
  time.remember(limits(0), limits(0, 150n), { keepsTime: false });
  assertEquals(timeOf(time.asGiven(limits(0, 150n))), 150n);
});

Deno.test("asGiven: a value that the system does not report back is as it was set, until it reports one", () => {
  const given = new ExtendedAsGiven();
  assertEquals(flagsOf(given.asGiven(limits(0))), 0);
  given.remember(limits(JOB_MEMORY), limits(0), { keepsTime: true });
  assertEquals(flagsOf(given.asGiven(limits(0))), JOB_MEMORY);
  assertEquals(flagsOf(given.asGiven(limits(JOB_TIME))), JOB_TIME);
  given.remember(limits(JOB_MEMORY), limits(JOB_MEMORY), { keepsTime: true });
  assertEquals(flagsOf(given.asGiven(limits(0))), 0);
  assertEquals(isSilent(limits(JOB_MEMORY), limits(JOB_TIME)), true);
  assertEquals(isSilent(limits(0), limits(0)), false);
});

Deno.test("asGiven: a time that was left unchanged is still the given time", () => {
  const given = new ExtendedAsGiven();
  given.remember(limits(JOB_TIME, 100n), limits(JOB_TIME, 130n), { keepsTime: false });
  given.remember(limits(JOB_TIME, 100n), limits(JOB_TIME, 200n), { keepsTime: true });
  const { BasicLimitInformation } = given.asGiven(limits(JOB_TIME, 130n));
  assertEquals(BasicLimitInformation.PerJobUserTimeLimit, 100n);
});

Deno.test("withKillOnClose: two values must agree, and null means off", () => {
  for (
    const [inside, option, result] of [
      [undefined, true, true],
      [true, true, true],
      [false, false, false],
      [null, false, false],
      [true, undefined, true],
      [true, false, "refused"],
      [false, true, "refused"],
      [null, true, "refused"],
    ] as const
  ) {
    const limits = inside === undefined ? {} : { killOnClose: inside } as Limits;
    const call = () => withKillOnClose(limits, option);
    if (result === "refused") assertThrows(call, TypeError, "give one of them");
    else assertEquals(call().killOnClose, result, `${inside} and ${option}`);
  }
});
