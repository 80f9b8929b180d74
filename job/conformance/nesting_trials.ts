/**
 * Trials of a job inside a job.
 *
 * @module
 */
import {
  CREATION_FLAGS,
  ERROR,
  JOB_OBJECT_LIMIT,
  JOB_OBJECT_NET_RATE_CONTROL,
  JOB_OBJECT_UILIMIT,
  PRIORITY_CLASS,
} from "../../ffi/constants.ts";
import { errorSymbol } from "../../ffi/error.ts";
import { keptIf, keptOrDifferent, notTriable, type Trial, type TrialAnswer } from "./promise.ts";
import { CLASSES, type TrialJob } from "./trial_job.ts";
import { has, shownMessages } from "./trial_port.ts";
import { becomes, type TrialProcess, TrialRoom } from "./trial_room.ts";

const { ACTIVE_PROCESS, BREAKAWAY_OK, KILL_ON_JOB_CLOSE, PRIORITY_CLASS: PRIORITY } =
  JOB_OBJECT_LIMIT;

/** Milliseconds in which a message comes. */
const SOON = 1_000;

/** A process in a job inside a job. */
function chain(
  room: TrialRoom,
  jobs: { readonly outer?: TrialJob; readonly inner?: TrialJob } = {},
): { outer: TrialJob; inner: TrialJob; process: TrialProcess; code: number } {
  const { outer = room.job(), inner = room.job() } = jobs;
  const process = room.member(outer);
  return { outer, inner, process, code: inner.assign(process) };
}

function nests(): TrialAnswer {
  using room = new TrialRoom();
  const { code, inner, outer, process } = chain(room);
  return keptIf(
    code === 0 && outer.contains(process) && inner.contains(process),
    code === 0 ? "the process is in both jobs" : errorSymbol(code),
  );
}

function unrelated(): TrialAnswer {
  using room = new TrialRoom();
  const process = room.member(room.job());
  const other = room.job();
  room.member(other);
  const code = other.assign(process);
  return keptIf(code === ERROR.ACCESS_DENIED, errorSymbol(code));
}

function uiAlone(): TrialAnswer {
  using room = new TrialRoom();
  const limited = (): TrialJob => {
    const job = room.job();
    job.set(CLASSES.ui, { UIRestrictionsClass: JOB_OBJECT_UILIMIT.EXITWINDOWS });
    return job;
  };
  const codes = [
    chain(room, { outer: limited() }).code,
    chain(room, { inner: limited() }).code,
  ];
  return keptIf(
    codes.every((code) => code === ERROR.ACCESS_DENIED),
    `limit on the outer job: ${errorSymbol(codes[0]!)}; limit on the nested job: ${
      errorSymbol(codes[1]!)
    }`,
  );
}

function chainMessages(): TrialAnswer {
  using room = new TrialRoom();
  const { job: outer, port } = room.heard();
  const { inner, process } = chain(room, { outer });
  const other = room.start();
  inner.assign(other);
  process.end();
  const messages = port.until("EXIT_PROCESS", SOON);
  const started = messages.filter(({ name }) => name === "NEW_PROCESS").length;
  return keptIf(
    started === 2 && has(messages, "EXIT_PROCESS"),
    `the outer job's port got ${shownMessages(messages)}`,
  );
}

function chainOrder(): TrialAnswer {
  using room = new TrialRoom();
  const port = room.port();
  const [outer, inner] = [room.job(), room.job()];
  outer.listen(port, 1n);
  inner.listen(port, 2n);
  const { process } = chain(room, { outer, inner });
  process.end();
  process.ended(SOON);
  const keys = port.all(SOON / 2).filter(({ name }) => name === "EXIT_PROCESS");
  if (keys.length < 2) return notTriable(`only ${keys.length} messages about the end`);
  return keptOrDifferent(
    keys[0]!.key === 2n,
    keys[0]!.key === 2n
      ? "the nested job's message came first"
      : "the outer job's message came first",
  );
}

function lowestPriority(): TrialAnswer {
  using room = new TrialRoom();
  const { BELOW_NORMAL_PRIORITY_CLASS, IDLE_PRIORITY_CLASS } = PRIORITY_CLASS;
  const [outer, inner] = [room.job(), room.job()];
  const process = room.spinner(outer);
  if (inner.assign(process) !== 0) return notTriable("jobs cannot be nested here");
  outer.limitAlso({ flags: PRIORITY, basic: { PriorityClass: IDLE_PRIORITY_CLASS } });
  inner.limitAlso({ flags: PRIORITY, basic: { PriorityClass: BELOW_NORMAL_PRIORITY_CLASS } });
  const read = (): number => process.priority();
  becomes(() => read() === IDLE_PRIORITY_CLASS, SOON / 2);
  const found = read();
  const name = Object.entries(PRIORITY_CLASS).find(([, value]) => value === found)?.[0] ?? "?";
  return keptIf(found === IDLE_PRIORITY_CLASS, `outer job idle, nested job below normal: ${name}`);
}

function chainLimit(): TrialAnswer {
  using room = new TrialRoom();
  const { inner, outer } = chain(room);
  outer.limitAlso({ flags: ACTIVE_PROCESS, basic: { ActiveProcessLimit: 1 } });
  const code = inner.assign(room.start());
  return keptIf(
    code === ERROR.NOT_ENOUGH_QUOTA,
    `one process too many in the nested job: ${errorSymbol(code)}`,
  );
}

function chainTerminate(): TrialAnswer {
  using room = new TrialRoom();
  const { outer, process } = chain(room);
  outer.terminate(9);
  const ended = process.ended(2_000);
  return keptIf(
    ended && process.code() === 9,
    ended ? `exit code ${process.code()}` : "the process keeps running",
  );
}

function chainCounts(): TrialAnswer {
  using room = new TrialRoom();
  const { inner, outer } = chain(room);
  inner.assign(room.start());
  const { ActiveProcesses, TotalProcesses } = outer.accounting();
  return keptIf(
    ActiveProcesses === 2 && TotalProcesses === 2,
    `the outer job counts ${ActiveProcesses} of 2 processes`,
  );
}

function chainRefusals(): TrialAnswer {
  using room = new TrialRoom();
  const { inner, outer } = chain(room);
  inner.limitAlso({ flags: ACTIVE_PROCESS, basic: { ActiveProcessLimit: 1 } });
  const refused = room.start();
  if (inner.assign(refused) === 0) return notTriable("the nested job did not refuse the process");
  refused.ended(SOON);
  const { TotalTerminatedProcesses } = outer.accounting();
  return keptIf(
    TotalTerminatedProcesses === 1,
    `the outer job counts ${TotalTerminatedProcesses} of 1 processes ended by a limit`,
  );
}

function chainBreakaway(): TrialAnswer {
  using room = new TrialRoom();
  const { inner, outer, process } = chain(room);
  inner.limit({ flags: BREAKAWAY_OK | KILL_ON_JOB_CLOSE });
  const child = room.tryStart({
    parent: process,
    flags: CREATION_FLAGS.CREATE_BREAKAWAY_FROM_JOB,
  });
  if (typeof child === "number") return keptIf(false, errorSymbol(child));
  const [inInner, inOuter] = [inner.contains(child), outer.contains(child)];
  return keptIf(
    !inInner && inOuter,
    `in the nested job: ${inInner}; in the outer job, which does not allow breakaway: ${inOuter}`,
  );
}

function oneNetRate(): TrialAnswer {
  using room = new TrialRoom();
  const { ENABLE, MAX_BANDWIDTH } = JOB_OBJECT_NET_RATE_CONTROL;
  const rate = { MaxBandwidth: 1_000_000n, ControlFlags: ENABLE | MAX_BANDWIDTH };
  const { inner, outer } = chain(room);
  const first = outer.set(CLASSES.net, rate);
  if (first !== 0) return notTriable(`the first network rate: ${errorSymbol(first)}`);
  const second = inner.set(CLASSES.net, rate);
  return keptIf(second !== 0, `the second network rate: ${errorSymbol(second)}`);
}

/** The trials of nesting. */
export function nestingTrials() {
  return {
    nests,
    unrelated,
    uiAlone,
    chainMessages,
    chainOrder,
    lowestPriority,
    chainLimit,
    chainTerminate,
    chainCounts,
    chainRefusals,
    chainBreakaway,
    oneNetRate,
  } satisfies Record<string, Trial>;
}
