/**
 * One run of a command, from top to bottom: prepare, start, watch, settle, report.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { ENDED_BY_JOBBOX, exitCodeOf, type Verdict } from "../exit_code.ts";
import { recordedIsolation } from "../report/isolation.ts";
import { limitChanges } from "../report/limit_changes.ts";
import { machineOf } from "./machine.ts";
import { toJsonObject } from "../text/json.ts";
import type { RunOutcome, RunStart } from "../report/recorder.ts";
import type { Io, Sink } from "../terminal/io.ts";
import { settleSink } from "../terminal/sink.ts";
import { RunMark } from "../run_mark.ts";
import { messageOf, writeMessage } from "../text/message.ts";
import { VERSION } from "../version.ts";
import { UsageError } from "../args/usage_error.ts";
import type { EngineEnding } from "../engines/engine.ts";
import { isMachineFault, tellEnding, tellFault } from "./engine.ts";
import { STANDARD_STREAM } from "./files.ts";
import {
  checkInputs,
  checkOutputs,
  createRunJob,
  findProgram,
  type FoundProgram,
  startCommand,
} from "./job.ts";
import { READER_PATIENCE, RunOutput } from "./output.ts";
import type { RunPlan } from "./plan.ts";
import { type RunAside, RunReports } from "./reports.ts";
import { standingLimits } from "./standing_limits.ts";
import { startFailure } from "./start_failure.ts";
import { RunStatus } from "./status.ts";
import { Supervisor } from "./supervisor.ts";
import type { WatchedEnd } from "./watched_end.ts";
import type { ChildProcess, JobObject } from "../../mod.ts";
import { withoutErrorDialogs } from "../windows.ts";

/**
 * Runs a command in a job, watches it and reports.
 *
 * @param plan The run.
 * @param io The world.
 * @returns The exit code of the run.
 * @throws {UsageError} If a file of the plan cannot be used; nothing was started or changed.
 */
export async function run(plan: RunPlan, io: Io): Promise<number> {
  using scope = new DisposableStack();

  // Prepare: errors are found before anything starts.
  const program = findProgram(plan);
  // Nothing is changed before every output is known not to be an input.
  checkOutputs(plan, { executable: program.executable, io });
  const status = RunStatus.of(plan, io);
  if (status !== undefined) scope.use(status);
  const reports = scope.use(new RunReports(plan, io, status));
  let started = io.elapsed();
  const finish = async (
    outcome: Outcome,
    aside: RunAside = {},
    over = io.elapsed(),
  ): Promise<number> => {
    status?.[Symbol.dispose]();
    const wall = over - started;
    await reports.finish({ ...outcome, endedAt: new Date(io.now()), wall }, aside);
    if (outcome.isMachineFault === true) {
      tellFault(plan.engine?.errorFile, outcome.error ?? "jobbox itself failed", io);
    }
    // The engine's program is started outside the job, which has ended.
    await tellEnding(plan.engine, endingOf(outcome), io);
    // A reader that did not take the output in time does not take it now.
    if (aside.isCut === true && !writesToStdout(plan)) io.stdout.giveUp();
    await settle(plan, io, outcome);
    return outcome.exitCode;
  };
  let job: JobObject;
  let kills: RunMark;
  let frozen: RunMark;
  let output: RunOutput;
  let isMaking = false;
  try {
    checkInputs(plan, io);
    if (!plan.errorDialogs) scope.use(withoutErrorDialogs());
    isMaking = true;
    job = scope.use(createRunJob(plan));
    kills = scope.use(new RunMark("kill", plan.name));
    frozen = scope.use(new RunMark("frozen", plan.name));
    isMaking = false;
    output = scope.use(new RunOutput(plan, io));
  } catch (error) {
    reports.start(runStart(plan, io, { program }));
    return await finish({
      ...notStarted("failed", messageOf(error)),
      isMachineFault: isMaking && isMachineFault(error, plan),
    });
  }

  // Start: listen for notifications and Ctrl-C before there is a process.
  const before = standingLimits(job);
  const start = runStart(plan, io, { job, program });
  await using watch = new Supervisor(job, plan, {
    io,
    reports,
    killRequested: () => kills.isSet,
    isFrozen: () => frozen.isSet,
  });
  let hasBegun = false;
  const begin = (): void => {
    if (hasBegun) return;
    hasBegun = true;
    started = watch.begin();
    reports.start({ ...start, startedAt: new Date(io.now()) });
  };
  // The trials of an isolation are none of the command's time.
  if (plan.isolation === undefined) begin();
  let child: ChildProcess | undefined;
  try {
    if (program.failure !== undefined) throw program.failure;
    const { executable } = program;
    if (kills.isSet) {
      begin();
      return await finish(notStarted("killed", "It was killed before it started"));
    }
    child = startCommand(job, plan, { piped: output.piped, executable });
    begin();
    reports.began(child.pid);
    // The target of a link that did not exist before is known since it was opened.
    checkOutputs(plan, { executable, io });
    // Whatever code its end has: a kill that met the start can have given it another one.
    if (!letRun(child, kills, job)) watch.end({ verdict: "killed" }, "kill");
  } catch (error) {
    begin();
    await child?.[Symbol.asyncDispose]();
    const { verdict, message } = startFailure(error, {
      hint: program.hint,
      settings: plan.settings,
    });
    const isolation = recordedIsolation(plan.isolation, { refused: error });
    // What fails without any of these is not what the command line asks for.
    const isPlain = plan.isolation === undefined && Object.keys(plan.stdio).length === 0 &&
      !(error instanceof UsageError);
    return await finish({
      ...notStarted(verdict, message),
      isolation,
      isMachineFault: verdict === "failed" && isPlain,
    });
  }
  reports.failed.then((error) => watch.fail(error));

  // Watch: to the end of the tree, and until its output reached the reader.
  status?.follow(job);
  output.pump(child, watch, async () => await status?.clear());
  const end = await watch.watch(child, output);

  // Settle and report. From here on Ctrl-C ends us as it ends every program.
  await watch[Symbol.asyncDispose]();
  const over = io.elapsed();
  const changes = limitChanges(before, standingLimits(job));
  const left = await tidied(child, job);
  const isolation = recordedIsolation(plan.isolation, { inForce: child.isolation, left });
  const outcome = outcomeOf(end, { pid: child.pid, output });
  const isFault = end.reason?.isMachineFault === true;
  return await finish({ ...outcome, limitChanges: changes, isolation, isMachineFault: isFault }, {
    unasked: end.unasked,
    leavesLineOpen: output.leavesLineOpen,
    isCut: output.isCut,
  }, over);
}

/** What could not be taken back; a tree that does not go is not waited for. */
async function tidied(
  { isolation }: ChildProcess,
  job: JobObject,
): Promise<readonly string[] | undefined> {
  if (isolation === undefined || job.pids().length === 0) return await isolation?.cleanup;
  return ["Cannot tidy up after the command: a process of it is still there"];
}

/** Resumes a command that was started suspended, unless the run was killed before; returns whether it runs. */
function letRun(child: ChildProcess, kills: RunMark, job: JobObject): boolean {
  if (kills.isSet) {
    job.terminate(ENDED_BY_JOBBOX);
    return false;
  }
  try {
    child.resume();
    return true;
  } catch (error) {
    // A kill that came meanwhile has ended it.
    if (!kills.isSet) throw error;
    return false;
  }
}

interface Outcome extends Omit<RunOutcome, "endedAt" | "wall"> {
  /** Whether the machine is to blame, so that an engine may send the job to another one. */
  readonly isMachineFault?: boolean;
}

/** What an engine is told. */
function endingOf({ limit, stats, verdict }: Outcome): EngineEnding {
  return { verdict, ...defined({ limit: limit?.name, peakMemory: stats?.memory.peak }) };
}

function notStarted(verdict: Verdict, error: string): Outcome {
  return { verdict, exitCode: exitCodeOf(verdict), error };
}

function outcomeOf(
  { code, endedBy, error, reason, stats, stoppedBy, verdict }: WatchedEnd,
  { output, pid }: { readonly output: RunOutput; readonly pid: number },
): Outcome {
  return {
    verdict,
    limit: reason?.limit,
    stoppedBy,
    exitCode: exitCodeOf(verdict, code),
    child: {
      pid,
      ...defined({ code, endedBy }),
    },
    stats,
    output: output.counts,
    error,
  };
}

/**
 * Waits for the readers of our own streams. A run that ended by itself waits for them, as
 * every program does; one that was ended must not be delayed by a reader that stalls, unless that
 * reader was promised the record.
 */
async function settle(plan: RunPlan, io: Io, { verdict }: Outcome): Promise<void> {
  const wait = async (sink: Sink, isPromised: boolean): Promise<void> => {
    try {
      await (isPromised ? sink.flush() : settleSink(sink, io, READER_PATIENCE));
    } catch (error) {
      writeMessage(
        io,
        `Cannot write to ${sink === io.stdout ? "stdout" : "stderr"}: ${messageOf(error)}`,
      );
    }
  };
  await Promise.all([
    wait(io.stdout, verdict === "exited" || writesToStdout(plan)),
    wait(io.stderr, verdict === "exited"),
  ]);
}

/** Whether data was promised on stdout. */
function writesToStdout({ events, json, meta, reports }: RunPlan): boolean {
  return json || [events, meta, ...reports.map(({ path }) => path)].includes(STANDARD_STREAM);
}

/** What is known about a run when it begins; without a job, only the plan. */
function runStart(
  plan: RunPlan,
  io: Io,
  known: { readonly job?: JobObject; readonly program: FoundProgram },
): RunStart {
  const { job, program: { executable } } = known;
  const own = {
    ...defined({ wallTime: plan.timeout, outputSize: plan.maxOutput }),
  };
  return {
    toolVersion: VERSION,
    machine: machineOf(io),
    labels: plan.labels,
    command: { executable, args: plan.args, cwd: plan.cwd ?? io.cwd() },
    job: {
      ...defined({ name: plan.name }),
      limits: toJsonObject({
        ...plan.limits,
        ...defined({ killOnClose: job === undefined ? undefined : true }),
      }),
      notificationLimits: toJsonObject(plan.notificationLimits),
      ...defined({ ownLimits: Object.keys(own).length === 0 ? undefined : own }),
    },
    startedAt: new Date(io.now()),
  };
}
