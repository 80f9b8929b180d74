/**
 * HTCondor: limits from the slot's machine ad and the job ad, the record in the scratch folder, and
 * the verdict into the job ad by `condor_chirp`.
 *
 * Variables, files and attributes: HTCondor's manual, "Services for Running Jobs" and "Machine
 * ClassAd Attributes".
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import type { Setting } from "../args/settings.ts";
import { suggestion } from "../args/suggestion.ts";
import { TEXT_FILE_MAX } from "../args/text_file.ts";
import { UsageError } from "../args/usage_error.ts";
import { reasonOf } from "../text/message.ts";
import { type ClassAd, ClassAdError, type ClassAdValue, parseClassAd } from "./classad.ts";
import {
  type Engine,
  type EngineCall,
  type EngineEnding,
  type EngineWorld,
  MachineFaultError,
} from "./engine.ts";

const FROM = "--engine htcondor";

/** The name of the record: no program writes a file of this name by chance. */
const RECORD = "jobbox.json";

/** The most characters of a label that is taken from an ad. */
const LABEL_MAX = 256;

/** The first half of a character of two units, which a cut leaves at the end. */
const HALF = /[\uD800-\uDBFF]$/;

const MEBIBYTE = 1024 ** 2;

/** An attribute of the job ad that sets an option. */
interface JobAttribute {
  readonly attribute: string;
  readonly option: string;
  /** The unit of the number; empty for a count. */
  readonly unit: string;
}

/** The attributes of a job that set options, for the documentation too. */
export const JOB_ATTRIBUTES: readonly JobAttribute[] = [
  { attribute: "JobboxTimeout", option: "timeout", unit: "s" },
  { attribute: "JobboxCpuTime", option: "cpu-time", unit: "s" },
  { attribute: "JobboxGrace", option: "grace", unit: "s" },
  { attribute: "JobboxProcesses", option: "processes", unit: "" },
  { attribute: "JobboxMaxOutput", option: "max-output", unit: "M" },
];

/** Options for every job: what is left behind must not outlive it, and a limit ends it. */
const DEFAULTS: readonly (readonly [name: string, value: string])[] = [
  ["on-limit", "kill"],
  ["no-wait-tree", ""],
  ["quiet", ""],
];

/** A file of HTCondor's; which of its faults are the machine's depends on who writes it. */
interface AdFile {
  readonly variable: string;
  readonly what: string;
  /** Whether the job itself can make it too large or unreadable. */
  readonly isOfJob: boolean;
}

const MACHINE_AD: AdFile = {
  variable: "_CONDOR_MACHINE_AD",
  what: "machine ad",
  isOfJob: false,
};

const JOB_AD: AdFile = { variable: "_CONDOR_JOB_AD", what: "job ad", isOfJob: true };

function required(world: Pick<EngineWorld, "variable">, name: string): string {
  const value = world.variable(name);
  if (value !== undefined && value !== "") return value;
  throw new UsageError(
    `${FROM}: ${name} is not set: HTCondor sets it for every job, so this is none of its jobs`,
  );
}

function readAd(world: EngineWorld, { isOfJob, variable, what }: AdFile): ClassAd {
  const path = required(world, variable);
  const problem = (text: string): string => `${FROM}: Cannot read the ${what} ${path}: ${text}`;
  let bytes: Uint8Array;
  try {
    bytes = world.readFile(path, TEXT_FILE_MAX + 1);
  } catch (cause) {
    throw new MachineFaultError(problem(reasonOf(cause)), { cause });
  }
  if (bytes.length > TEXT_FILE_MAX) {
    const message = problem("it is larger than 16 MiB");
    throw isOfJob ? new UsageError(message) : new MachineFaultError(message);
  }
  // A disk that is full leaves one, and with it a job would have none of the limits that it asks for.
  if (bytes.length === 0) throw new MachineFaultError(problem("it is empty"));
  try {
    // Strings may be in any code page; what is read here is ASCII.
    return parseClassAd(new TextDecoder().decode(bytes));
  } catch (cause) {
    if (!(cause instanceof ClassAdError)) throw cause;
    const message = problem(cause.message);
    // A job that writes nonsense into its own ad would be sent from machine to machine for ever.
    throw isOfJob && !cause.isTorn
      ? new UsageError(message, { cause })
      : new MachineFaultError(message, { cause });
  }
}

function shownValue(found: ClassAdValue | undefined): string {
  if (found === undefined) return "nothing";
  return found.kind === "string" ? JSON.stringify(found.value) : String(found.value);
}

/** More MiB or processors than any slot has. */
const MOST = 2 ** 30;

/** An amount of the slot: without it there is no limit to set, and so no job to start. */
function slotAmount(ad: ClassAd, name: string): number {
  const found = ad.get(name.toLowerCase());
  if (found?.kind === "number" && found.value >= 1 && found.value <= MOST) return found.value;
  throw new MachineFaultError(
    `${FROM}: machine ad: ${name}: Expected a number from 1 to ${MOST}, got ${shownValue(found)}`,
  );
}

/** The options that the slot gives. */
function slotSettings(ad: ClassAd, processors: number): Setting[] {
  const memory = slotAmount(ad, "Memory");
  const cpus = slotAmount(ad, "Cpus");
  const setting = (name: string, value: string, attribute: string): Setting => ({
    name,
    value,
    from: `machine ad: ${attribute}`,
  });
  return [
    setting("memory", `${Math.floor(memory * MEBIBYTE)}B`, "Memory"),
    // A slot with more processors than there are has no limit that the machine itself has not.
    ...cpus < processors ? [setting("cpus", String(cpus), "Cpus")] : [],
  ];
}

/** What ClassAds call a value that is not there. */
const UNDEFINED = "undefined";

/** An attribute that is undefined is one that is not there. */
function isUndefined({ kind, value }: ClassAdValue): boolean {
  return kind === "expression" && String(value).toLowerCase() === UNDEFINED;
}

/** Refuses a wish that is not understood: a limit with a misspelled name is no limit. */
function checkNames(ad: ClassAd): void {
  const names = JOB_ATTRIBUTES.map(({ attribute }) => attribute);
  const lower = names.map((name) => name.toLowerCase());
  for (const [name, value] of ad) {
    if (!name.startsWith("jobbox") || lower.includes(name) || isUndefined(value)) continue;
    const meant = names[lower.indexOf(suggestion(name, lower) ?? "")];
    throw new UsageError(
      `job ad: Unknown attribute ${name}: ` +
        (meant === undefined ? `expected one of ${names.join(", ")}` : `did you mean ${meant}?`),
    );
  }
}

/**
 * Refuses a job ad that was cut at the end of a line. Every job has a `ProcId`, and the starter of
 * HTCondor 23.9.6 writes an ad in the order of the names: one that has it has all limits too.
 */
function checkWhole(ad: ClassAd): void {
  if (ad.has("procid")) return;
  throw new MachineFaultError(`${FROM}: job ad: It has no ProcId, so it is not the whole ad`);
}

/** The options that the job asks for. */
function jobSettings(ad: ClassAd): Setting[] {
  checkNames(ad);
  return JOB_ATTRIBUTES.flatMap(({ attribute, option, unit }) => {
    const found = ad.get(attribute.toLowerCase());
    if (found === undefined || isUndefined(found)) return [];
    const from = `job ad: ${attribute}`;
    if (found.kind !== "number") {
      const unitName = { s: " of seconds", M: " of MiB" }[unit] ?? "";
      throw new UsageError(`${from}: Expected a number${unitName}, got ${shownValue(found)}`);
    }
    const value = `${found.value}${unit}`;
    return [{ name: option, value, from, ...unit === "" ? { number: found.value } : {} }];
  });
}

/** Which job this is, as a search for it needs it. */
function labels(machine: ClassAd, job: ClassAd): Setting[] {
  const found = [
    ["cluster", job.get("clusterid")],
    ["proc", job.get("procid")],
    ["owner", job.get("owner")],
    ["slot", machine.get("name")],
  ] as const;
  const texts = found.flatMap(([name, value]) =>
    value === undefined || value.kind === "expression" ? [] : [`${name}=${value.value}`]
  );
  return ["engine=htcondor", ...texts].map((value) => ({
    name: "label",
    // A label that is too long is no reason to refuse a job.
    value: value.slice(0, LABEL_MAX).replace(HALF, ""),
    from: FROM,
  }));
}

/** The calls that put the end of a run into the job ad. */
function tell(
  world: Pick<EngineWorld, "variable">,
  { limit, peakMemory, verdict }: EngineEnding,
): EngineCall[] {
  const folder = world.variable("_CONDOR_BIN");
  // The starter sets the second one where it listens to the job.
  if (!folder || !world.variable("_CONDOR_CHIRP_CONFIG")) return [];
  // Also what there is not: the ad keeps what an earlier run of the job set.
  const values: readonly (readonly [name: string, expression: string])[] = [
    ["ChirpJobboxVerdict", JSON.stringify(verdict)],
    ["ChirpJobboxLimit", limit === undefined ? UNDEFINED : JSON.stringify(limit)],
    [
      "ChirpJobboxPeakMemory",
      peakMemory === undefined ? UNDEFINED : String(Math.ceil(peakMemory / MEBIBYTE)),
    ],
  ];
  return values.map(([name, expression]) => ({
    program: `${folder}\\condor_chirp.exe`,
    args: ["set_job_attr_delayed", name, expression],
  }));
}

function errorFile(world: Pick<EngineWorld, "variable">): string | undefined {
  return world.variable("_CONDOR_WRAPPER_ERROR_FILE") || undefined;
}

function record(world: Pick<EngineWorld, "variable">): string | undefined {
  const folder = world.variable("_CONDOR_SCRATCH_DIR");
  return folder ? `${folder}\\${RECORD}` : undefined;
}

/** HTCondor. */
export const HTCONDOR: Engine = {
  name: "htcondor",
  summary: "a job of HTCondor: limits from its machine ad and job ad",
  record,
  errorFile,
  tell,
  read: (world) => {
    required(world, "_CONDOR_SCRATCH_DIR");
    const machine = readAd(world, MACHINE_AD);
    const job = readAd(world, JOB_AD);
    checkWhole(job);
    return {
      name: "htcondor",
      settings: [
        ...DEFAULTS.map(([name, value]) => ({ name, value, from: FROM })),
        { name: "report", value: record(world)!, from: FROM },
        ...labels(machine, job),
        ...slotSettings(machine, world.processors()),
        ...jobSettings(job),
      ],
      ...defined({ errorFile: errorFile(world) }),
      tell: (ending) => tell(world, ending),
    };
  },
};
