/**
 * `jobbox attach`: puts running processes into a job under limits.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { shown } from "../../values/shown.ts";
import { parseCount } from "../../values/quantity.ts";
import { type Command, JSON_OPTION } from "../args/command.ts";
import { ENDED_BY_JOBBOX, exitCodeOf, FAILURE_CODE } from "../exit_code.ts";
import type { Io } from "../terminal/io.ts";
import { LIMIT_OPTIONS, VALUE_NOTES } from "../args/limit_options.ts";
import { toJsonObject } from "../text/json.ts";
import { RunMark } from "../run_mark.ts";
import { cpuTimeOf } from "../run/job.ts";
import { withJobAdvice, withProcessAdvice } from "../run/start_failure.ts";
import { WallTime } from "../run/wall_time.ts";
import { waitForEnd } from "../wait_for_end.ts";
import { showJson, showText, showTime } from "../text/display.ts";
import { messageOf, writeMessage } from "../text/message.ts";
import { UsageError } from "../args/usage_error.ts";
import { parseDuration } from "../../values/duration.ts";
import { fromCommandLine, readLimits, Settings } from "../args/settings.ts";
import { JobObject, type Limits } from "../../mod.ts";
import { MACHINE } from "../windows.ts";

/** The request to `jobbox attach`. */
export interface AttachValue {
  /** The processes. */
  readonly pids: readonly number[];
  /** The job's name. */
  readonly name?: string;
  /** The limits. */
  readonly limits: Limits;
  /** Whether to wait until the job is empty. */
  readonly wait: boolean;
  /** Milliseconds until the processes are ended; with `wait` only. */
  readonly timeout?: number;
  /** Whether time in which the processes are frozen counts too. */
  readonly countFrozen: boolean;
  /** Whether to print JSON. */
  readonly json: boolean;
}

function readPid(text: string): number {
  try {
    const pid = parseCount(text);
    if (pid > 0) return pid;
  } catch {
    // Reported below, with what was expected.
  }
  throw new UsageError(`Cannot read ${shown(text)}: expected the id of a process`);
}

/** A process that could not be put into the job. */
interface Refusal {
  readonly pid: number;
  readonly error: string;
}

function assignAll(job: JobObject, pids: readonly number[]): Refusal[] {
  return pids.flatMap((pid) => {
    try {
      job.assign(pid);
      return [];
    } catch (error) {
      return [{ pid, error: messageOf(withProcessAdvice(error)) }];
    }
  });
}

/**
 * Waits until the job is empty. Ctrl-C ends the wait, and with kill-on-close the processes; the
 * timeout ends both. Returns the exit code.
 */
async function waitForJob(
  job: JobObject,
  { countFrozen, limits, timeout }: AttachValue,
  { io, isFrozen }: { readonly io: Io; readonly isFrozen: () => boolean },
): Promise<number> {
  const stop = new AbortController();
  let isLate = false;
  const stopListening = io.onSignal(() => stop.abort());
  using time = new WallTime({ io, cpuTime: () => cpuTimeOf(job), isFrozen });
  if (timeout !== undefined) {
    time.start(timeout, () => {
      isLate = true;
      stop.abort();
    }, { before: 0, all: countFrozen });
  }
  try {
    await job.wait({ signal: stop.signal });
    return 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    if (isLate || limits.killOnClose === true) {
      job.terminate(ENDED_BY_JOBBOX);
      await waitForEnd(job, io, { exitCode: ENDED_BY_JOBBOX });
    }
    if (isLate) writeMessage(io, `Timed out after ${showTime(timeout ?? 0)} (--timeout)`);
    // The wait was not completed: a script that continues after a 0 must not.
    return exitCodeOf(isLate ? "timeout" : "interrupted");
  } finally {
    stopListening();
  }
}

async function attach(value: AttachValue, io: Io): Promise<number> {
  const { name, pids, limits, json, wait } = value;
  let job: JobObject;
  try {
    job = JobObject.create(defined({ name }));
  } catch (error) {
    throw withJobAdvice(error);
  }
  using _job = job;
  using frozen = new RunMark("frozen", name);
  if (Object.keys(limits).length > 0) job.setLimits(limits);
  const refused = assignAll(job, pids);
  const attached = pids.filter((pid) => !refused.some((refusal) => refusal.pid === pid));
  for (const { error } of refused) writeMessage(io, error);
  if (json) {
    const answer = {
      ...defined({ name }),
      attached,
      refused,
      limits: toJsonObject(limits),
    };
    io.stdout.write(`${showJson(answer)}\n`);
  } else if (attached.length > 0) {
    const what = attached.length === 1 ? "process" : `${attached.length} processes`;
    const where = name === undefined ? "a job" : `job "${showText(name)}"`;
    io.stdout.write(`Put ${what} ${attached.join(", ")} into ${where}\n`);
  }
  const waited = wait && attached.length > 0
    ? await waitForJob(job, value, { io, isFrozen: () => frozen.isSet })
    : 0;
  return refused.length > 0 ? FAILURE_CODE : waited;
}

/** `jobbox attach`. */
export const attachCommand: Command<AttachValue> = {
  spec: {
    name: "attach",
    summary: "put running processes into a job under limits",
    usage: "[OPTION…] PID…",
    example: "jobbox attach --memory 1G --name build --wait 4312",
    options: [
      {
        name: "name",
        value: "NAME",
        help: "the job's name; needs --wait, because the name disappears when jobbox exits",
      },
      {
        name: "wait",
        help: "wait until the job is empty; without it the limits stay with the processes",
      },
      {
        name: "timeout",
        value: "TIME",
        help:
          "end the processes after this wall time: 250ms, 1.5s, 1m30s, 1h; time in which jobbox " +
          "freeze holds them or jobbox itself is suspended does not count; needs --wait",
      },
      {
        name: "count-frozen",
        help: "let --timeout count that time too",
      },
      JSON_OPTION,
      ...LIMIT_OPTIONS,
    ],
    elsewhere: {
      report: "it does not see what happened before: use jobbox run --report, or jobbox events",
    },
    notes: [
      {
        title: "What to know",
        rows: [
          [
            "",
            "processes started before stay outside the job; a process cannot leave the job again",
          ],
          ["", "memory that a process committed before is counted but not refused"],
        ],
      },
      {
        title: "Exit codes",
        rows: [
          ["0", "the processes are in the job; with --wait, all have ended, in whatever way"],
          ["124", "the time of --timeout ran out, and the processes were ended"],
          ["125", "a process could not be attached, or the command line is wrong"],
          ["130", "Ctrl-C, which ends the processes only with --kill-on-close"],
        ],
      },
      { title: "Values", rows: VALUE_NOTES },
    ],
  },
  parse: (args) => {
    const settings = new Settings(fromCommandLine(args.options));
    const limits = readLimits(settings, MACHINE);
    const wait = settings.has("wait");
    if (args.positionals.length === 0) {
      throw new UsageError("No process given: give the ids of running processes");
    }
    if (!wait && limits.killOnClose === true) {
      throw new UsageError(
        "--kill-on-close needs --wait: without it the processes end as soon as jobbox exits",
      );
    }
    if (!wait && limits.endOfJobTime === "post") {
      throw new UsageError(
        "--end-of-job-time post needs --wait: when jobbox does not listen, the system ends the " +
          "processes instead of reporting",
      );
    }
    const timeout = settings.read("timeout", parseDuration);
    if (!wait && timeout !== undefined) {
      throw new UsageError(
        "--timeout needs --wait: without it nothing is there to end the processes",
      );
    }
    const countFrozen = settings.has("count-frozen");
    if (countFrozen && timeout === undefined) {
      throw new UsageError("--count-frozen needs --timeout: without it no time is counted");
    }
    const name = settings.text("name");
    if (!wait && name !== undefined) {
      throw new UsageError("--name needs --wait: without it the name disappears when jobbox exits");
    }
    return {
      pids: [...new Set(args.positionals.map(readPid))],
      limits,
      wait,
      countFrozen,
      json: settings.has("json"),
      ...defined({ name, timeout }),
    };
  },
  execute: attach,
};
