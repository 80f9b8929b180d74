/**
 * The real job behind a run, in the form that the watch takes.
 *
 * @module
 */
import { UnsupportedPlatformError } from "../../ffi/unsupported_platform.ts";
import { LimitNotAppliedError } from "../../job/errors.ts";
import { JobObject } from "../../job/job_object.ts";
import type { ChildProcess } from "../../process/child_process.ts";
import { breakGroup, type GroupBreak } from "../../process/console_break.ts";
import { prepareProgram } from "../../process/start/program.ts";
import type { SpawnOptions } from "../../process/spawn.ts";
import type { StdioFile } from "../../process/start/stdio.ts";
import type { FinalStats, RecordableEvent } from "../report/recorder.ts";
import type { RunPlan } from "./plan.ts";
import { type StartFailure, startFailure, withMend } from "./start_failure.ts";
import type { SupervisedChild, SupervisedJob } from "./supervisor.ts";

/**
 * Makes the job of a run, its limits in force.
 *
 * @param plan The run.
 * @returns The job, which ends with jobbox.
 * @throws {Error} If the name is taken or a limit is refused; the message says what to do.
 */
export function createRunJob(plan: RunPlan): JobObject {
  let job: JobObject;
  try {
    job = JobObject.create({
      killOnClose: true,
      ...plan.name === undefined ? {} : { name: plan.name },
    });
  } catch (error) {
    throw withMend(error);
  }
  try {
    if (Object.keys(plan.limits).length > 0) job.setLimits(plan.limits);
    if (Object.keys(plan.notificationLimits).length > 0) {
      job.setNotificationLimits(plan.notificationLimits);
    }
    return job;
  } catch (error) {
    job.close();
    throw withAdvice(error);
  }
}

/** The job's messages to the end of the signal, which ends them without an error. */
async function* untilAborted(
  messages: AsyncIterable<RecordableEvent>,
  signal: AbortSignal,
): AsyncGenerator<RecordableEvent> {
  try {
    yield* messages;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The job's statistics, where the system keeps them. */
function statsOf(job: JobObject): FinalStats | undefined {
  try {
    return job.stats();
  } catch (error) {
    if (error instanceof UnsupportedPlatformError) return undefined;
    throw error;
  }
}

/** Says what to do about a limit that this system does not have. */
function withAdvice(error: unknown): unknown {
  const lacks = error instanceof UnsupportedPlatformError || error instanceof LimitNotAppliedError;
  if (!lacks) return error;
  return new Error(`${error.message}: jobbox doctor tells which limits are kept here`, {
    cause: error,
  });
}

/**
 * Shows a job to the watch.
 *
 * @param job The job.
 * @returns The job as the watch takes it.
 */
export function superviseJob(job: JobObject): SupervisedJob {
  return {
    events: (signal) => untilAborted(job.notifications({ signal }), signal),
    wait: () => job.wait(),
    terminate: (exitCode) => job.terminate(exitCode),
    stats: () => statsOf(job),
  };
}

/** A started command, and what to give up when it is over. */
export interface StartedChild extends SupervisedChild, Disposable {
  /** The process. */
  readonly process: ChildProcess;
}

/**
 * Shows a process to the watch.
 *
 * @param process A process that leads a group of its own.
 * @returns The process as the watch takes it.
 */
export function superviseChild(process: ChildProcess): StartedChild {
  let pending: GroupBreak | undefined;
  return {
    process,
    pid: process.pid,
    code: process.status.then(({ code }) => code ?? undefined),
    askToEnd: (refused) => {
      pending ??= breakGroup(process.pid);
      pending.refused.then(refused);
    },
    [Symbol.dispose]: () => pending?.[Symbol.dispose](),
  };
}

/**
 * The options with which a run starts its command.
 *
 * @param plan The run.
 * @param piped Whether the output goes through jobbox.
 * @returns Options of `JobObject.spawn`.
 */
export function spawnOptions(plan: RunPlan, piped: boolean): SpawnOptions {
  const { stdin, stdout, stderr } = plan.stdio;
  // Two that write to one file each by a position of its own would write over each other.
  const append = plan.sharesOutput;
  const output = (path: string | undefined): "piped" | "inherit" | StdioFile =>
    piped ? "piped" : path === undefined ? "inherit" : append ? { path, append } : { path };
  return {
    args: plan.args,
    ...plan.rawArguments === undefined ? {} : { rawArguments: plan.rawArguments },
    stdin: stdin === undefined ? "inherit" : { path: stdin },
    stdout: output(stdout),
    stderr: output(stderr),
    // Ctrl-C reaches only jobbox then, which ends the tree in order.
    newProcessGroup: true,
    ...plan.cwd === undefined ? {} : { cwd: plan.cwd },
    ...Object.keys(plan.env).length === 0 ? {} : { env: plan.env },
    ...plan.clearEnv ? { clearEnv: true } : {},
  };
}

/** A command's program, or why it would not start. */
export interface FoundProgram {
  /** Its full path; as it was written where it was not found. */
  readonly executable: string;
  /** Why it would not start; absent when it would. */
  readonly failure?: StartFailure;
}

/**
 * Looks a command up as its start would, and starts nothing.
 *
 * @param plan The run.
 * @returns The program.
 */
export function findProgram(plan: RunPlan): FoundProgram {
  const { args, rawArguments, cwd, env, clearEnv } = spawnOptions(plan, false);
  try {
    const program = prepareProgram(plan.command, {
      ...args === undefined ? {} : { args },
      ...rawArguments === undefined ? {} : { rawArguments },
      ...cwd === undefined ? {} : { cwd },
      ...env === undefined ? {} : { env },
      ...clearEnv === undefined ? {} : { clearEnv },
    });
    return { executable: program.application };
  } catch (error) {
    return { executable: plan.command, failure: startFailure(error) };
  }
}
