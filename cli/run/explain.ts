/**
 * What a run would do, and what this system would refuse of it: `jobbox run --explain`.
 *
 * The limits are tried on a job without processes, so the answer is the system's own and nothing is
 * started.
 *
 * @module
 */
import { shown } from "../../process/start/shown.ts";
import { JOBOBJECTINFOCLASS } from "../../ffi/constants.ts";
import { JobObject } from "../../job/job_object.ts";
import type { Limits } from "../../job/limits/limits.ts";
import type { NotificationLimits } from "../../job/notifications/notification_limits.ts";
import { showCommand, showJson, showText } from "../text/display.ts";
import { messageOf, oneLine } from "../text/message.ts";
import { formatDuration, formatSize } from "../text/quantity.ts";
import { exitCodeOf } from "../exit_code.ts";
import type { Io } from "../terminal/io.ts";
import { type GivenLimit, givenLimits } from "../args/limit_options.ts";
import { toPolicy } from "../args/policy.ts";
import { POLICY_SETTINGS, type RunPlan } from "./plan.ts";
import { folderProblem } from "./files.ts";
import { findProgram } from "./job.ts";
import { type Setting, Settings } from "../args/setting.ts";
import { startFailure, withMend } from "./start_failure.ts";

/** A limit as it would be set. */
export interface ExplainedLimit {
  /** Its name in the programming interface. */
  readonly name: string;
  /** The options that set it, as they were given. */
  readonly options: readonly string[];
  /** The C name of its flag or structure. */
  readonly win32: string;
  /** The information class or function that sets it. */
  readonly setBy: string;
  /** What happens when it is reached. */
  readonly whenReached: string;
  /** Why this system refuses it; absent when it does not. */
  readonly refused?: string;
}

/** What a run would do. */
export interface Explanation {
  /** The program's full path; as it was written where it was not found. */
  readonly executable: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** The folder it would run in. */
  readonly cwd: string;
  /** The limits and soft limits. */
  readonly limits: readonly ExplainedLimit[];
  /** The calls, in their order. */
  readonly calls: readonly string[];
  /** What would make the run fail before its start; empty when nothing would. */
  readonly refused: readonly string[];
  /** The exit code of that failure; 0 when there is none. */
  readonly exitCode: number;
  /** A policy file's content that means the same run. */
  readonly policy: Readonly<Record<string, unknown>>;
}

/** Tries something that refuses by throwing; answers the refusal. */
function refusal(attempt: () => void): string | undefined {
  try {
    attempt();
  } catch (error) {
    return messageOf(withMend(error));
  }
}

function setterOf({ infoClass }: GivenLimit): string {
  const [name] = Object.entries(JOBOBJECTINFOCLASS).find(([, value]) => value === infoClass) ?? [];
  return infoClass === 0 || name === undefined ? "SetIoRateControlInformationJobObject" : name;
}

function written({ name, value }: Setting): string {
  return value === "" ? `--${name}` : `--${name} ${value}`;
}

/** What each limit needs beside it to be a limit at all. */
const COMPANIONS: { readonly [name: string]: readonly (keyof Limits)[] } = {
  subsetAffinity: ["affinity"],
};

function pick<T extends object>(from: T, names: readonly string[]): T {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name))) as T;
}

function tryLimits(limits: Limits): string | undefined {
  return refusal(() => {
    using job = JobObject.create();
    job.setLimits(limits);
  });
}

function trySoftLimits(limits: NotificationLimits, hard: Limits): string | undefined {
  return refusal(() => {
    using job = JobObject.create();
    // A rate can be watched only where it is set.
    if (hard.cpu !== undefined) job.setLimits({ cpu: hard.cpu });
    job.setNotificationLimits(limits);
  });
}

function explainLimits(plan: RunPlan): ExplainedLimit[] {
  const { hard, soft } = givenLimits(new Settings(plan.settings));
  const row = (limit: GivenLimit, refused: string | undefined): ExplainedLimit => ({
    name: limit.name,
    options: limit.given.map(written),
    win32: limit.text.win32,
    setBy: setterOf(limit),
    whenReached: limit.text.whenReached.replaceAll("`", ""),
    ...refused === undefined ? {} : { refused },
  });
  return [
    ...hard.map((limit) => {
      const names = [limit.name, ...COMPANIONS[limit.name] ?? []];
      return row(limit, tryLimits(pick(plan.limits, names)));
    }),
    ...soft.map((limit) =>
      row(limit, trySoftLimits(pick(plan.notificationLimits, [limit.name]), plan.limits))
    ),
  ];
}

function explainCalls(plan: RunPlan, limits: readonly ExplainedLimit[]): string[] {
  const { clearEnv, env, grace, maxOutput, name, stdio, timeout, waitTree } = plan;
  const bySetter = Map.groupBy(limits, ({ setBy }) => setBy);
  const extended = "JobObjectExtendedLimitInformation";
  const flags = bySetter.get(extended)?.map(({ win32 }) => win32) ?? [];
  bySetter.delete(extended);
  const environment = [
    ...clearEnv ? ["a cleared environment"] : [],
    ...Object.keys(env).length > 0 ? [`${Object.keys(env).length} variables changed`] : [],
  ];
  const streams = Object.entries(stdio).map(([stream, path]) => `${stream} ${path}`);
  return [
    `CreateJobObjectW: ${name === undefined ? "without a name" : shown(name)}`,
    "SetInformationJobObject JobObjectAssociateCompletionPortInformation",
    `SetInformationJobObject ${extended}: ${
      ["JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE", ...flags].join(", ")
    }`,
    ...[...bySetter].map(([setter, members]) =>
      `${setter.startsWith("JobObject") ? `SetInformationJobObject ${setter}` : setter}: ${
        members.map(({ win32 }) => win32).join(", ")
      }`
    ),
    `CreateProcessW: born in the job, a process group of its own, only its three standard handles${
      [...streams, ...environment].map((part) => `, ${part}`).join("")
    }`,
    ...timeout === undefined ? [] : [
      `after ${formatDuration(timeout)}: CTRL_BREAK, after ${
        formatDuration(grace)
      } more: TerminateJobObject`,
    ],
    ...maxOutput === undefined
      ? []
      : [`above ${formatSize(maxOutput)} of output: TerminateJobObject`],
    waitTree ? "wait for every process of the job" : "wait for the command: TerminateJobObject",
  ];
}

/**
 * Works out what a run would do.
 *
 * @param plan The run.
 * @param io The world.
 * @returns The explanation.
 */
export function explain(plan: RunPlan, io: Io): Explanation {
  const program = findProgram(plan);
  const limits = explainLimits(plan);
  const cwd = plan.cwd === undefined ? undefined : folderProblem(plan.cwd, io);
  const name = plan.name;
  const job = [
    cwd,
    name === undefined ? undefined : refusal(() => JobObject.create({ name }).close()),
    ...limits.map(({ refused }) => refused),
    // What each is granted alone may be refused together.
    limits.every(({ refused }) => refused === undefined) ? tryLimits(plan.limits) : undefined,
  ].filter((text) => text !== undefined);
  const failure = program.failure === undefined
    ? undefined
    : startFailure(program.failure, program.hint);
  const verdict = job.length > 0 ? "failed" : failure?.verdict;
  const command = [plan.command, ...plan.args];
  return {
    executable: program.executable,
    args: plan.args,
    cwd: plan.cwd ?? io.cwd(),
    limits,
    calls: explainCalls(plan, limits),
    refused: [...new Set([...job, ...failure === undefined ? [] : [failure.message]])],
    exitCode: verdict === undefined ? 0 : exitCodeOf(verdict),
    policy: toPolicy(plan.settings, { specs: POLICY_SETTINGS, command }),
  };
}

/** More characters than a command line of Windows can have. */
const MOST_COMMAND = 40_000;

/**
 * Writes an explanation for people.
 *
 * @param explanation The explanation.
 * @returns Lines, with an end of line behind the last.
 */
export function renderExplanation(explanation: Explanation): string {
  const { args, calls, cwd, executable, limits, refused } = explanation;
  const lines = [
    `Program: ${showCommand({ executable, args }, MOST_COMMAND)}`,
    `Folder:  ${showText(cwd)}`,
    `Limits:${limits.length === 0 ? " none" : ""}`,
    ...limits.flatMap((limit) => [
      `  ${showText(limit.options.join(" "))}`,
      `      ${limit.win32}; when reached: ${limit.whenReached}`,
      ...limit.refused === undefined ? [] : [`      refused here: ${oneLine(limit.refused)}`],
    ]),
    "Calls:",
    ...calls.map((call, at) => `  ${at + 1}. ${showText(call)}`),
    refused.length === 0
      ? "This system would refuse nothing."
      : "This system would refuse the run:",
    ...refused.map((text) => `  ${oneLine(text)}`),
  ];
  return lines.join("\n") + "\n";
}

/**
 * Explains a run: `--explain`.
 *
 * @param plan The run.
 * @param io The world.
 * @returns 0, or the exit code that the run would fail with.
 */
export function explainRun(plan: RunPlan, io: Io): Promise<number> {
  const explanation = explain(plan, io);
  io.stdout.write(
    plan.json ? `${showJson(explanation)}\n` : renderExplanation(explanation),
  );
  return Promise.resolve(explanation.exitCode);
}
