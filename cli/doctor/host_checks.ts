/**
 * The checks of jobs regardless of limits, and of the host that jobbox itself runs in.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import { CanaryJob, DEADLINE, refusalAnswer, within } from "./trial.ts";
import type { Check, CheckAnswer } from "./check.ts";
import {
  assignHandle,
  check,
  containsHandle,
  failure,
  JOB_OBJECT_LIMIT,
  JOBOBJECTINFOCLASS,
  kernel32,
  launch,
  OwnedHandle,
  prepareProgram,
  struct,
  STRUCTS,
  systemDirectory,
} from "../windows.ts";

const EXTENDED = struct(STRUCTS, "JOBOBJECT_EXTENDED_LIMIT_INFORMATION");

/** How many jobs are watched while a file is read: more than Deno has threads for waits. */
const LISTENED_JOBS = 48;

/** Milliseconds of processor time that prove that it is counted. */
const COUNTED = 20;

async function messages(): Promise<CheckAnswer> {
  await using canaries = new CanaryJob();
  canaries.parent();
  const missing: string[] = [];
  for (const type of ["newProcess", "exitProcess", "activeProcessZero"] as const) {
    if (!await canaries.message([type], DEADLINE)) missing.push(type);
  }
  return missing.length === 0
    ? { status: "works", detail: "starts, ends and the end of the last process are reported" }
    : { status: "ineffective", detail: `not reported: ${missing.join(", ")}` };
}

async function tree(): Promise<CheckAnswer> {
  await using alone = new CanaryJob();
  alone.leaf();
  const one = await alone.familySize();
  await using canaries = new CanaryJob();
  canaries.parent();
  return await canaries.familySize() > one
    ? { status: "works", detail: "child processes are in the job of their parent" }
    : { status: "ineffective", detail: "a child process was not in the job of its parent" };
}

function jobList(): Promise<CheckAnswer> {
  const job = new OwnedHandle(
    check(kernel32.CreateJobObjectW(null, null), "CreateJobObjectW", "Cannot create a job"),
    "a canary's job",
  );
  using _job = job;
  let assigned = false;
  const { process, thread } = launch(prepareProgram(`${systemDirectory()}\\cmd.exe`), {
    stdio: [0n, 0n, 0n],
    suspended: true,
    container: {
      handle: job.value,
      contains: (canary) => containsHandle(job.value, canary, "a canary's job"),
      assign: (canary) => {
        assigned = true;
        assignHandle(job.value, canary, "Cannot assign a canary to its job");
      },
    },
  });
  using _process = process;
  using _thread = thread;
  kernel32.TerminateProcess(process.value, 1);
  return Promise.resolve(
    assigned
      ? {
        status: "ineffective",
        detail: "a process must be assigned before its first instruction",
        advice: "nothing to do: jobbox does this",
      }
      : { status: "works", detail: "a process is in its job from the start" },
  );
}

async function nesting(): Promise<CheckAnswer> {
  await using outer = new CanaryJob();
  await using inner = new CanaryJob();
  const child = outer.idle({ suspended: true });
  inner.job.assign(child.pid);
  const listed = [outer, inner].every(({ job }) => job.pids().includes(child.pid));
  return listed
    ? { status: "works", detail: "a process can be in a job inside a job" }
    : { status: "ineffective", detail: "the inner job took the process out of the outer one" };
}

async function accounting(): Promise<CheckAnswer> {
  await using canaries = new CanaryJob();
  canaries.spin();
  const until = performance.now() + DEADLINE;
  while (performance.now() < until) {
    const { userTime, kernelTime, memory } = canaries.job.stats();
    if (userTime + kernelTime >= COUNTED) {
      return memory.peak > 0
        ? { status: "works", detail: "processor time and memory are counted" }
        : { status: "ineffective", detail: "processor time is counted, memory is not" };
    }
    await delay(COUNTED);
  }
  return { status: "ineffective", detail: "the processor time of a busy loop stays 0" };
}

async function freeze(): Promise<CheckAnswer> {
  await using canaries = new CanaryJob();
  canaries.spin();
  await canaries.message(["newProcess"]);
  canaries.job.freeze();
  // Time while it is being frozen is not counted.
  await delay(100);
  const before = canaries.cpuTime();
  await delay(200);
  const frozen = canaries.cpuTime() - before;
  canaries.job.thaw();
  const until = performance.now() + DEADLINE;
  while (performance.now() < until) {
    if (canaries.cpuTime() - before - frozen >= COUNTED) {
      return frozen < COUNTED
        ? { status: "works", detail: "frozen processes stop, and continue after the thaw" }
        : { status: "ineffective", detail: "frozen processes keep running" };
    }
    await delay(COUNTED);
  }
  return { status: "ineffective", detail: "processes did not continue after the thaw" };
}

async function ioTracking(): Promise<CheckAnswer> {
  await using canaries = new CanaryJob();
  canaries.job.setIoTracking(true);
  canaries.job.queryStorageStats();
  return { status: "kept", detail: "storage reads and writes can be counted separately" };
}

/** What the innermost job of this process allows, if the system says; `undefined` if there is none. */
function ownJobFlags(): number | "unknown" | undefined {
  const inJob = new Int32Array(1);
  check(
    kernel32.IsProcessInJob(kernel32.GetCurrentProcess(), 0n, inJob),
    "IsProcessInJob",
    "Cannot learn whether jobbox is in a job",
  );
  if (inJob[0] === 0) return undefined;
  const memory = EXTENDED.allocate();
  const code = failure(kernel32.QueryInformationJobObject(
    0n,
    JOBOBJECTINFOCLASS.JobObjectExtendedLimitInformation,
    memory,
    memory.byteLength,
    null,
  ));
  return code === 0 ? EXTENDED.decode(memory).BasicLimitInformation.LimitFlags : "unknown";
}

/** What Deno sets on the job that it makes for its own children. */
const DENO_FLAGS = JOB_OBJECT_LIMIT.KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT.BREAKAWAY_OK |
  JOB_OBJECT_LIMIT.SILENT_BREAKAWAY_OK | JOB_OBJECT_LIMIT.DIE_ON_UNHANDLED_EXCEPTION;

function outerJob(): Promise<CheckAnswer> {
  const flags = ownJobFlags();
  if (flags === undefined) {
    return Promise.resolve({ status: "works", detail: "jobbox is not in a job" });
  }
  if (flags === DENO_FLAGS) {
    return Promise.resolve({
      status: "works",
      detail:
        "jobbox is in the job that Deno makes for its children; processes that jobbox starts leave it",
    });
  }
  const { BREAKAWAY_OK, SILENT_BREAKAWAY_OK } = JOB_OBJECT_LIMIT;
  const leaving = flags === "unknown"
    ? "may or may not let processes leave: the system does not say"
    : (flags & (SILENT_BREAKAWAY_OK | BREAKAWAY_OK)) !== 0
    ? "lets processes leave"
    : "does not let processes leave";
  return Promise.resolve({
    status: "kept",
    detail: `jobbox is in another program's job, which ${leaving}`,
    advice:
      "the stricter of its limits and yours apply; a terminal, a service or a CI agent created it",
  });
}

async function blockingPool(): Promise<CheckAnswer> {
  const jobs = Array.from({ length: LISTENED_JOBS }, () => new CanaryJob());
  try {
    const asked = within(Deno.stat(systemDirectory()), DEADLINE);
    return await asked
      ? { status: "works", detail: `file I/O works while ${LISTENED_JOBS} jobs are watched` }
      : { status: "ineffective", detail: `file I/O does not work while jobs are watched` };
  } finally {
    for (const job of jobs) await job[Symbol.asyncDispose]();
  }
}

/** Makes a check in which refusals by the system are results. */
function checkOf(
  area: Check["area"],
  [id, title, run]: readonly [string, string, () => Promise<CheckAnswer>],
): Check {
  return {
    id,
    area,
    title,
    run: async () => {
      try {
        return await run();
      } catch (error) {
        return refusalAnswer(error);
      }
    },
  };
}

/**
 * The checks of jobs as such.
 *
 * @returns The checks.
 */
export function jobChecks(): Check[] {
  return ([
    ["job-list", "A process starts in its job", jobList],
    ["tree", "Child processes are in the job", tree],
    ["messages", "The job reports starts and ends", messages],
    ["accounting", "The job counts what its processes use", accounting],
    ["nesting", "A job inside a job", nesting],
    ["freeze", "Freezing and thawing", freeze],
    ["io-tracking", "Counting storage separately", ioTracking],
  ] as const).map((row) => checkOf("job", row));
}

/**
 * The checks of the host.
 *
 * @returns The checks.
 */
export function hostChecks(): Check[] {
  return ([
    ["outer-job", "The job that jobbox itself is in", outerJob],
    ["blocking-pool", "Waiting does not block file I/O", blockingPool],
  ] as const).map((row) => checkOf("host", row));
}
