/** The ads of an engine: those that are read, and the one that is written. */
import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.11.0";
import { readLimits, Settings } from "../../../cli/args/settings.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import type { CheckResult, CheckStatus } from "../../../cli/doctor/check.ts";
import { attributeOf, machineAd } from "../../../cli/doctor/classad.ts";
import {
  type ClassAd,
  ClassAdError,
  type ClassAdValue,
  parseClassAd,
} from "../../../cli/engines/classad.ts";
import {
  type EngineFacts,
  type EngineWorld,
  MachineFaultError,
} from "../../../cli/engines/engine.ts";
import { HTCONDOR } from "../../../cli/engines/htcondor.ts";
import { LIMIT_VERDICTS, VERDICTS } from "../../../cli/exit_code.ts";
import { planChange } from "../../../job/limits/change.ts";
import { noLimits } from "../../../job/limits/control.ts";
import { anyText, attempt, type Subject, subject, textOf } from "./subject.ts";

const NAMES = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...["Memory", "Cpus", "MEMORY", "cpus", "ClusterId", "Owner", "Name", "JobboxTimeout"],
      ...["JobboxCpuTime", "JobboxProcesses", "JobboxMaxOutput", "jobboxgrace", "JobboxTimeOut"],
    ),
  },
  { weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.]{0,5}$/) },
);

/**
 * A string as HTCondor writes it: its quotes are escaped, and nothing else. So a backslash before a
 * quote, and a quote at the end of a line, mean two things; they are left out.
 */
const STRINGS = textOf(
  ...[
    '"',
    "a",
    "b c",
    "=",
    "Memory = 9",
    "\n",
    "\r",
    "\\x",
    "ä",
    "\u202e",
    "\ud83d",
    "//",
    "1",
    ",",
  ],
).filter((text) => !/\\$|\\"|"\n|\r\n|\r$/.test(text));

const NUMBERS = fc.oneof(
  fc.integer({ min: -2, max: 5_000 }),
  fc.constantFrom(0.5, 1e-9, 2 ** 30, 2 ** 30 + 1, 2 ** 53, 1e300, -0),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** A value with the text that HTCondor writes for it. */
const VALUES: fc.Arbitrary<readonly [value: ClassAdValue, text: string]> = fc.oneof(
  NUMBERS.map((value) => [{ kind: "number", value }, String(value)] as const),
  STRINGS.map((value) => [{ kind: "string", value }, `"${value.replaceAll('"', '\\"')}"`] as const),
  fc.boolean().map((value) => [{ kind: "boolean", value }, value ? "true" : "FALSE"] as const),
  fc.constantFrom("undefined", "2 * Memory", "TARGET.Memory", "{ 1, 2 }", "1 == 2").map((value) =>
    [{ kind: "expression", value }, value] as const
  ),
);

interface Written {
  readonly ad: ClassAd;
  readonly text: string;
}

/** Ads with the text of their file; a name has one value. */
const ADS: fc.Arbitrary<Written> = fc.record({
  rows: fc.array(fc.tuple(NAMES, VALUES), { maxLength: 6 }),
  end: fc.constantFrom("\n", "\r\n"),
  gap: fc.constantFrom(" ", "", "  "),
}).map(({ rows, end, gap }) => {
  const byName = new Map(rows.map((row) => [row[0].toLowerCase(), row]));
  return {
    ad: new Map([...byName].map(([name, [, [value]]]) => [name, value])),
    text: [...byName.values()].map(([name, [, text]]) => `${name}${gap}=${gap}${text}${end}`).join(
      "",
    ),
  };
});

const BROKEN = textOf(
  ...[
    "Memory",
    "Cpus",
    " ",
    "=",
    " = ",
    "==",
    "=?=",
    '"',
    '\\"',
    "\\",
    "\n",
    "\r\n",
    "1",
    "-",
    ".",
  ],
  ...["1e9", "true", "undefined", "JobboxTimeout = 5\n", "Memory = 64\n", "Cpus = 1\n", "\0", "\r"],
);

const VARIABLES: Readonly<Record<string, string>> = {
  _CONDOR_SCRATCH_DIR: "C:\\execute\\dir_1",
  _CONDOR_MACHINE_AD: "machine",
  _CONDOR_JOB_AD: "job",
  _CONDOR_BIN: "C:\\condor\\bin",
  _CONDOR_CHIRP_CONFIG: "C:\\execute\\dir_1\\.chirp.config",
};

const PROCESSORS = 8;

/** Amounts of a slot, many of them no whole number, and some that no slot has. */
const AMOUNTS = fc.oneof(
  fc.integer({ min: 0, max: 2 * PROCESSORS }),
  fc.integer({ min: 1_000, max: PROCESSORS * 1_000 }).map((number) => number / 1_000),
  fc.double({ min: 1, max: PROCESSORS, noNaN: true }),
  fc.double({ min: 0, max: 2 ** 31, noNaN: true }),
  fc.constantFrom(1, 2 ** 30, 2 ** 30 + 1, 1 + 2 ** -20, 1 + 2 ** -21, 2 - 2 ** -52),
);

function world(files: { readonly [path: string]: string }): EngineWorld {
  return {
    variable: (name) => VARIABLES[name],
    readFile: (path, most) => new TextEncoder().encode(files[path]).subarray(0, most),
    processors: () => PROCESSORS,
  };
}

function facts(machine: string, job: string): EngineFacts | undefined {
  return attempt(
    () => HTCONDOR.read(world({ machine, job })),
    UsageError,
    MachineFaultError,
  ).value;
}

/** The unit of each attribute of a job, and the option that it sets. */
const OPTIONS: Readonly<Record<string, readonly [option: string, unit: string]>> = {
  jobboxtimeout: ["timeout", "s"],
  jobboxcputime: ["cpu-time", "s"],
  jobboxgrace: ["grace", "s"],
  jobboxprocesses: ["processes", ""],
  jobboxmaxoutput: ["max-output", "M"],
};

const STATUSES: readonly CheckStatus[] = ["works", "kept", "ineffective", "refused", "failed"];

const CHECKS: fc.Arbitrary<CheckResult[]> = fc.uniqueArray(
  fc.record({
    id: fc.stringMatching(/^[a-z][a-z0-9]{0,6}(?:-[a-z0-9]{1,4}){0,2}$/),
    area: fc.constant("limits" as const),
    title: fc.constant("a check"),
    status: fc.constantFrom(...STATUSES),
    detail: anyText(),
  }),
  { maxLength: 6, selector: ({ id }) => attributeOf(id).toLowerCase() },
);

export const ADS_OF_ENGINES: readonly Subject[] = [
  subject("class-ads", {
    cases: 2_000,
    input: ADS,
    check: ({ ad, text }) => assertEquals([...parseClassAd(text)], [...ad]),
  }),
  subject("torn-class-ads", {
    cases: 1_000,
    input: fc.tuple(ADS, fc.nat()),
    check: ([{ ad, text }, cut]) => {
      const part = text.slice(0, cut % (text.length + 1));
      const { refused, value } = attempt(() => parseClassAd(part), ClassAdError);
      if (refused !== undefined) {
        assert(!part.endsWith("\n") || part.includes('"'), part);
        return;
      }
      // What was read is the beginning of what is meant, with nothing changed.
      assertEquals([...value!], [...ad].slice(0, value!.size));
    },
  }),
  subject("class-ad-texts", {
    cases: 1_500,
    input: BROKEN,
    check: (text) => {
      const { value } = attempt(() => parseClassAd(text), ClassAdError);
      for (const [name, { kind, value: found }] of value ?? []) {
        assertEquals(name, name.toLowerCase());
        if (kind === "number") assert(Number.isFinite(found));
        if (kind === "expression") assert(found !== "", text);
      }
    },
  }),
  subject("engine-ads", {
    cases: 2_000,
    input: fc.record({
      machine: ADS,
      job: ADS,
      memory: NUMBERS,
      cpus: fc.integer({ min: 1, max: 16 }),
      broken: fc.option(BROKEN, { nil: undefined, freq: 10 }),
      isWhole: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
    }),
    check: ({ broken, cpus, isWhole, job, machine, memory }) => {
      const amounts = new Map([["memory", memory], ["cpus", cpus]]);
      for (const name of amounts.keys()) if (machine.ad.has(name)) amounts.delete(name);
      const slot = [...amounts].map(([name, value]) => `${name} = ${value}\n`).join("");
      const isThere = isWhole || job.ad.has("procid");
      const found = facts(
        machine.text + slot,
        broken ?? job.text + (isWhole && !job.ad.has("procid") ? "ProcId = 0\n" : ""),
      );
      if (found === undefined || broken !== undefined) return;
      assert(isThere, "an ad that was cut is taken for a whole one");
      const settings = new Map(found.settings.map(({ name, value }) => [name, value]));
      const amount = (name: string): number =>
        amounts.get(name) ?? Number(machine.ad.get(name)!.value);
      assertEquals(settings.get("memory"), `${Math.floor(amount("memory") * 2 ** 20)}B`);
      assertEquals(
        settings.get("cpus"),
        amount("cpus") < PROCESSORS ? String(amount("cpus")) : undefined,
      );
      for (const [name, { kind, value }] of job.ad) {
        if (!name.startsWith("jobbox") || value === "undefined") continue;
        const [option, unit] = OPTIONS[name]!;
        assertEquals([kind, settings.get(option)], ["number", `${value}${unit}`], name);
      }
    },
  }),
  subject("slot-limits", {
    cases: 1_500,
    input: fc.record({ memory: AMOUNTS, cpus: AMOUNTS }),
    check: ({ cpus, memory }) => {
      const found = facts(`Memory = ${memory}\nCpus = ${cpus}\n`, "ProcId = 0\n");
      // An amount that is no limit is refused, so that no job runs without one.
      const isAmount = [memory, cpus].every((amount) => amount >= 1 && amount <= 2 ** 30);
      assertEquals(found !== undefined, isAmount);
      if (found === undefined) return;
      const machine = { processors: PROCESSORS };
      const limits = readLimits(new Settings(found.settings), machine);
      const { draft } = planChange(limits, noLimits(), machine);
      // What the kernel gets is the slot's amount, rounded down to a byte or 0.01 %.
      const bytes = Number(draft.extended.JobMemoryLimit);
      assert(bytes <= memory * 2 ** 20 && bytes > memory * 2 ** 20 - 1, `${bytes}`);
      const { ControlFlags, CpuRate } = draft.cpu;
      assertEquals(ControlFlags !== 0, cpus < PROCESSORS);
      if (ControlFlags === 0) return;
      // Without binary fractions, which would make an even share a little smaller.
      const [whole = "", part = ""] = String(cpus).split(".");
      const units = 10n ** BigInt(part.length) * BigInt(PROCESSORS);
      assertEquals(CpuRate, Number(BigInt(whole + part) * 10_000n / units));
    },
  }),
  subject("engine-answers", {
    cases: 1_000,
    input: fc.record({
      verdict: fc.constantFrom(...VERDICTS),
      limit: fc.option(fc.constantFrom(...LIMIT_VERDICTS, "jobMemory"), { nil: undefined }),
      peakMemory: fc.option(fc.nat({ max: Number.MAX_SAFE_INTEGER }), { nil: undefined }),
    }),
    check: ({ verdict, limit, peakMemory }) => {
      const ending = {
        verdict,
        ...limit && { limit },
        ...peakMemory !== undefined && { peakMemory },
      };
      const calls = facts("Memory = 1\nCpus = 1\n", "ProcId = 0\n")!.tell(ending);
      const told = parseClassAd(
        calls.map(({ args: [, name, value] }) => `${name} = ${value}\n`).join(""),
      );
      assertEquals(told.get("chirpjobboxverdict")?.value, verdict);
      // What there is not is told too: the ad keeps what an earlier run of the job has told.
      assertEquals(told.get("chirpjobboxlimit")?.value, limit ?? "undefined");
      const mebibytes = told.get("chirpjobboxpeakmemory")?.value;
      assertEquals(
        mebibytes,
        peakMemory === undefined ? "undefined" : Math.ceil(peakMemory / 2 ** 20),
      );
    },
  }),
  subject("machine-ads", {
    cases: 1_000,
    input: fc.record({
      results: CHECKS,
      version: anyText(),
      windows: fc.option(anyText(), { nil: undefined }),
    }),
    check: ({ results, version, windows }) => {
      const host = { processors: 1, ...windows !== undefined && { windows } };
      const text = machineAd(results, { host, version });
      assert(text.endsWith("\n-\n"));
      // What is published reads back, one attribute a line, and nothing else is promised.
      const ad = parseClassAd(text.slice(0, -2));
      assertEquals(ad.size, text.split("\n").length - 2);
      for (const { id, status } of results) {
        const meant = { works: true, ineffective: false, refused: false }[status as string];
        assertEquals(ad.get(attributeOf(id).toLowerCase())?.value, meant ?? "undefined", id);
      }
    },
  }),
];
