/**
 * The limits of class 9. Pure.
 *
 * @module
 */
import { JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import { PRIORITIES, type PriorityClass } from "../../process/start/priority.ts";
import {
  checkMemory,
  countRow,
  hasFlag,
  memoryRow,
  putFlag,
  switchRow,
  timeRow,
} from "./basic_row.ts";
import { checkChoice, checkKeys, checkMask } from "./check.ts";
import { type LimitRow, PART_CLASSES } from "./row.ts";
import type { Limits } from "./limits.ts";
import { bigintToNumber, bytesToBigint } from "../units.ts";

/** The limits of class 9. */
type ExtendedName = Exclude<
  keyof Limits,
  | "endOfJobTime"
  | "groupAffinity"
  | "ui"
  | "cpu"
  | "netBandwidth"
  | "dscp"
  | "ioBandwidth"
  | "ioIops"
>;

/** The rows of class 9. */
export const EXTENDED_ROWS: { readonly [K in ExtendedName]: LimitRow<K> } = {
  jobMemory: memoryRow("jobMemory", "JobMemoryLimit", {
    flag: "JOB_MEMORY",
    unit: "bytes",
    option: "--memory",
    valueName: "SIZE",
    summary: "Memory that all processes together can commit",
    whenReached: "the allocation fails; `jobMemoryLimit` is posted",
    win32: "JOB_OBJECT_LIMIT_JOB_MEMORY",
    proof: "jobsim",
    proofNote: "the message; there no allocation fails",
  }),
  processMemory: memoryRow("processMemory", "ProcessMemoryLimit", {
    flag: "PROCESS_MEMORY",
    unit: "bytes",
    option: "--process-memory",
    valueName: "SIZE",
    summary: "Memory that each process can commit",
    whenReached: "the allocation fails; `processMemoryLimit` is posted",
    win32: "JOB_OBJECT_LIMIT_PROCESS_MEMORY",
    proof: "jobsim",
    proofNote: "the message; there no allocation fails",
  }),
  workingSet: {
    name: "workingSet",
    part: "extended",
    infoClass: PART_CLASSES.extended,
    flag: JOB_OBJECT_LIMIT.WORKINGSET,
    field: "BasicLimitInformation.MinimumWorkingSetSize",
    kind: "byteRange",
    unit: "bytes",
    option: "--working-set",
    valueName: "MIN..MAX",
    summary: "Memory that each process keeps resident",
    whenReached: "pages are trimmed; requests beyond are ignored",
    win32: "JOB_OBJECT_LIMIT_WORKINGSET",
    proof: "Windows only",
    check: (value) => {
      const { min, max } = checkKeys("workingSet", value, ["min", "max"]);
      checkMemory("workingSet.min", min);
      checkMemory("workingSet.max", max);
      if ((min as number) > (max as number)) {
        throw new RangeError(
          `Cannot set workingSet.min: expected at most workingSet.max, ${max}, got ${min}`,
        );
      }
    },
    encode: (value, parts) => {
      putFlag(parts, JOB_OBJECT_LIMIT.WORKINGSET, { on: value !== undefined });
      const basic = parts.extended.BasicLimitInformation;
      basic.MinimumWorkingSetSize = bytesToBigint(value?.min ?? 0, "workingSet.min");
      basic.MaximumWorkingSetSize = bytesToBigint(value?.max ?? 0, "workingSet.max");
    },
    decode: (parts) => {
      if (!hasFlag(parts, JOB_OBJECT_LIMIT.WORKINGSET)) return undefined;
      const basic = parts.extended.BasicLimitInformation;
      return {
        min: bigintToNumber(basic.MinimumWorkingSetSize, "workingSet.min"),
        max: bigintToNumber(basic.MaximumWorkingSetSize, "workingSet.max"),
      };
    },
  },
  jobUserTime: timeRow("jobUserTime", "PerJobUserTimeLimit", {
    flag: "JOB_TIME",
    unit: "milliseconds of user time",
    option: "--cpu-time",
    valueName: "TIME",
    summary: "User time that all processes together have",
    whenReached: "all processes end with code 1816, or see `endOfJobTime`",
    win32: "JOB_OBJECT_LIMIT_JOB_TIME",
    proof: "jobsim",
  }),
  processUserTime: timeRow("processUserTime", "PerProcessUserTimeLimit", {
    flag: "PROCESS_TIME",
    unit: "milliseconds of user time",
    option: "--process-cpu-time",
    valueName: "TIME",
    summary: "User time that each process has",
    whenReached: "the process ends with code 1816; `endOfProcessTime` is posted",
    win32: "JOB_OBJECT_LIMIT_PROCESS_TIME",
    proof: "jobsim",
  }),
  activeProcesses: countRow("activeProcesses", "ActiveProcessLimit", {
    flag: "ACTIVE_PROCESS",
    range: [1, 0xffff_ffff],
    unit: "processes",
    option: "--processes",
    valueName: "COUNT",
    summary: "Processes at a time",
    whenReached: "starting one more fails with code 1816; `activeProcessLimit` is posted",
    win32: "JOB_OBJECT_LIMIT_ACTIVE_PROCESS",
    proof: "jobsim",
  }),
  affinity: {
    name: "affinity",
    part: "extended",
    infoClass: PART_CLASSES.extended,
    flag: JOB_OBJECT_LIMIT.AFFINITY,
    field: "BasicLimitInformation.Affinity",
    kind: "mask",
    unit: "processors",
    option: "--affinity",
    valueName: "CPUS",
    summary: "Processors that processes run on, such as 0-3,6",
    whenReached: "threads run on no other",
    win32: "JOB_OBJECT_LIMIT_AFFINITY",
    proof: "jobsim",
    check: (value) => checkMask("affinity", value),
    encode: (value, parts) => {
      putFlag(parts, JOB_OBJECT_LIMIT.AFFINITY, { on: value !== undefined });
      parts.extended.BasicLimitInformation.Affinity = value ?? 0n;
    },
    decode: (parts) =>
      hasFlag(parts, JOB_OBJECT_LIMIT.AFFINITY)
        ? parts.extended.BasicLimitInformation.Affinity
        : undefined,
  },
  subsetAffinity: switchRow("subsetAffinity", {
    flag: "SUBSET_AFFINITY",
    option: "--subset-affinity",
    summary: "Let processes choose among the processors of --affinity",
    whenReached: "a choice outside of them is refused",
    win32: "JOB_OBJECT_LIMIT_SUBSET_AFFINITY",
    proof: "Windows only",
  }),
  priorityClass: {
    name: "priorityClass",
    part: "extended",
    infoClass: PART_CLASSES.extended,
    flag: JOB_OBJECT_LIMIT.PRIORITY_CLASS,
    field: "BasicLimitInformation.PriorityClass",
    kind: "choice",
    choices: Object.keys(PRIORITIES),
    unit: "",
    option: "--priority",
    valueName: "CLASS",
    summary: "Priority class of all processes",
    whenReached: "requests for another one are ignored",
    win32: "JOB_OBJECT_LIMIT_PRIORITY_CLASS",
    proof: "jobsim",
    proofNote: "there a request is undone within moments",
    check: (value) => checkChoice("priorityClass", value, Object.keys(PRIORITIES)),
    encode: (value, parts) => {
      putFlag(parts, JOB_OBJECT_LIMIT.PRIORITY_CLASS, { on: value !== undefined });
      parts.extended.BasicLimitInformation.PriorityClass = value === undefined
        ? 0
        : PRIORITIES[value];
    },
    decode: (parts) => {
      if (!hasFlag(parts, JOB_OBJECT_LIMIT.PRIORITY_CLASS)) return undefined;
      const code = parts.extended.BasicLimitInformation.PriorityClass;
      const names = Object.keys(PRIORITIES) as PriorityClass[];
      return names.find((name) => PRIORITIES[name] === code);
    },
  },
  schedulingClass: countRow("schedulingClass", "SchedulingClass", {
    flag: "SCHEDULING_CLASS",
    range: [0, 9],
    unit: "",
    option: "--scheduling-class",
    valueName: "CLASS",
    summary: "Length of the time slices, 0 to 9",
    whenReached: "threads of other jobs with a higher class run longer at a time",
    win32: "JOB_OBJECT_LIMIT_SCHEDULING_CLASS",
    proof: "Windows only",
  }),
  killOnClose: switchRow("killOnClose", {
    flag: "KILL_ON_JOB_CLOSE",
    option: "--kill-on-close",
    summary: "End all processes when the last handle of the job is closed",
    whenReached: "all processes end",
    win32: "JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE",
    proof: "real Wine",
  }),
  dieOnUnhandledException: switchRow("dieOnUnhandledException", {
    flag: "DIE_ON_UNHANDLED_EXCEPTION",
    option: "--die-on-unhandled-exception",
    summary: "End a process that crashes at once, without a dialog",
    whenReached: "the process ends with the exception's code",
    win32: "JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION",
    proof: "Windows only",
  }),
  breakaway: switchRow("breakaway", {
    flag: "BREAKAWAY_OK",
    option: "--breakaway",
    summary: "Let processes start others outside of the job, by CREATE_BREAKAWAY_FROM_JOB",
    whenReached: "without it such a start fails with code 5",
    win32: "JOB_OBJECT_LIMIT_BREAKAWAY_OK",
    proof: "real Wine",
  }),
  silentBreakaway: switchRow("silentBreakaway", {
    flag: "SILENT_BREAKAWAY_OK",
    option: "--silent-breakaway",
    summary: "Start all that processes start outside of the job",
    whenReached: "",
    win32: "JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK",
    proof: "real Wine",
  }),
};
