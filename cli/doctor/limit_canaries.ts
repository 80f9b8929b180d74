/**
 * How each limit is tried, and the canaries for limits that can be reached in a moment.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import { CanaryJob, endOf, within } from "./trial.ts";
import type { CheckAnswer } from "./check.ts";
import {
  check,
  ERROR,
  kernel32,
  NtStatus,
  openProcess,
  PROCESS,
  processorCount,
} from "../windows.ts";
import { type Limits, Win32Error } from "../../mod.ts";

/** Less than any process needs to start. */
const TINY = 64 * 1024;

/** Processor time in milliseconds that a spinning canary uses up in a moment. */
const MOMENT = 100;

/** How long to wait for something that should not happen or is optional, in ms. */
const SHORT = 300;

/** The mask of one processor. */
const FIRST_PROCESSOR = 1n;

/** A quarter of one processor, as percent of the machine, to the hundredth that the system knows. */
function quarter(): number {
  return Math.max(1, Math.floor(2500 / processorCount())) / 100;
}

/** A way to try a limit: what is set, and what is then checked. */
export interface LimitTrial {
  /** What is set. */
  readonly limits: Limits;
  /** Checks the effect in a job with these limits; absent if no canary can show it. */
  readonly canary?: (canaries: CanaryJob) => Promise<CheckAnswer>;
}

/** The exit codes that a reached limit causes, of a process that it ends or a start that it refuses. */
type Marks = ReadonlySet<number>;

/** Of a limit of time or of processes. */
const QUOTA: Marks = new Set([ERROR.NOT_ENOUGH_QUOTA, NtStatus.STATUS_QUOTA_EXCEEDED]);

/** Of a limit of memory: a process without memory cannot be made, or cannot load its DLLs. */
const NO_MEMORY: Marks = new Set([
  ...QUOTA,
  ERROR.NOT_ENOUGH_MEMORY,
  ERROR.COMMITMENT_LIMIT,
  NtStatus.STATUS_NO_MEMORY,
  NtStatus.STATUS_COMMITMENT_LIMIT,
  NtStatus.STATUS_DLL_INIT_FAILED,
]);

/** What the end of a canary shows about its limit: with any other code something else ended it. */
function endAnswer(what: string, code: number | null, marks: Marks): CheckAnswer {
  return code !== null && marks.has(code)
    ? { status: "works", detail: `${what} ended with ${endOf(code)}` }
    : { status: "failed", detail: `${what} ended with ${endOf(code)}, which no limit causes` };
}

/** What a failed start shows about the limit. */
function startAnswer(what: string, error: unknown, marks: Marks): CheckAnswer {
  if (!(error instanceof Win32Error) || !marks.has(error.code)) throw error;
  return { status: "works", detail: `${what} is refused: ${error.codeName}` };
}

async function memoryCanary(canaries: CanaryJob): Promise<CheckAnswer> {
  try {
    const child = canaries.idle();
    const message = canaries.message(
      ["processMemoryLimit", "jobMemoryLimit"],
      canaries.deadline / 4,
    );
    const ended = within(child.status, canaries.deadline / 4);
    await Promise.race([message, ended]);
    const status = await within(child.status, SHORT);
    if (status) return endAnswer("a process over the limit", status.code, NO_MEMORY);
    const reported = await message !== undefined;
    const { peak } = canaries.job.stats().memory;
    // A canary that hangs and got no more than its limit is held by the limit.
    if (reported && peak > 0 && peak <= TINY) {
      return { status: "works", detail: "memory over the limit is refused" };
    }
    return reported
      ? {
        status: "ineffective",
        detail: "exceeding it is reported, but the memory is granted anyway",
        advice: "use --on-limit kill: jobbox then ends the job when it is reported",
      }
      : { status: "ineffective", detail: "a process far over the limit keeps running" };
  } catch (error) {
    return startAnswer("a process over the limit", error, NO_MEMORY);
  }
}

async function timeCanary(canaries: CanaryJob): Promise<CheckAnswer> {
  const status = await within(canaries.spin().status, canaries.deadline);
  return status ? endAnswer("a process over the limit", status.code, QUOTA) : {
    status: "ineffective",
    detail: `a busy loop kept running for ${canaries.deadline / 1000} s`,
  };
}

async function endOfTimeCanary(canaries: CanaryJob): Promise<CheckAnswer> {
  const child = canaries.spin();
  const message = await canaries.message(["endOfJobTime"]);
  if (!message) return { status: "ineffective", detail: "the end of the time was not reported" };
  return await within(child.status, SHORT)
    ? { status: "ineffective", detail: "the process was ended, although only a report was set" }
    : { status: "works", detail: "the end of the time is reported, and the process keeps running" };
}

async function countCanary(canaries: CanaryJob): Promise<CheckAnswer> {
  canaries.idle({ suspended: true });
  try {
    const status = await within(canaries.idle().status, canaries.deadline / 4);
    return status
      ? endAnswer("a process over the limit", status.code, QUOTA)
      : { status: "ineffective", detail: "a process over the limit runs" };
  } catch (error) {
    return startAnswer("a process over the limit", error, QUOTA);
  }
}

function affinityOf(pid: number): bigint {
  using process = openProcess(pid, PROCESS.QUERY_LIMITED_INFORMATION, "Cannot ask a canary");
  const [own, system] = [new BigUint64Array(1), new BigUint64Array(1)];
  check(
    kernel32.GetProcessAffinityMask(process.value, own, system),
    "GetProcessAffinityMask",
    "Cannot ask a canary",
  );
  return own[0] ?? 0n;
}

async function affinityCanary(canaries: CanaryJob): Promise<CheckAnswer> {
  await using free = new CanaryJob();
  const before = affinityOf(free.idle({ suspended: true }).pid);
  if (before === FIRST_PROCESSOR) {
    return { status: "kept", detail: "there is only one processor, so it changes nothing" };
  }
  const mask = affinityOf(canaries.idle({ suspended: true }).pid);
  return mask === FIRST_PROCESSOR
    ? { status: "works", detail: "a process can use only the given processor" }
    : { status: "ineffective", detail: `a process can use 0x${mask.toString(16)}` };
}

/** The processor time per wall time that a spinning canary gets in a job. */
async function spinShare(canaries: CanaryJob, ms: number): Promise<number> {
  canaries.spin();
  // The start is not measured: it uses another processor.
  await canaries.message(["newProcess"]);
  const [from, used] = [performance.now(), canaries.cpuTime()];
  await delay(ms);
  return (canaries.cpuTime() - used) / (performance.now() - from);
}

/** The share that a spinning canary gets without a limit. */
async function freeShare(): Promise<number> {
  await using unlimited = new CanaryJob();
  return await spinShare(unlimited, SHORT);
}

/** The share that the limits of the trials allow, and its tolerance. */
const CAPPED_SHARE = 0.25;
const TOLERANCE = 0.1;

async function rateCanary(canaries: CanaryJob): Promise<CheckAnswer> {
  const before = await freeShare();
  const capped = await spinShare(canaries, 3 * SHORT);
  canaries.job.terminate(1);
  // Others may use the machine, so the free share is measured before and after.
  const free = Math.min(before, await freeShare());
  const [with_, without] = [capped, free].map((share) => `${Math.round(100 * share)} %`);
  if (free < 2 * CAPPED_SHARE) {
    return { status: "kept", detail: "the machine is too busy, or does not count processor time" };
  }
  return capped <= CAPPED_SHARE + TOLERANCE
    ? {
      status: "works",
      detail: `a busy loop gets ${with_} of a processor; ${without} without the limit`,
    }
    : { status: "ineffective", detail: `a busy loop gets ${with_} of a processor` };
}

async function closeCanary(canaries: CanaryJob): Promise<CheckAnswer> {
  const child = canaries.idle({ suspended: true });
  canaries.job.close();
  return await within(child.status, canaries.deadline)
    ? { status: "works", detail: "closing the job ends its processes" }
    : { status: "ineffective", detail: "a process outlived its job" };
}

async function breakawayCanary(canaries: CanaryJob): Promise<CheckAnswer> {
  await using strict = new CanaryJob();
  strict.parent();
  const inside = await strict.familySize();
  canaries.parent();
  const outside = await canaries.familySize();
  return outside < inside
    ? { status: "works", detail: "child processes are outside the job" }
    : { status: "ineffective", detail: "child processes are in the job nevertheless" };
}

async function startsCanary(canaries: CanaryJob): Promise<CheckAnswer> {
  canaries.idle({ suspended: true });
  return await canaries.message(["newProcess"])
    ? { status: "kept", detail: "processes start under it; only a window could show its effect" }
    : { status: "failed", detail: "the start of a process was not reported" };
}

/**
 * How limits are tried, one trial per option of the limit's row. A limit that is not listed is tried
 * with its example.
 */
export const LIMIT_TRIALS: { readonly [Name in keyof Limits]?: readonly LimitTrial[] } = {
  jobMemory: [{ limits: { jobMemory: TINY }, canary: memoryCanary }],
  processMemory: [{ limits: { processMemory: TINY }, canary: memoryCanary }],
  jobUserTime: [{ limits: { jobUserTime: MOMENT }, canary: timeCanary }],
  processUserTime: [{ limits: { processUserTime: MOMENT }, canary: timeCanary }],
  endOfJobTime: [{
    limits: { jobUserTime: MOMENT, endOfJobTime: "post" },
    canary: endOfTimeCanary,
  }],
  activeProcesses: [{ limits: { activeProcesses: 1 }, canary: countCanary }],
  affinity: [{ limits: { affinity: FIRST_PROCESSOR }, canary: affinityCanary }],
  subsetAffinity: [{ limits: { affinity: FIRST_PROCESSOR, subsetAffinity: true } }],
  groupAffinity: [{ limits: { groupAffinity: [{ group: 0, mask: FIRST_PROCESSOR }] } }],
  cpu: [
    { limits: { cpu: { hardCapCpus: 0.25 } }, canary: rateCanary },
    {
      // The machine is read when the limit is tried.
      get limits() {
        return { cpu: { hardCap: quarter() } };
      },
      canary: rateCanary,
    },
    { limits: { cpu: { softCap: 50 } } },
    { limits: { cpu: { weight: 3 } } },
    { limits: { cpu: { min: 1, max: 50 } } },
    { limits: { cpu: { min: 1, max: 60 } } },
  ],
  killOnClose: [{ limits: { killOnClose: true }, canary: closeCanary }],
  silentBreakaway: [{ limits: { silentBreakaway: true }, canary: breakawayCanary }],
  ui: [{
    limits: { ui: ["desktop", "exitWindows", "handles", "writeClipboard"] },
    canary: startsCanary,
  }],
};
