/**
 * Trials of the limits of user time, and of how times are counted.
 *
 * @module
 */
import { ERROR, JOB_OBJECT, JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import { errorSymbol } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { once } from "./once.ts";
import {
  broken,
  keptIf,
  keptOrDifferent,
  notTriable,
  type Trial,
  type TrialAnswer,
} from "./promise.ts";
import { CLASSES, type TrialJob } from "./trial_job.ts";
import { has, shownMessages } from "./trial_port.ts";
import { type TrialProcess, TrialRoom } from "./trial_room.ts";

const { ACTIVE_PROCESS, JOB_TIME, PRESERVE_JOB_TIME, PROCESS_TIME } = JOB_OBJECT_LIMIT;

/** 100 ns each: a tenth of a second, and ten seconds. */
const MOMENT = 1_000_000n;
const LONG = 100_000_000n;

/**
 * Milliseconds in which a spinning process uses a moment up and the system notices, which looks
 * every few seconds only; and in which it would where it was seen not to look at all.
 */
const PATIENCE = 8_000;
const IMPATIENCE = 1_500;

/** Milliseconds in which a process does some work even where many others want the processors. */
const BUSY = 30_000;

/** Milliseconds after which no message is expected any more. */
const QUIET = 400;

const FILETIME = struct(STRUCTS, "FILETIME");

/** A spinning process uses up its job's time. */
function usedUp() {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  job.limitAlso({ flags: JOB_TIME, basic: { PerJobUserTimeLimit: MOMENT } });
  const spinner = room.spinner(job);
  const other = room.member(job);
  const ended = spinner.ended(PATIENCE) && other.ended(1_000);
  if (!ended) return undefined;
  const signaled = job.signaled(500);
  const codes = [spinner.code(), other.code()];
  const messages = port.all(QUIET).filter(({ name }) => name !== "NEW_PROCESS");
  const late = room.start();
  const refused = job.assign(late);
  const lateEnded = late.ended(500);
  job.limitAlso({ flags: JOB_TIME, basic: { PerJobUserTimeLimit: LONG } });
  return {
    ...{ codes, messages, signaled, refused, lateEnded },
    still: job.signaled(),
    again: job.assign(room.start()),
  };
}

/** A spinning process uses up the time of a job that only reports it. */
function posted(job: TrialJob, room: TrialRoom): TrialProcess {
  job.set(CLASSES.endOfTime, { EndOfJobTimeAction: JOB_OBJECT.POST_AT_END_OF_JOB });
  job.limitAlso({ flags: JOB_TIME, basic: { PerJobUserTimeLimit: MOMENT } });
  return room.spinner(job);
}

function postAtEnd(deadline: number): TrialAnswer {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  const spinner = posted(job, room);
  const messages = port.until("END_OF_JOB_TIME", deadline);
  if (!has(messages, "END_OF_JOB_TIME")) return broken(shownMessages(messages));
  const { LimitFlags } = job.get(CLASSES.extended).BasicLimitInformation;
  const runs = !spinner.ended(300);
  const lifted = (LimitFlags & JOB_TIME) === 0;
  return keptIf(
    runs && lifted,
    `posted; the process keeps running: ${runs}; the limit is gone: ${lifted}`,
  );
}

function postWithoutPort(deadline: number): TrialAnswer {
  using room = new TrialRoom();
  const spinner = posted(room.job(), room);
  return keptIf(
    spinner.ended(deadline),
    spinner.ended() ? "the process ended" : "the process keeps running",
  );
}

function postInChild(deadline: number): TrialAnswer {
  using room = new TrialRoom();
  const { job: outer, port } = room.heard();
  const inner = room.job();
  if (inner.assign(room.member(outer)) !== 0) return notTriable("jobs cannot be nested here");
  const spinner = posted(inner, room);
  const ended = spinner.ended(deadline);
  const told = has(port.all(QUIET), "END_OF_JOB_TIME");
  return keptOrDifferent(
    ended,
    `the process ended: ${ended}; the outer job got a message: ${told}`,
  );
}

function preserves(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  job.limitAlso({ flags: JOB_TIME, basic: { PerJobUserTimeLimit: LONG } });
  const code = job.limitAlso({
    flags: PRESERVE_JOB_TIME | ACTIVE_PROCESS,
    basic: { ActiveProcessLimit: 3 },
  });
  const { LimitFlags } = job.get(CLASSES.extended).BasicLimitInformation;
  const stays = (LimitFlags & JOB_TIME) !== 0;
  return keptIf(code === 0 && stays, `${errorSymbol(code)}; the time limit is kept: ${stays}`);
}

/** Processor time of a job, in 100 ns. */
function used(job: TrialJob): bigint {
  const { TotalKernelTime, TotalUserTime } = job.accounting();
  return TotalUserTime + TotalKernelTime;
}

/**
 * Has processes of a job work and end, one after the other, until it has used some user time. What
 * is counted is looked at after each end, so no moment decides.
 *
 * @returns What the job has used, in 100 ns; undefined if nothing is counted or one does not end.
 */
function work(room: TrialRoom, job: TrialJob, wanted: bigint): bigint | undefined {
  let before = job.accounting().TotalUserTime;
  while (before < wanted) {
    const worker = room.start({ job, command: "for /l %i in (1,1,100000) do @rem" });
    if (!worker.ended(BUSY)) return undefined;
    const after = job.accounting().TotalUserTime;
    if (after === before) return undefined;
    before = after;
  }
  return before;
}

function newPeriod(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  if (work(room, job, MOMENT) === undefined) {
    return broken("the time of a busy process is not counted");
  }
  const before = job.accounting().ThisPeriodTotalUserTime;
  job.limitAlso({ flags: JOB_TIME, basic: { PerJobUserTimeLimit: LONG } });
  const after = job.accounting().ThisPeriodTotalUserTime;
  return keptIf(
    after < before,
    after < before ? "the period was reset" : "the period was not reset",
  );
}

function fromNow(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const before = work(room, job, 5n * MOMENT);
  if (before === undefined) return notTriable("the time of a process is not counted");
  // As much again: where the time used before counts, nothing of it is left.
  job.limitAlso({ flags: JOB_TIME, basic: { PerJobUserTimeLimit: before } });
  if (!room.spinner(job).ended(BUSY)) return notTriable("the limit did not end the process");
  const anew = job.accounting().TotalUserTime - before >= before;
  return keptIf(anew, anew ? "time used before does not count" : "time used before counts");
}

function processTime(deadline: number): TrialAnswer {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  job.limitAlso({ flags: PROCESS_TIME, basic: { PerProcessUserTimeLimit: MOMENT } });
  const other = room.member(job);
  const spinner = room.spinner(job);
  if (!spinner.ended(deadline)) return broken("the process keeps running");
  const messages = port.until("EXIT_PROCESS", 1_000).filter(({ name }) => name !== "NEW_PROCESS");
  const seen = shownMessages(messages);
  return keptIf(
    spinner.code() === ERROR.NOT_ENOUGH_QUOTA && !other.ended() &&
      seen === "END_OF_PROCESS_TIME, EXIT_PROCESS" && messages[0]?.value === BigInt(spinner.pid),
    `exit code ${spinner.code()}; ${seen}; another process keeps running: ${!other.ended()}`,
  );
}

/** A FILETIME as a number. */
function ticks(memory: DataView<ArrayBuffer>): bigint {
  const { dwHighDateTime, dwLowDateTime } = FILETIME.decode(memory);
  return (BigInt(dwHighDateTime) << 32n) + BigInt(dwLowDateTime);
}

function timesAtEnd(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const process = room.start({ job, command: "for /l %i in (1,1,100000) do @rem" });
  if (!process.ended(PATIENCE)) return notTriable("the process did not end in time");
  const counted = used(job);
  const [born, end, kernel, user] = [0, 0, 0, 0].map(() => FILETIME.allocate()) as [
    DataView<ArrayBuffer>,
    DataView<ArrayBuffer>,
    DataView<ArrayBuffer>,
    DataView<ArrayBuffer>,
  ];
  kernel32.GetProcessTimes(process.handle.value, born, end, kernel, user);
  const own = ticks(kernel) + ticks(user);
  if (own === 0n) return notTriable("the system does not report the time of an ended process");
  return keptIf(
    counted === own,
    counted === own
      ? "the job's time includes all of it"
      : "the job's time differs from its process's",
  );
}

/** The trials of times. */
export function timeTrials() {
  const seen = once(usedUp);
  const deadline = (): number => seen() === undefined ? IMPATIENCE : PATIENCE;
  const ofEnd = (judge: (end: NonNullable<ReturnType<typeof usedUp>>) => TrialAnswer) => () => {
    const end = seen();
    return end === undefined ? broken("the processes keep running") : judge(end);
  };
  return {
    jobTime: ofEnd(({ codes }) =>
      keptIf(
        codes.every((code) => code === ERROR.NOT_ENOUGH_QUOTA),
        `all ended, exit codes ${codes.join(" and ")}`,
      )
    ),
    jobTimeSignal: ofEnd(({ signaled }) => keptIf(signaled, `signaled: ${signaled}`)),
    jobTimeMessages: ofEnd(({ messages }) => {
      if (has(messages, "END_OF_JOB_TIME") || !has(messages, "ACTIVE_PROCESS_ZERO")) {
        return broken(shownMessages(messages));
      }
      return keptOrDifferent(!has(messages, "EXIT_PROCESS"), shownMessages(messages));
    }),
    jobTimeRefuses: ofEnd(({ lateEnded, refused }) =>
      keptIf(
        refused !== 0 && lateEnded,
        `${errorSymbol(refused)}; the process was ended: ${lateEnded}`,
      )
    ),
    jobTimeAgain: ofEnd(({ again, still }) =>
      keptIf(again === 0 && !still, `${errorSymbol(again)}; still signaled: ${still}`)
    ),
    postAtEnd: () => postAtEnd(deadline()),
    postWithoutPort: () => postWithoutPort(deadline()),
    postInChild: () => postInChild(deadline()),
    preserves,
    newPeriod,
    fromNow,
    processTime: () => processTime(deadline()),
    timesAtEnd,
  } satisfies Record<string, Trial>;
}
