/**
 * Trials of jobs as such: names, rights, handles and lists.
 *
 * @module
 */
import {
  CREATION_FLAGS,
  ERROR,
  JOB_OBJECT_ACCESS,
  JOB_OBJECT_LIMIT,
  PROCESS,
} from "../../ffi/constants.ts";
import { errorSymbol, failure, outcome } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { broken, different, kept, keptIf, keptOrDifferent, type Trial } from "./promise.ts";
import { CLASSES, type TrialJob } from "./trial_job.ts";
import { TrialRoom } from "./trial_room.ts";

/** `MAX_PATH`. */
const MAX_PATH = 260;

/** A name that nobody else has. */
function newName(): string {
  return `jobbox-trial-${crypto.randomUUID()}`;
}

/** Opens a job by name; the job, or the error code. */
function open(room: TrialRoom, name: string, access: number): TrialJob | number {
  const handle = kernel32.OpenJobObjectW(access, 0, encodeWide(name));
  const code = failure(handle);
  return code === 0 ? room.own(handle) : code;
}

const { ASSIGN_PROCESS, QUERY, SET_ATTRIBUTES, TERMINATE } = JOB_OBJECT_ACCESS;

function nameTaken() {
  using room = new TrialRoom();
  const name = newName();
  room.job({ name });
  const { CreateJobObjectW } = kernel32;
  const wide = encodeWide(name);
  kernel32.SetLastError(ERROR.SUCCESS);
  const second = CreateJobObjectW(null, wide);
  const code = outcome();
  if (second === 0n) return broken(`no handle: ${errorSymbol(code)}`);
  room.own(second);
  return keptIf(code === ERROR.ALREADY_EXISTS, `a handle and ${errorSymbol(code)}`);
}

function nameCase() {
  using room = new TrialRoom();
  const name = newName();
  room.job({ name });
  const found = open(room, name.toUpperCase(), QUERY);
  return typeof found === "number"
    ? keptIf(found === ERROR.FILE_NOT_FOUND, `the name in another case: ${errorSymbol(found)}`)
    : broken("the name in another case opens the job");
}

function nameUnknown() {
  using room = new TrialRoom();
  const found = open(room, newName(), QUERY);
  return typeof found === "number"
    ? keptIf(found === ERROR.FILE_NOT_FOUND, errorSymbol(found))
    : broken("a job that was never created is opened");
}

function nameLocal() {
  using room = new TrialRoom();
  const name = newName();
  room.job({ name });
  const found = open(room, `Local\\${name}`, QUERY);
  return keptIf(
    typeof found !== "number",
    typeof found === "number" ? errorSymbol(found) : "the session's namespace has the name",
  );
}

function nameEnds() {
  using room = new TrialRoom();
  const name = newName();
  const job = room.job({ name, flags: 0 });
  room.member(job);
  job.close();
  const found = open(room, name, QUERY);
  return typeof found === "number"
    ? keptIf(found === ERROR.FILE_NOT_FOUND, `${errorSymbol(found)} while a process runs`)
    : different("the job can be opened while a process runs");
}

function nameLength() {
  using room = new TrialRoom();
  const handle = kernel32.CreateJobObjectW(null, encodeWide(newName().padEnd(MAX_PATH + 1, "x")));
  const code = failure(handle);
  if (code !== 0) return kept(`a name of MAX_PATH + 1 units: ${errorSymbol(code)}`);
  room.own(handle);
  return different("a name longer than MAX_PATH is accepted");
}

function jobRights() {
  using room = new TrialRoom();
  const name = newName();
  const job = room.job({ name });
  const process = room.member(job);
  const allowed = (access: number, call: (job: TrialJob) => number): number => {
    const found = open(room, name, access);
    return typeof found === "number" ? found : call(found);
  };
  const query = (found: TrialJob): number => found.list(1).code;
  const set = (found: TrialJob): number => found.set(CLASSES.ui, {});
  const assign = (found: TrialJob): number => found.assign(room.start());
  const end = (found: TrialJob): number => found.terminate();
  const calls = [[QUERY, query], [SET_ATTRIBUTES, set], [ASSIGN_PROCESS, assign]] as const;
  const all = QUERY | SET_ATTRIBUTES | ASSIGN_PROCESS | TERMINATE;
  const wrong: string[] = [];
  for (const [right, call] of [...calls, [TERMINATE, end] as const]) {
    const without = allowed(all & ~right, call);
    if (without !== ERROR.ACCESS_DENIED) wrong.push(`without the right: ${errorSymbol(without)}`);
    if (right === TERMINATE && process.ended()) {
      wrong.push("the process was ended without the right");
    }
    const withIt = allowed(right, call);
    if (withIt !== 0) wrong.push(`with the right: ${errorSymbol(withIt)}`);
  }
  return keptIf(
    wrong.length === 0,
    wrong.length === 0 ? "each right allows exactly its calls" : wrong.join("; "),
  );
}

function assignRights() {
  using room = new TrialRoom();
  const job = room.job();
  const assign = (rights: number): number => {
    using process = room.start().open(rights);
    return failure(kernel32.AssignProcessToJobObject(job.value, process.value));
  };
  const enough = assign(PROCESS.SET_QUOTA | PROCESS.TERMINATE);
  const less = [assign(PROCESS.SET_QUOTA), assign(PROCESS.TERMINATE)];
  return keptIf(
    enough === 0 && less.every((code) => code === ERROR.ACCESS_DENIED),
    `with both rights: ${errorSymbol(enough)}; with one: ${less.map(errorSymbol).join(", ")}`,
  );
}

function limitedQuery() {
  using room = new TrialRoom();
  const job = room.job();
  using process = room.member(job).open(PROCESS.QUERY_LIMITED_INFORMATION);
  const code = failure(kernel32.IsProcessInJob(process.value, job.value, new Int32Array(1)));
  return keptOrDifferent(code === 0, errorSymbol(code));
}

function newJob() {
  using room = new TrialRoom();
  const job = room.job({ flags: 0 });
  const { ActiveProcesses, TotalProcesses, TotalUserTime } = job.accounting();
  const { BasicLimitInformation, JobMemoryLimit } = job.get(CLASSES.extended);
  const clean = ActiveProcesses === 0 && TotalProcesses === 0 && TotalUserTime === 0n &&
    BasicLimitInformation.LimitFlags === 0 && JobMemoryLimit === 0n && !job.signaled();
  return keptIf(
    clean,
    clean ? "no processes, no limits, not signaled" : "the new job is not empty",
  );
}

function shortList() {
  using room = new TrialRoom();
  const job = room.job();
  const ids = [room.member(job), room.member(job), room.member(job)].map(({ pid }) => pid);
  const { assigned, code, ids: some, listed } = job.list(2);
  return keptIf(
    code === ERROR.MORE_DATA && assigned === 3 && listed === 2 &&
      some.every((id) => ids.includes(id)),
    `${errorSymbol(code)}; ${assigned} in the job, ${listed} listed`,
  );
}

function lastHandle() {
  using room = new TrialRoom();
  const job = room.job({ flags: 0 });
  const process = room.member(job);
  job.close();
  const inJob = new Int32Array(1);
  kernel32.IsProcessInJob(process.handle.value, 0n, inJob);
  return keptIf(
    !process.ended(100) && inJob[0] !== 0,
    process.ended()
      ? "the process was ended"
      : `the process keeps running; in a job: ${inJob[0] !== 0}`,
  );
}

function killOnClose() {
  using room = new TrialRoom();
  const name = newName();
  const job = room.job({ name });
  const process = room.member(job);
  const second = open(room, name, QUERY);
  if (typeof second === "number") return broken(`a second handle: ${errorSymbol(second)}`);
  job.close();
  if (process.ended(100)) return broken("the process ended before the last handle was closed");
  second.close();
  return keptIf(
    process.ended(2_000),
    process.ended() ? `exit code ${process.code()}` : "the process keeps running",
  );
}

function killOnCloseInner() {
  using room = new TrialRoom();
  const outer = room.job();
  const process = room.member(outer);
  const inner = room.job({ flags: 0 });
  if (inner.assign(process) !== 0) return broken("jobs cannot be nested here");
  outer.close();
  return keptIf(
    process.ended(2_000),
    process.ended() ? "the process ended" : "the process keeps running",
  );
}

/** What a start with a parent in a job gives: whether it is in the job, or the error. */
function leaving(flags: number): string {
  using room = new TrialRoom();
  const job = room.job({ flags: flags | JOB_OBJECT_LIMIT.KILL_ON_JOB_CLOSE });
  const parent = room.member(job);
  const silent = (flags & JOB_OBJECT_LIMIT.SILENT_BREAKAWAY_OK) !== 0;
  const child = room.tryStart({
    parent,
    flags: silent ? 0 : CREATION_FLAGS.CREATE_BREAKAWAY_FROM_JOB,
  });
  if (typeof child === "number") return errorSymbol(child);
  return job.contains(child) ? "the child is in the job" : "the child is outside the job";
}

/** The trials of jobs as such. */
export function jobTrials() {
  return {
    nameTaken,
    nameCase,
    nameUnknown,
    nameLocal,
    nameEnds,
    nameLength,
    jobRights,
    assignRights,
    limitedQuery,
    newJob,
    shortList,
    lastHandle,
    killOnClose,
    killOnCloseInner,
    breakawayRefused: () => {
      const seen = leaving(0);
      return keptIf(seen === "ERROR_ACCESS_DENIED", seen);
    },
    breakawayAllowed: () => {
      const seen = leaving(JOB_OBJECT_LIMIT.BREAKAWAY_OK);
      return keptIf(seen === "the child is outside the job", seen);
    },
    silentBreakaway: () => {
      const seen = leaving(JOB_OBJECT_LIMIT.SILENT_BREAKAWAY_OK);
      return keptIf(seen === "the child is outside the job", seen);
    },
  } satisfies Record<string, Trial>;
}
