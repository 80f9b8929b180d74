/**
 * The checks of the limits and of the soft limits: one for each row of their tables.
 *
 * @module
 */
import type { LimitOption } from "../../job/limits/row.ts";
import { LIMIT_NAMES, type LimitName, limitRow } from "../../job/limits/table.ts";
import { NOTIFICATION_NAMES, notificationRow } from "../../job/notifications/table.ts";
import { CanaryJob, DEADLINE, refusalAnswer } from "./trial.ts";
import type { Check, CheckAnswer } from "./check.ts";
import { LIMIT_TRIALS, type LimitTrial } from "./limit_canaries.ts";
import { bare } from "../text/limit_text.ts";
import type { NotificationLimits } from "../../mod.ts";

async function tryLimit(trial: LimitTrial): Promise<CheckAnswer> {
  let canaries: CanaryJob;
  try {
    canaries = new CanaryJob({ limits: trial.limits });
  } catch (error) {
    return refusalAnswer(error);
  }
  await using scope = canaries;
  return await trial.canary?.(scope) ??
    { status: "kept", detail: "it is accepted; its effect is not tested here" };
}

/** A trial with the example of a limit's form: whether the system keeps it. */
function exampleTrial(name: LimitName, { form }: LimitOption): LimitTrial {
  return { limits: { [name]: form.parse(form.example) } };
}

/**
 * The checks of all limits.
 *
 * @returns One check per row or, if a row has several options, per option.
 */
export function limitChecks(): Check[] {
  return LIMIT_NAMES.flatMap((name) => {
    const { options } = limitRow(name);
    return options.map((option, at): Check => ({
      id: bare(option),
      area: "limits",
      title: option.summary,
      run: () => tryLimit(LIMIT_TRIALS[name]?.[at] ?? exampleTrial(name, option)),
    }));
  });
}

/** How each soft limit is tried, and what then crosses it. */
interface SoftTrial {
  readonly soft: NotificationLimits;
  /** What crosses the limit; absent if nothing does in a moment. */
  readonly pass?: (canaries: CanaryJob) => Promise<unknown>;
}

const LINE = new TextEncoder().encode("rem\r\n");

/** A canary that reads a line, and writes its prompt. */
async function readAndWrite(canaries: CanaryJob): Promise<void> {
  const writer = canaries.idle().stdin.getWriter();
  await writer.write(LINE);
  writer.releaseLock();
}

const SOFT_TRIALS: { readonly [Name in keyof NotificationLimits]-?: SoftTrial } = {
  jobMemory: {
    soft: { jobMemory: 64 * 1024 },
    pass: (canaries) => Promise.resolve(canaries.idle()),
  },
  jobMemoryLow: { soft: { jobMemoryLow: 64 * 1024 } },
  readBytes: { soft: { readBytes: 1 }, pass: readAndWrite },
  writeBytes: { soft: { writeBytes: 1 }, pass: readAndWrite },
  jobUserTime: {
    soft: { jobUserTime: 50 },
    pass: (canaries) => Promise.resolve(canaries.spin()),
  },
  cpuRate: { soft: { cpuRate: { tolerance: "low", interval: "short" } } },
  ioRate: { soft: { ioRate: { tolerance: "low", interval: "short" } } },
  netRate: { soft: { netRate: { tolerance: "low", interval: "short" } } },
};

async function trySoftLimit({ soft, pass }: SoftTrial): Promise<CheckAnswer> {
  let canaries: CanaryJob;
  try {
    canaries = new CanaryJob({ soft });
  } catch (error) {
    return refusalAnswer(error);
  }
  await using scope = canaries;
  if (pass === undefined) {
    return { status: "kept", detail: "it is accepted; its effect is not tested here" };
  }
  await pass(scope);
  return await scope.message(["notificationLimit"], DEADLINE / 2)
    ? { status: "works", detail: "crossing it is reported" }
    : { status: "ineffective", detail: "it was crossed but not reported" };
}

/**
 * The checks of all soft limits.
 *
 * @returns One check per row.
 */
export function softLimitChecks(): Check[] {
  return NOTIFICATION_NAMES.map((name): Check => {
    const [option] = notificationRow(name).options;
    return {
      id: bare(option),
      area: "soft limits",
      title: option.summary,
      run: () => trySoftLimit(SOFT_TRIALS[name]),
    };
  });
}
