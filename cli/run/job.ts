/**
 * The job of a run, and how its command is started in it.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { shown } from "../../values/shown.ts";
import type { FinalStats } from "../report/recorder.ts";
import type { Io } from "../terminal/io.ts";
import { messageOf, reasonOf } from "../text/message.ts";
import { checkFiles } from "./files.ts";
import { type RunPlan, spawnOptions } from "./plan.ts";
import type { OutputStream } from "./output.ts";
import { startHint } from "./start_hint.ts";
import { withJobAdvice } from "./start_failure.ts";
import { UsageError } from "../args/usage_error.ts";
import { ERROR, fullFolder, prepareProgram, processorCount, runFolder } from "../windows.ts";
import { isWithin } from "../../isolation/folder_rules.ts";
import {
  type ChildProcess,
  JobObject,
  LimitNotAppliedError,
  UnsupportedPlatformError,
  Win32Error,
} from "../../mod.ts";

/**
 * Makes the job of a run, its limits in force.
 *
 * @param plan The run.
 * @returns The job, which ends with jobbox.
 * @throws {Error} If the name is taken or a limit is refused; the message says what to do.
 */
export function createRunJob(plan: RunPlan): JobObject {
  const { limits, name, notificationLimits } = plan;
  let job: JobObject | undefined;
  try {
    job = JobObject.create({ killOnClose: true, limits, ...defined({ name }) });
    if (Object.keys(notificationLimits).length > 0) job.setNotificationLimits(notificationLimits);
    return job;
  } catch (error) {
    job?.close();
    throw withAdvice(withJobAdvice(error), limits);
  }
}

/**
 * Reads a job's statistics.
 *
 * @param job The job.
 * @returns The statistics; `undefined` if the system keeps none.
 */
export function readStats(job: Pick<JobObject, "stats">): FinalStats | undefined {
  try {
    return job.stats();
  } catch (error) {
    if (error instanceof UnsupportedPlatformError) return undefined;
    throw error;
  }
}

/**
 * Reads the processor time of a job.
 *
 * @param job The job.
 * @returns Milliseconds of all its processes so far; `undefined` if they cannot be read.
 */
export function cpuTimeOf(job: Pick<JobObject, "stats">): number | undefined {
  try {
    const { kernelTime, userTime } = job.stats();
    return userTime + kernelTime;
  } catch {
    // The limits are not looser for it: what is not known counts.
    return undefined;
  }
}

/** Says what to do about a limit that this system does not support, or not fully. */
function withAdvice(error: unknown, { affinity }: RunPlan["limits"]): unknown {
  const isRefused = error instanceof Win32Error && error.code === ERROR.INVALID_PARAMETER;
  const processors = processorCount();
  if (isRefused && typeof affinity === "bigint" && affinity >> BigInt(processors) !== 0n) {
    const range = processors === 1 ? "processor 0 only" : `processors 0-${processors - 1}`;
    return new Error(`${error.message}: --affinity: this machine has ${range}`, { cause: error });
  }
  const lacks = error instanceof UnsupportedPlatformError || error instanceof LimitNotAppliedError;
  if (!lacks) return error;
  return new Error(`${error.message}: jobbox doctor shows which limits work here`, {
    cause: error,
  });
}

/**
 * Starts the command of a run in its job. It does not run before it is resumed.
 *
 * @param job The job.
 * @param plan The run.
 * @param how Which output goes through jobbox, and the program's file where it is known.
 * @returns The process.
 */
export function startCommand(
  job: JobObject,
  plan: RunPlan,
  how: { readonly piped: readonly OutputStream[]; readonly executable?: string },
): ChildProcess {
  const { command, isolation } = plan;
  const options = { ...spawnOptions(plan, how), suspended: true };
  return job.spawn(command, { ...options, ...defined({ isolation }) });
}

/**
 * Refuses a run whose folder or input cannot be used, before anything is emptied or started.
 *
 * @param plan The run.
 * @param io Opens the input.
 * @throws {Error} If one cannot be used; the message begins with its option.
 */
export function checkInputs(
  { cwd, stdio }: RunPlan,
  io: Pick<Io, "fileIdentity" | "readFile">,
): void {
  const attempt = (option: string, action: () => void): void => {
    try {
      action();
    } catch (cause) {
      throw new Error(`--${option}: ${messageOf(cause)}`, { cause });
    }
  };
  if (cwd !== undefined) attempt("cwd", () => void runFolder(cwd));
  const { stdin } = stdio;
  // Opening a device may already read from it.
  if (stdin === undefined || io.fileIdentity(stdin) === undefined) return;
  attempt("stdin", () => {
    try {
      io.readFile(stdin, 0);
    } catch (cause) {
      throw new Error(`Cannot read ${shown(stdin)}: ${reasonOf(cause)}`, { cause });
    }
  });
}

/** Refuses to give the command the folder of the policy that says what it may do. */
function checkPolicy({ files, isolation }: RunPlan): void {
  const policy = files.find(({ from }) => from === "--policy");
  if (policy === undefined) return;
  const full = fullFolder(policy.path);
  for (const folder of isolation?.container?.write ?? []) {
    if (!isWithin(full, fullFolder(folder))) continue;
    throw new UsageError(
      `--write: Cannot give the command ${shown(folder)}: it holds the policy of this run, ` +
        `${shown(policy.path)}`,
    );
  }
}

/**
 * Refuses a run that would write over its own files, its program among them, or let its command do so
 * with the policy.
 *
 * @param plan The run.
 * @param world The program's file, and a function that returns which file a path names.
 * @throws {UsageError} If it would.
 */
export function checkOutputs(
  plan: RunPlan,
  { executable, io }: { readonly executable: string; readonly io: Pick<Io, "fileIdentity"> },
): void {
  const { files } = plan;
  checkPolicy(plan);
  checkFiles([...files, { from: "the command", path: executable, use: "run" }], io);
}

/** The program of a command, or why it would not start. */
export interface FoundProgram {
  /** Its full path; as it was written where it was not found. */
  readonly executable: string;
  /** The error that its start would throw; absent if it would start. */
  readonly failure?: unknown;
  /** What to write instead, if known. */
  readonly hint?: string;
}

/**
 * Looks up a command as its start would, without starting it.
 *
 * @param plan The run.
 * @returns The program.
 */
export function findProgram(plan: RunPlan): FoundProgram {
  try {
    return { executable: lookUp(plan, plan.command) };
  } catch (failure) {
    const isProgram = (name: string): boolean => {
      try {
        return lookUp(plan, name) !== "";
      } catch {
        return false;
      }
    };
    const hint = failure instanceof Deno.errors.NotFound || /[\s"]/.test(plan.command)
      ? startHint(plan, isProgram)
      : undefined;
    return { executable: plan.command, failure, ...defined({ hint }) };
  }
}

/** The file of a program that the run would start, or the error that its start would throw. */
function lookUp(plan: RunPlan, command: string): string {
  return prepareProgram(command, spawnOptions(plan, { piped: [] })).file;
}
