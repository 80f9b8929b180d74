/**
 * Trials of notification limits: what is told of them, how often, and what a query then says.
 *
 * @module
 */
import { JOB_OBJECT_LIMIT, JOBOBJECT_RATE_CONTROL_TOLERANCE } from "../../ffi/constants.ts";
import { JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL } from "../../ffi/constants.ts";
import { errorSymbol } from "../../ffi/error.ts";
import { once } from "./once.ts";
import { broken, keptIf, keptOrDifferent, type Trial, type TrialAnswer } from "./promise.ts";
import { CLASSES } from "./trial_job.ts";
import { has, shownMessages } from "./trial_port.ts";
import { TrialRoom } from "./trial_room.ts";

const { CPU_RATE_CONTROL, JOB_MEMORY, JOB_TIME } = JOB_OBJECT_LIMIT;

/** Bytes of a limit, and what is committed at a time. */
const MEMORY = 32 * 1024 ** 2;

/** Milliseconds in which a message comes, and in which none is expected any more. */
const SOON = 2_000;
const QUIET = 700;

/** A process gets more memory than a notification limit says. */
function crossed() {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  const set = job.set(CLASSES.notify, { LimitFlags: JOB_MEMORY, JobMemoryLimit: BigInt(MEMORY) });
  const process = room.spinner(job);
  process.commit(2 * MEMORY);
  const first = port.until("NOTIFICATION_LIMIT", SOON).at(-1);
  if (first?.name !== "NOTIFICATION_LIMIT") return { set, first: undefined };
  process.commit(MEMORY);
  const unasked = port.all(QUIET);
  const violation = job.get(CLASSES.violation);
  const repeated = port.all(QUIET);
  const second = job.get(CLASSES.violation);
  return {
    ...{ set, first, unasked, violation, repeated, second },
    id: first.value === BigInt(process.pid),
    lives: !process.ended(),
  };
}

type Crossing = Extract<ReturnType<typeof crossed>, { first: object }>;

function timeTold(): TrialAnswer {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  const code = job.set(CLASSES.notify, { LimitFlags: JOB_TIME, PerJobUserTimeLimit: 1_000_000n });
  if (code !== 0) return broken(errorSymbol(code));
  const spinner = room.spinner(job);
  const messages = port.until("NOTIFICATION_LIMIT", 8_000);
  return keptIf(
    has(messages, "NOTIFICATION_LIMIT") && !spinner.ended(),
    has(messages, "NOTIFICATION_LIMIT")
      ? "posted, and the process keeps running"
      : shownMessages(messages),
  );
}

function toleranceDefaults(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const code = job.set(CLASSES.notify, { LimitFlags: CPU_RATE_CONTROL });
  if (code !== 0) return broken(errorSymbol(code));
  const { RateControlTolerance, RateControlToleranceInterval } = job.get(CLASSES.notify);
  const { ToleranceHigh } = JOBOBJECT_RATE_CONTROL_TOLERANCE;
  const { ToleranceIntervalShort } = JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL;
  return keptOrDifferent(
    RateControlTolerance === ToleranceHigh &&
      RateControlToleranceInterval === ToleranceIntervalShort,
    `tolerance ${RateControlTolerance}, interval ${RateControlToleranceInterval}`,
  );
}

/** The trials of notification limits. */
export function notificationTrials() {
  const seen = once(crossed);
  const ofCrossing = (judge: (crossing: Crossing) => TrialAnswer) => (): TrialAnswer => {
    const crossing = seen();
    if (crossing.set !== 0) return broken(errorSymbol(crossing.set));
    return crossing.first ? judge(crossing as Crossing) : broken("no message was posted");
  };
  return {
    crossingTold: ofCrossing(({ id, lives }) =>
      keptIf(
        id && lives,
        `posted with the process's id: ${id}; the process keeps running: ${lives}`,
      )
    ),
    toldOnce: ofCrossing(({ unasked }) =>
      keptIf(
        !has(unasked, "NOTIFICATION_LIMIT"),
        `more memory before the query: ${shownMessages(unasked)}`,
      )
    ),
    violationTells: ofCrossing(({ violation }) =>
      keptIf(
        (violation.ViolationLimitFlags & JOB_MEMORY) !== 0 &&
          violation.JobMemory >= BigInt(MEMORY) &&
          violation.JobMemoryLimit === BigInt(MEMORY),
        "it contains the limit, its value and the measured value",
      )
    ),
    violationNow: ofCrossing(({ second }) => {
      const still = (second.ViolationLimitFlags & JOB_MEMORY) !== 0;
      return keptOrDifferent(still, `a second query above the limit shows it again: ${still}`);
    }),
    repeats: ofCrossing(({ repeated }) =>
      keptOrDifferent(
        !has(repeated, "NOTIFICATION_LIMIT"),
        `after the query, above the limit: ${shownMessages(repeated)}`,
      )
    ),
    timeTold,
    toleranceDefaults,
  } satisfies Record<string, Trial>;
}
