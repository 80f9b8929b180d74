/**
 * What a run would do, and which parts of it this system would refuse: `jobbox run --explain`.
 *
 * The limits are set on a job without processes, so the result is the system's own and nothing is
 * started.
 *
 * @module
 */
import { shown } from "../../values/shown.ts";
import { defined } from "../../values/defined.ts";
import { LIMIT_ROWS, type LimitName, limitRow } from "../../job/limits/table.ts";
import { NOTIFICATION_ROWS } from "../../job/notifications/table.ts";
import { showJson } from "../text/display.ts";
import { messageOf, reasonOf } from "../text/message.ts";
import { formatSize } from "../../values/quantity.ts";
import { exitCodeOf } from "../exit_code.ts";
import type { Io } from "../terminal/io.ts";
import { toPolicy } from "../args/policy.ts";
import {
  type ExplainedLimit,
  type ExplainedRestriction,
  type Explanation,
  type OwnLimit,
  renderExplanation,
} from "./explanation.ts";
import { POLICY_SETTINGS, type RunPlan } from "./plan.ts";
import { STANDARD_STREAM, type UsedFile } from "./files.ts";
import { checkInputs, checkOutputs, createRunJob, findProgram, startCommand } from "./job.ts";
import type { Reaction } from "./options.ts";
import { RunOutput } from "./output.ts";
import { type StartFailure, startFailure, withJobAdvice } from "./start_failure.ts";
import { formatDuration } from "../../values/duration.ts";
import { type Setting, Settings } from "../args/settings.ts";
import { givenRestrictions, messageInOptions } from "../args/isolation_options.ts";
import { type GivenLimit, givenLimits } from "../args/limit_options.ts";
import { JobObject, type Limits, type NotificationLimits } from "../../mod.ts";
import { isolate, rehearse } from "../windows.ts";

/** Tries something that refuses by throwing; returns the refusal. */
function refusal(attempt: () => void, settings: readonly Setting[] = []): string | undefined {
  try {
    attempt();
  } catch (error) {
    return messageInOptions(withJobAdvice(error), settings);
  }
}

function written({ name, value }: Setting): string {
  return value === "" ? `--${name}` : `--${name} ${value}`;
}

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

/** The limits that `--on-limit` is about. */
const ENDING: ReadonlySet<string> = new Set(
  [
    ...["jobMemory", "processMemory", "activeProcesses"],
    ...["jobUserTime", "processUserTime"],
  ],
);

/**
 * Explains a limit that options set, in the words of the table.
 *
 * @param limit The limit.
 * @param how What the watch does when it is reached.
 * @param refused Why this system refuses it; `undefined` when it does not.
 * @returns The explanation.
 */
export function explainRow(
  { row, given }: GivenLimit,
  how: Reaction,
  refused: string | undefined,
): ExplainedLimit {
  return {
    name: row.name,
    options: given.map(written),
    win32: row.win32,
    setBy: row.setBy,
    whenReached: row.whenReached.replaceAll("`", "") + reaction(how),
    ...defined({ refused }),
  };
}

function explainLimits(plan: RunPlan): ExplainedLimit[] {
  const { limits, notificationLimits, onLimit, onNotify, settings } = plan;
  const given = new Settings(settings);
  const effective = (how: Reaction): Reaction => how === "stop" && !isAsked(plan) ? "kill" : how;
  return [
    ...givenLimits(LIMIT_ROWS, given).map((limit) => {
      const { name, needs } = limitRow(limit.row.name as LimitName);
      const names = needs === undefined ? [name] : [name, needs.name];
      const how = ENDING.has(name) ? effective(onLimit) : "report";
      return explainRow(limit, how, tryLimits(pick(limits, names)));
    }),
    ...givenLimits(NOTIFICATION_ROWS, given).map((limit) => {
      const soft = pick(notificationLimits, [limit.row.name]);
      return explainRow(limit, effective(onNotify), trySoftLimits(soft, limits));
    }),
  ];
}

/** Each restriction goes through the first gate, which starts nothing. */
function explainIsolation({ command, isolation = {}, settings }: RunPlan): ExplainedRestriction[] {
  return givenRestrictions(new Settings(settings)).map(({ row, given }) => {
    const { checkedBy, name, takesAway, win32 } = row;
    const wish = name === "protect" ? { ...isolation } : pick(isolation, [name]);
    const refused = refusal(() => {
      const place = { job: { handle: 0n, name: undefined }, isRehearsal: true };
      using _recipe = isolate(wish, { command, options: {} }, place);
    }, settings);
    return {
      name,
      options: given.map(written),
      win32,
      takesAway,
      checkedBy,
      ...defined({ refused }),
    };
  });
}

/** Whether a command that is stopped is asked by CTRL_BREAK before it is ended. */
function isAsked({ foreground, grace }: RunPlan): boolean {
  return !foreground && grace > 0;
}

/** What jobbox does when a limit is reached, after the kernel's own action. */
function reaction(how: Reaction): string {
  if (how === "report") return "";
  return how === "stop"
    ? "; then the run is ended by CTRL_BREAK"
    : "; then the run is ended at once";
}

/** The limits that jobbox itself enforces. */
function explainOwnLimits(plan: RunPlan): OwnLimit[] {
  const { grace, maxOutput, timeout } = plan;
  const end = isAsked(plan)
    ? `CTRL_BREAK, then TerminateJobObject after another ${formatDuration(grace)}`
    : "TerminateJobObject";
  return [
    ...timeout === undefined ? [] : [
      {
        name: "wallTime" as const,
        option: `--timeout ${formatDuration(timeout)}`,
        whenReached: `after ${formatDuration(timeout)}: ${end}`,
      },
    ],
    ...maxOutput === undefined ? [] : [
      {
        name: "outputSize" as const,
        option: `--max-output ${formatSize(maxOutput)}`,
        whenReached: `above ${formatSize(maxOutput)} of output: TerminateJobObject`,
      },
    ],
  ];
}

/** The steps after the start. */
function explainWatch({ waitTree }: RunPlan, ownLimits: readonly OwnLimit[]): string[] {
  return [
    ...ownLimits.map(({ whenReached }) => whenReached),
    waitTree
      ? "wait for every process of the job"
      : "wait for the command, then TerminateJobObject",
  ];
}

/** The start itself, before which a rehearsal stops. */
function explainStart(
  { clearEnv, env, foreground, isolation, stderrToStdout, stdio }: RunPlan,
): string {
  const names = (isSet: boolean): string[] =>
    Object.entries(env).filter(([, value]) => (value !== null) === isSet).map(([name]) => name);
  const [set, removed] = [names(true), names(false)];
  return [
    `${isolation === undefined ? "CreateProcessW" : "CreateProcessAsUserW"}: starts in the job`,
    foreground ? "in jobbox's process group" : "in its own process group",
    "with only its three standard handles",
    ...Object.entries(stdio).map(([stream, path]) => `${stream} ${path}`),
    ...stderrToStdout ? ["stderr to the same place as stdout"] : [],
    ...clearEnv ? ["with a cleared environment"] : [],
    ...set.length === 0 ? [] : [`sets ${set.join(", ")}`],
    ...removed.length === 0 ? [] : [`removes ${removed.join(", ")}`],
  ].join(", ");
}

const FILE_USES: Readonly<Record<UsedFile["use"], string>> = {
  read: "reads",
  run: "runs",
  write: "replaces",
  stream: "empties and writes",
  fill: "empties and writes",
  sum: "adds the run to",
  lock: "locks and keeps",
  draft: "writes and renames",
};

/**
 * Why a record that nobody asked for by name cannot be written, by its path: the run goes on without
 * it.
 */
function lostReports({ reports }: RunPlan, io: Io): ReadonlyMap<string, string> {
  const optional = reports.filter((report) => report.optional === true);
  return new Map(optional.flatMap(({ path }) => {
    const { error } = rehearse(() => io.checkReplaceable(path));
    return error === undefined ? [] : [[path, reasonOf(error)] as const];
  }));
}

/** What the run does with its files. */
function explainFiles(plan: RunPlan, io: Io): string[] {
  const lost = lostReports(plan, io);
  // The policy has been read already; only its effect is explained.
  return plan.files.filter(({ from }) => from !== "--policy").map(({ path, use }) => {
    const reason = lost.get(path);
    if (reason !== undefined) return `cannot write ${path}: ${reason}: the run goes on without it`;
    return `${use === "stream" && plan.append ? "appends to" : FILE_USES[use]} ${path}`;
  });
}

/** Makes the job, opens the files of the output and goes as far as the start of the command, with the code of a run. */
function rehearseRun(plan: RunPlan, io: Io): { calls: readonly string[]; failure?: StartFailure } {
  let isStart = false;
  // The trials of the isolation are programs that would run.
  const { isolation: _, ...plain } = plan;
  const { calls, error } = rehearse(() => {
    using job = createRunJob(plan);
    using output = new RunOutput(plan, io);
    isStart = true;
    startCommand(job, plain, { piped: output.piped });
  });
  if (error === undefined) return { calls: [...calls, explainStart(plan)] };
  const failure: StartFailure = isStart
    ? startFailure(error)
    : { verdict: "failed", message: messageOf(error) };
  return { calls, failure };
}

/** Why a file that is written at the end, or as events come, would be refused. */
function fileRefusals({ events, meta, reports }: RunPlan, io: Io): string[] {
  const replace = (path: string): void => io.checkReplaceable(path);
  const hold = (path: string): void => io.holdFile(path).close();
  const files = [
    ...reports.filter(({ optional }) => optional !== true)
      .map(({ path }) => ["report", path, replace] as const),
    ["meta", meta, replace] as const,
    ["events", events, hold] as const,
  ];
  return files.flatMap(([option, path, open]) => {
    if (path === undefined || path === STANDARD_STREAM) return [];
    const { error } = rehearse(() => open(path));
    return error === undefined
      ? []
      : [`--${option}: Cannot write ${shown(path)}: ${reasonOf(error)}`];
  });
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
  const ownLimits = explainOwnLimits(plan);
  const isolation = explainIsolation(plan);
  const rehearsal = rehearseRun(plan, io);
  const job = [
    refusal(() => checkOutputs(plan, { executable: program.executable, io })),
    refusal(() => checkInputs(plan, io)),
    ...limits.map(({ refused }) => refused),
    ...isolation.map(({ refused }) => refused),
    ...fileRefusals(plan, io),
    rehearsal.failure?.verdict === "failed" ? rehearsal.failure.message : undefined,
  ].filter((text) => text !== undefined);
  const failure = program.failure === undefined
    ? rehearsal.failure
    : startFailure(program.failure, program);
  const verdict = job.length > 0 ? "failed" : failure?.verdict;
  const command = [plan.command, ...plan.args];
  return {
    executable: program.executable,
    args: plan.args,
    cwd: plan.cwd ?? io.cwd(),
    limits,
    isolation,
    ownLimits,
    files: explainFiles(plan, io),
    calls: [...rehearsal.calls, ...explainWatch(plan, ownLimits)],
    refused: [...new Set([...job, ...failure === undefined ? [] : [failure.message]])],
    exitCode: verdict === undefined ? 0 : exitCodeOf(verdict),
    policy: toPolicy(plan.settings, { specs: POLICY_SETTINGS, command }),
  };
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
