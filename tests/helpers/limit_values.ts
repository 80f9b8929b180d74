/** Values of every limit: good ones by chance, and bad ones with what is wrong about them. */
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import type { Limits } from "../../job/limits/limits.ts";
import type { LimitParts } from "../../job/limits/row.ts";
import { LIMIT_NAMES, type LimitName, limitRow } from "../../job/limits/table.ts";
import type { Random } from "./random.ts";
import type { NumberRange } from "../../values/value_kind.ts";

/** The machine that values are for. */
export interface Processors {
  readonly processors: number;
}

/** The parts of a job without limits. */
export function noLimits(): LimitParts {
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

/** A whole number from `min` to `max`. */
function between(random: Random, min: number, max: number): number {
  return min + random.int(max - min + 1);
}

function mask(random: Random, { processors }: Processors): bigint {
  return BigInt(between(random, 1, 2 ** Math.min(processors, 20) - 1));
}

function percent(random: Random, min: number, max = 10_000): number {
  return between(random, min, max) / 100;
}

function cpu(random: Random): Limits["cpu"] {
  const notify = random.int(2) === 0 ? {} : { notify: true };
  const way = random.int(4);
  if (way === 0) return { hardCap: percent(random, 1), ...notify };
  if (way === 1) return { softCap: percent(random, 1), ...notify };
  if (way === 2) return { weight: between(random, 1, 9), ...notify };
  const max = between(random, 1, 10_000);
  return { min: between(random, 0, max) / 100, max: max / 100, ...notify };
}

function some<T>(random: Random, items: readonly T[]): T[] {
  const picked = items.filter(() => random.int(3) === 0);
  return picked.length === 0 ? [random.pick(items)] : picked;
}

/** A number of a range; bytes as whole pages. */
function randomNumber({ min, max, unit }: NumberRange, random: Random, page: number): number {
  if (unit === "bytes") return between(random, 1, 2 ** 24) * page;
  // Long enough that no test comes near, in ticks of the system.
  if (unit === "milliseconds") return (between(random, 1, 2 ** 30) + 10 ** 10) / 10_000;
  return between(random, min, Math.min(max, 1000));
}

/** A value of the limit as `limits()` gives it back: memory in whole pages, a switch only `true`. */
export function randomLimit(name: LimitName, random: Random, machine: Processors): unknown {
  if (name === "cpu") return cpu(random);
  // Without the other action there is no limit.
  if (name === "endOfJobTime") return "post";
  const { options: [{ form }], part } = limitRow(name);
  // The last two words are not on every build of Windows.
  if (form.words !== undefined) {
    return form.isList ? some(random, form.words.slice(0, 8)) : random.pick(form.words);
  }
  if (form.range !== undefined) {
    return randomNumber(form.range, random, part === "extended" ? 4096 : 1);
  }
  const example = form.parse(form.example);
  switch (typeof example) {
    case "boolean":
      return true;
    case "bigint":
      return mask(random, machine);
    default: {
      if (Array.isArray(example)) return [{ group: 0, mask: mask(random, machine) }];
      const min = between(random, 1, 1000) * 4096;
      return { min, max: min + between(random, 0, 1000) * 4096 };
    }
  }
}

/** Random limits: each one set, removed or left unchanged, without contradictions. */
export function randomChange(random: Random, { model, machine }: {
  model: Limits;
  machine: Processors;
}): Limits {
  const change: Partial<Record<LimitName, unknown>> = {};
  for (const name of LIMIT_NAMES) {
    const chance = random.int(8);
    if (chance === 0) change[name] = null;
    else if (chance <= 2) change[name] = randomLimit(name, random, machine);
  }
  const next = merged(model, change as Limits);
  if (next.affinity !== undefined && next.groupAffinity !== undefined) change.groupAffinity = null;
  if (next.affinity === undefined && next.subsetAffinity !== undefined) {
    change.subsetAffinity = null;
  }
  return change as Limits;
}

/** The limits after a change: the model that the system is compared with. */
export function merged(model: Limits, change: Limits): Limits {
  const next: Partial<Record<LimitName, unknown>> = { ...model };
  for (const name of LIMIT_NAMES) {
    if (change[name] === null) delete next[name];
    else if (change[name] !== undefined) next[name] = change[name];
  }
  return next as Limits;
}

/** Values that are refused, each with its error and what the message must name. */
export const BAD_LIMITS: readonly {
  readonly limits: object;
  readonly error: typeof RangeError | typeof TypeError;
  readonly says: string;
}[] = [
  ...(["jobMemory", "processMemory"].flatMap((name) => [
    { limits: { [name]: 4095 }, error: RangeError, says: `${name}: expected a whole number of` },
    { limits: { [name]: 0 }, error: RangeError, says: "from 4096 to 9007199254740991, got 0" },
    { limits: { [name]: 65536.5 }, error: RangeError, says: "got 65536.5" },
    { limits: { [name]: NaN }, error: RangeError, says: "got NaN" },
    { limits: { [name]: Infinity }, error: RangeError, says: "got Infinity" },
    { limits: { [name]: 2 ** 53 }, error: RangeError, says: "got 9007199254740992" },
    { limits: { [name]: "64M" }, error: TypeError, says: `got "64M"` },
    { limits: { [name]: 4096n }, error: TypeError, says: "got 4096n" },
  ])),
  ...(["jobUserTime", "processUserTime"].flatMap((name) => [
    { limits: { [name]: 0 }, error: RangeError, says: `${name}: expected a number of milli` },
    { limits: { [name]: -1 }, error: RangeError, says: "got -1" },
    { limits: { [name]: 0.00015 }, error: RangeError, says: name },
    { limits: { [name]: 1e15 }, error: RangeError, says: "got 1000000000000000" },
    { limits: { [name]: "1s" }, error: TypeError, says: `got "1s"` },
  ])),
  { limits: { activeProcesses: 0 }, error: RangeError, says: "of processes from 1 to 4294967295" },
  { limits: { activeProcesses: 2 ** 32 }, error: RangeError, says: "got 4294967296" },
  { limits: { schedulingClass: 10 }, error: RangeError, says: "schedulingClass" },
  { limits: { schedulingClass: -1 }, error: RangeError, says: "from 0 to 9, got -1" },
  { limits: { affinity: 0n }, error: RangeError, says: "affinity: expected a mask" },
  { limits: { affinity: 1n << 64n }, error: RangeError, says: "affinity" },
  { limits: { affinity: 3 }, error: TypeError, says: "affinity: expected a bigint" },
  { limits: { subsetAffinity: 1 }, error: TypeError, says: "subsetAffinity: expected a boolean" },
  { limits: { subsetAffinity: true }, error: TypeError, says: "affinity, which is not set" },
  {
    limits: { affinity: 1n, groupAffinity: [{ group: 0, mask: 1n }] },
    error: TypeError,
    says: "affinity and groupAffinity: they exclude each other",
  },
  { limits: { groupAffinity: [] }, error: RangeError, says: "at least one group" },
  { limits: { groupAffinity: 3n }, error: TypeError, says: "groupAffinity: expected an array" },
  { limits: { groupAffinity: [{ group: 0 }] }, error: TypeError, says: "groupAffinity[0].mask" },
  {
    limits: { groupAffinity: [{ group: 65535, mask: 1n }] },
    error: RangeError,
    says: "groupAffinity[0].group",
  },
  {
    limits: { groupAffinity: [{ group: 0, mask: 1n }, { group: 0, mask: 2n }] },
    error: RangeError,
    says: "groupAffinity[1].group: expected each group once",
  },
  { limits: { workingSet: { min: 8192 } }, error: TypeError, says: "workingSet.max" },
  { limits: { workingSet: { min: 8192, max: 4096 } }, error: RangeError, says: "workingSet.min" },
  { limits: { workingSet: { min: 0, max: 4096 } }, error: RangeError, says: "workingSet.min" },
  { limits: { workingSet: { minimum: 1 } }, error: TypeError, says: "workingSet.minimum" },
  { limits: { workingSet: 4096 }, error: TypeError, says: "workingSet: expected an object" },
  { limits: { priorityClass: "low" }, error: RangeError, says: `"realtime", got "low"` },
  { limits: { priorityClass: 32 }, error: TypeError, says: "priorityClass" },
  { limits: { endOfJobTime: "kill" }, error: RangeError, says: `"terminate", "post"` },
  { limits: { cpu: {} }, error: TypeError, says: "cpu: expected exactly one of" },
  { limits: { cpu: 25 }, error: TypeError, says: "cpu: expected an object" },
  { limits: { cpu: { hardCap: 25, weight: 5 } }, error: TypeError, says: "exactly one of" },
  { limits: { cpu: { min: 10 } }, error: TypeError, says: "exactly one of" },
  { limits: { cpu: { hardCap: 0 } }, error: RangeError, says: "cpu.hardCap" },
  { limits: { cpu: { hardCap: 100.01 } }, error: RangeError, says: "cpu.hardCap" },
  { limits: { cpu: { hardCap: 33.333 } }, error: RangeError, says: "in steps of 0.01" },
  { limits: { cpu: { hardCap: "25%" } }, error: TypeError, says: "cpu.hardCap" },
  { limits: { cpu: { hardCap: 25, notify: 1 } }, error: TypeError, says: "cpu.notify" },
  { limits: { cpu: { softCap: -1 } }, error: RangeError, says: "cpu.softCap" },
  { limits: { cpu: { weight: 0 } }, error: RangeError, says: "cpu.weight" },
  { limits: { cpu: { weight: 10 } }, error: RangeError, says: "from 1 to 9, got 10" },
  { limits: { cpu: { min: 20, max: 10 } }, error: RangeError, says: "cpu.min: expected at most" },
  { limits: { cpu: { min: 0, max: 0 } }, error: RangeError, says: "cpu.max" },
  { limits: { cpu: { hardCapCpus: 0 } }, error: RangeError, says: "cpu.hardCapCpus" },
  { limits: { cpu: { hardCapCpus: 4097 } }, error: RangeError, says: "cpu.hardCapCpus" },
  { limits: { cpu: { rate: 5 } }, error: TypeError, says: "cpu.rate: cpu has no such part" },
  { limits: { netBandwidth: 0 }, error: RangeError, says: "netBandwidth" },
  { limits: { dscp: 64 }, error: RangeError, says: "from 0 to 63, got 64" },
  { limits: { ioBandwidth: 0 }, error: RangeError, says: "ioBandwidth" },
  { limits: { ioIops: 1.5 }, error: RangeError, says: "ioIops" },
  { limits: { killOnClose: "yes" }, error: TypeError, says: "killOnClose: expected a boolean" },
  { limits: { dieOnUnhandledException: 0 }, error: TypeError, says: "dieOnUnhandledException" },
  { limits: { breakaway: 1 }, error: TypeError, says: "breakaway" },
  { limits: { silentBreakaway: 1 }, error: TypeError, says: "silentBreakaway" },
  { limits: { ui: "desktop" }, error: TypeError, says: "ui: expected an array" },
  { limits: { ui: ["desktop", "screen"] }, error: RangeError, says: `ui[1]: expected one of` },
  { limits: { memory: 65536 }, error: TypeError, says: "memory: there is no such limit, only job" },
];
