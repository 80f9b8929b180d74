/**
 * `jobbox run`: starts a command in a job, watches it, reports.
 *
 * @module
 */
import type { JobObject } from "../../job/job_object.ts";
import type { Command } from "../args/command.ts";
import { EXIT_CODES, exitCodeOf } from "../exit_code.ts";
import { explainRun } from "../run/explain.ts";
import type { Io, OutputFile } from "../terminal/io.ts";
import { VALUE_NOTES } from "../args/limit_options.ts";
import { type Destination, OutputMeter } from "../run/output.ts";
import { type RecordedOutput, toJsonObject } from "../report/record.ts";
import type { FinalStats, RunOutcome, RunStart } from "../report/recorder.ts";
import {
  createRunJob,
  findProgram,
  spawnOptions,
  type StartedChild,
  superviseChild,
  superviseJob,
} from "../run/job.ts";
import { readRunPlan, RUN_OPTIONS, type RunPlan } from "../run/plan.ts";
import { checkFiles } from "../run/files.ts";
import { RunReports } from "../run/reports.ts";
import { RunStatus } from "../run/status.ts";
import { startFailure } from "../run/start_failure.ts";
import { type SupervisedEnd, Supervisor } from "../run/supervisor.ts";
import { messageOf, writeMessage } from "../text/message.ts";
import { UsageError } from "../args/usage_error.ts";
import { VERSION } from "../version.ts";

/** How long output that is still on its way is waited for when the tree is gone. */
const DRAIN_TIME = 2000;

/** `jobbox run`. */
export const runCommand: Command<RunPlan> = {
  spec: {
    name: "run",
    summary: "run a command in a job under limits",
    usage: "[OPTION…] [--] COMMAND [ARGUMENT…]",
    example: "jobbox run --memory 512M --timeout 30s -- node build.js",
    options: RUN_OPTIONS,
    stopEarly: true,
    notes: [
      {
        title: "How it is stopped",
        rows: [
          [
            "Ctrl-C",
            "reaches jobbox only, which sends CTRL_BREAK to the command, waits for --grace and ends " +
            "what is left; a second one ends it at once",
          ],
          ["closing", "the console's close, a logoff and jobbox's own end end the tree at once"],
        ],
      },
      { title: "Values", rows: VALUE_NOTES },
      {
        title: "Exit codes",
        rows: EXIT_CODES.map(({ code, meaning }) => [code?.toString() ?? "any", meaning] as const),
      },
    ],
  },
  parse: readRunPlan,
  execute: (plan, io) => plan.explain ? explainRun(plan, io) : run(plan, io),
};

async function run(plan: RunPlan, io: Io): Promise<number> {
  const { cwd } = plan;
  if (cwd !== undefined && !io.isFolder(cwd)) {
    throw new UsageError(`Option --cwd: Cannot run in ${cwd}: there is no such folder`);
  }
  // Nothing is changed before all that is written is known to be no input.
  const { executable } = findProgram(plan);
  checkFiles([...plan.files, { from: "the command", path: executable, use: "run" }], io);
  using reports = new RunReports(plan, io);
  let started = io.elapsed();
  const finish = (outcome: Omit<RunOutcome, "endedAt" | "wall">): number => {
    reports.finish({ ...outcome, endedAt: new Date(io.now()), wall: io.elapsed() - started });
    return outcome.exitCode;
  };
  let job: JobObject;
  try {
    job = createRunJob(plan);
  } catch (error) {
    // Nothing is known of a job that could not be made but what it was to be.
    reports.start(runStart(plan, io, {}));
    const message = writeMessage(io, error);
    return finish({ verdict: "failed", exitCode: exitCodeOf("failed"), error: message });
  }
  using _job = job;
  reports.start(runStart(plan, io, { job, executable }));
  // The time is the command's: neither the job's making nor the search for the program is of it.
  started = io.elapsed();
  return finish(await watch(plan, io, { job, reports }));
}

function runStart(
  plan: RunPlan,
  io: Io,
  { job, executable = plan.command }: { job?: JobObject; executable?: string },
): RunStart {
  const own = {
    ...plan.timeout === undefined ? {} : { wallTime: plan.timeout },
    ...plan.maxOutput === undefined ? {} : { outputSize: plan.maxOutput },
  };
  return {
    toolVersion: VERSION,
    processors: io.processors(),
    command: { executable, args: plan.args, cwd: plan.cwd ?? io.cwd() },
    job: {
      ...plan.name === undefined ? {} : { name: plan.name },
      limits: toJsonObject({ ...plan.limits, ...job === undefined ? {} : { killOnClose: true } }),
      notificationLimits: toJsonObject(plan.notificationLimits),
      ...Object.keys(own).length === 0 ? {} : { ownLimits: own },
    },
    startedAt: new Date(io.now()),
  };
}

type Outcome = Omit<RunOutcome, "endedAt" | "wall">;

async function watch(
  plan: RunPlan,
  io: Io,
  { job, reports }: { readonly job: JobObject; readonly reports: RunReports },
): Promise<Outcome> {
  using scope = new DisposableStack();
  const status = RunStatus.of(plan, io);
  if (status !== undefined) scope.use(status);
  let output: RunOutput;
  try {
    output = new RunOutput(plan, io, { scope, beforeWrite: () => status?.clear() });
  } catch (error) {
    return { verdict: "failed", exitCode: exitCodeOf("failed"), error: writeMessage(io, error) };
  }
  const samplers: Sampler[] = [
    ...reports.wantsRecord ? [reports] : [],
    ...status === undefined ? [] : [status],
  ];
  const supervisor: Supervisor = new Supervisor(superviseJob(job), plan, {
    clock: io,
    hooks: {
      event: (event, at) => reports.event(event, at),
      ...samplers.length === 0 ? {} : { sample: takeTurns(samplers) },
      ending: ({ limit }, at) => {
        if (limit?.name === "wallTime" || limit?.name === "outputSize") {
          reports.hit(limit.name, at, limit);
        }
      },
    },
  });
  let child: StartedChild | undefined;
  let end: SupervisedEnd;
  try {
    end = await supervisor.run(() => {
      child = superviseChild(job.spawn(plan.command, spawnOptions(plan, output.piped)));
      scope.use(child);
      output.pump(child, supervisor);
      return child;
    });
  } catch (error) {
    const { verdict, message } = startFailure(error);
    writeMessage(io, message);
    return { verdict, exitCode: exitCodeOf(verdict), error: message };
  }
  await output.finish();
  if (end.error !== undefined) writeMessage(io, end.error);
  const { code, reason, stats, stoppedBy, verdict } = end;
  return {
    verdict,
    limit: reason?.limit,
    stoppedBy,
    exitCode: exitCodeOf(verdict, code),
    child: {
      ...child === undefined ? {} : { pid: child.pid },
      ...code === undefined ? {} : { code },
    },
    stats,
    output: output.counts,
    error: end.error,
  };
}

/** Someone who wants samples; `sample` answers the milliseconds until the next one. */
interface Sampler {
  sample(stats: FinalStats, at: number): number;
}

/** Gives each sampler its samples at its own pace. */
function takeTurns(samplers: readonly Sampler[]): (stats: FinalStats, at: number) => number {
  const due = samplers.map(() => 0);
  return (stats, at) => {
    for (const [index, sampler] of samplers.entries()) {
      if (at >= due[index]!) due[index] = at + sampler.sample(stats, at);
    }
    return Math.max(1, Math.min(...due) - at);
  };
}

/** The command's output where it goes through jobbox, for its cap. */
class RunOutput {
  readonly #plan: RunPlan;
  readonly #io: Io;
  readonly #files: { readonly stdout?: OutputFile; readonly stderr?: OutputFile };
  readonly #beforeWrite: () => void;
  readonly #stop = new AbortController();
  #meter: OutputMeter | undefined;
  #pumps: Promise<unknown> = Promise.resolve();

  constructor(
    plan: RunPlan,
    io: Io,
    { scope, beforeWrite }: {
      readonly scope: DisposableStack;
      readonly beforeWrite: () => void;
    },
  ) {
    this.#plan = plan;
    this.#io = io;
    this.#beforeWrite = beforeWrite;
    const open = (name: "stdout" | "stderr", isOurs = this.piped): OutputFile | undefined => {
      const path = plan.stdio[name];
      if (path === undefined || !isOurs) return undefined;
      try {
        const file = scope.use(io.holdFile(path));
        file.empty();
        return file;
      } catch (cause) {
        throw new Error(`--${name}: Cannot write ${path}: ${messageOf(cause)}`, { cause });
      }
    };
    const shared = plan.sharesOutput;
    // Both are appended to it then: it must be empty before, and free for the command.
    if (shared && !this.piped) open("stdout", true)?.close();
    const stdout = open("stdout");
    const stderr = shared ? stdout : open("stderr");
    this.#files = {
      ...stdout === undefined ? {} : { stdout },
      ...stderr === undefined ? {} : { stderr },
    };
  }

  /** Whether the output goes through jobbox. */
  get piped(): boolean {
    return this.#plan.maxOutput !== undefined;
  }

  /** What was written, as far as it is known. */
  get counts(): RecordedOutput | undefined {
    if (this.#meter !== undefined) {
      const { stdoutBytes, stderrBytes } = this.#meter;
      return { stdoutBytes, stderrBytes };
    }
    // What of a shared file is whose is not known.
    if (this.#plan.sharesOutput) return undefined;
    const { stdout, stderr } = this.#plan.stdio;
    const stdoutBytes = stdout === undefined ? undefined : this.#io.fileSize(stdout);
    const stderrBytes = stderr === undefined ? undefined : this.#io.fileSize(stderr);
    if (stdoutBytes === undefined && stderrBytes === undefined) return undefined;
    return {
      ...stdoutBytes === undefined ? {} : { stdoutBytes },
      ...stderrBytes === undefined ? {} : { stderrBytes },
    };
  }

  #destination(name: "stdout" | "stderr"): Destination {
    const file = this.#files[name];
    if (file === undefined) {
      return (bytes) => {
        if (this.#io.isTerminal(name)) this.#beforeWrite();
        return this.#io.writeBytes(name, bytes);
      };
    }
    return (bytes) => {
      file.write(bytes);
      return true;
    };
  }

  pump(child: StartedChild, supervisor: Supervisor): void {
    const limit = this.#plan.maxOutput;
    if (limit === undefined) return;
    const meter = new OutputMeter({
      limit,
      exceeded: (measured) => {
        const reached = { name: "outputSize", limit, measured, unit: "bytes" };
        supervisor.end({ verdict: "outputSize", limit: reached }, "kill");
      },
    });
    this.#meter = meter;
    const { signal } = this.#stop;
    this.#pumps = Promise.all(
      (["stdout", "stderr"] as const).map((name) =>
        meter.pump(name, child.process[name], { destination: this.#destination(name), signal })
      ),
    ).catch((error) => supervisor.fail(error));
  }

  /** Waits for what is still in the pipes; a process that left the job may keep them open. */
  async finish(): Promise<void> {
    const cancel = this.#io.after(DRAIN_TIME, () => this.#stop.abort());
    await this.#pumps;
    cancel();
  }
}
