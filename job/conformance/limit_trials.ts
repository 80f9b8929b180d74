/**
 * Trials of the limits of numbers of processes, of processors, of priorities and of the desktop,
 * and of how limits are set.
 *
 * @module
 */
import {
  ERROR,
  JOB_OBJECT_LIMIT,
  JOB_OBJECT_UILIMIT,
  PRIORITY_CLASS,
} from "../../ffi/constants.ts";
import { check, errorSymbol, failure } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import { once } from "./once.ts";
import {
  broken,
  different,
  kept,
  keptIf,
  keptOrDifferent,
  notTriable,
  type Trial,
  type TrialAnswer,
} from "./promise.ts";
import { CLASSES, type TrialJob } from "./trial_job.ts";
import { has, shownMessages } from "./trial_port.ts";
import { becomes, type TrialProcess, TrialRoom } from "./trial_room.ts";

const LIMIT = JOB_OBJECT_LIMIT;

/** Milliseconds after which no message is expected any more. */
const QUIET = 400;

/** One process too many is put into a job. */
function oneTooMany() {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  job.limitAlso({ flags: LIMIT.ACTIVE_PROCESS, basic: { ActiveProcessLimit: 1 } });
  room.member(job);
  const refused = room.start();
  const code = job.assign(refused);
  const ended = refused.ended(1_000);
  const messages = port.all(QUIET);
  const held = job.accounting();
  refused.close();
  becomes(() => job.accounting().ActiveProcesses === 1, 1_000);
  return { code, ended, messages, held, free: job.accounting(), born: bornTooMany(room, job) };
}

function bornTooMany(room: TrialRoom, job: TrialJob): number {
  const born = room.tryStart({ job });
  return typeof born === "number" ? born : 0;
}

/** The error of limits that make no sense. */
function refusal(limits: Parameters<TrialJob["limit"]>[0]): number {
  using room = new TrialRoom();
  return room.job().limitAlso(limits);
}

/** Whether each set of limits is refused with ERROR_INVALID_PARAMETER. */
function allRefused(codes: readonly number[]): TrialAnswer {
  return keptIf(
    codes.every((code) => code === ERROR.INVALID_PARAMETER),
    codes.map(errorSymbol).join(", "),
  );
}

function extendedOnly(): TrialAnswer {
  using room = new TrialRoom();
  const flags = [LIMIT.BREAKAWAY_OK, LIMIT.JOB_MEMORY, LIMIT.KILL_ON_JOB_CLOSE];
  return allRefused(flags.map((flag) => room.job().set(CLASSES.basic, { LimitFlags: flag })));
}

function replaces(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  job.limitAlso({ flags: LIMIT.ACTIVE_PROCESS, basic: { ActiveProcessLimit: 3 } });
  job.limitAlso({
    flags: LIMIT.PRIORITY_CLASS,
    basic: { PriorityClass: PRIORITY_CLASS.NORMAL_PRIORITY_CLASS },
  });
  const { LimitFlags } = job.get(CLASSES.extended).BasicLimitInformation;
  const gone = (LimitFlags & LIMIT.ACTIVE_PROCESS) === 0;
  return keptIf(gone, gone ? "the first limit is gone" : "the first limit is still in force");
}

function basicQuery(): TrialAnswer {
  using room = new TrialRoom();
  const { LimitFlags } = room.job().get(CLASSES.basic);
  const shown = (LimitFlags & LIMIT.KILL_ON_JOB_CLOSE) !== 0;
  return keptOrDifferent(shown, `class 2 shows kill-on-close: ${shown}`);
}

function privilege(): TrialAnswer {
  const code = refusal({ flags: LIMIT.SCHEDULING_CLASS, basic: { SchedulingClass: 6 } });
  return code === ERROR.PRIVILEGE_NOT_HELD
    ? kept(errorSymbol(code))
    : different(code === 0 ? "accepted: the privilege may be enabled" : errorSymbol(code));
}

/** The processors that a process may use, and those that there are. */
function affinity(process: TrialProcess): [own: bigint, system: bigint] {
  const [own, system] = [new BigUint64Array(1), new BigUint64Array(1)];
  check(
    kernel32.GetProcessAffinityMask(process.handle.value, own, system),
    "GetProcessAffinityMask",
    "Cannot make a trial",
  );
  return [own[0]!, system[0]!];
}

function affinityHolds(): TrialAnswer {
  using room = new TrialRoom();
  const free = affinity(room.start())[0];
  const first = free & -free;
  if (free === first) return notTriable("there is only one processor");
  const job = room.job();
  job.limitAlso({ flags: LIMIT.AFFINITY, basic: { Affinity: first } });
  const process = room.member(job);
  const before = affinity(process)[0];
  const code = failure(kernel32.SetProcessAffinityMask(process.handle.value, free));
  const after = affinity(process)[0];
  if (before !== first) return broken("a member can use processors outside the job's affinity");
  return keptIf(
    after === first,
    `setting another affinity: ${errorSymbol(code)}; the affinity changed: ${after !== first}`,
  );
}

function subsetAlone(): TrialAnswer {
  using room = new TrialRoom();
  const [, system] = affinity(room.start());
  const beyond = system + 1n;
  const codes = [refusal({ flags: LIMIT.SUBSET_AFFINITY })];
  // Where all 64 are there, none is beyond.
  if ((beyond & system) === 0n && beyond < 2n ** 63n) {
    codes.push(refusal({ flags: LIMIT.AFFINITY, basic: { Affinity: beyond } }));
  }
  return allRefused(codes);
}

function afterGroups(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const groups = job.set(CLASSES.groups, { Mask: 1n, Group: 0 });
  if (groups !== 0) return notTriable(`processor groups: ${errorSymbol(groups)}`);
  const code = job.limitAlso({ flags: LIMIT.AFFINITY, basic: { Affinity: 1n } });
  return keptOrDifferent(
    code !== 0,
    `an affinity limit after processor groups: ${errorSymbol(code)}`,
  );
}

function priorityHolds(): TrialAnswer {
  using room = new TrialRoom();
  const { BELOW_NORMAL_PRIORITY_CLASS, IDLE_PRIORITY_CLASS } = PRIORITY_CLASS;
  const job = room.job();
  job.limitAlso({ flags: LIMIT.PRIORITY_CLASS, basic: { PriorityClass: IDLE_PRIORITY_CLASS } });
  const process = room.member(job);
  const { value } = process.handle;
  if (process.priority() !== IDLE_PRIORITY_CLASS) {
    return broken("a member does not have the job's priority class");
  }
  const code = failure(kernel32.SetPriorityClass(value, BELOW_NORMAL_PRIORITY_CLASS));
  const stays = process.priority() === IDLE_PRIORITY_CLASS;
  return keptIf(stays, `setting another class: ${errorSymbol(code)}; the class changed: ${!stays}`);
}

function uiKept(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const UIRestrictionsClass = JOB_OBJECT_UILIMIT.EXITWINDOWS | JOB_OBJECT_UILIMIT.READCLIPBOARD;
  const code = job.set(CLASSES.ui, { UIRestrictionsClass });
  const back = job.get(CLASSES.ui).UIRestrictionsClass;
  return keptIf(code === 0 && back === UIRestrictionsClass, errorSymbol(code));
}

/** The trials of limits. */
export function limitTrials() {
  const seen = once(oneTooMany);
  return {
    limitAssign: () => {
      const { code, ended } = seen();
      return keptIf(
        code === ERROR.NOT_ENOUGH_QUOTA && ended,
        `${errorSymbol(code)}; the process was ended: ${ended}`,
      );
    },
    limitBirth: () => {
      const { born } = seen();
      return keptIf(born === ERROR.NOT_ENOUGH_QUOTA, errorSymbol(born));
    },
    limitMessage: () => {
      const { messages } = seen();
      const told = messages.find(({ name }) => name === "ACTIVE_PROCESS_LIMIT");
      return keptIf(
        told?.value === 0n,
        told ? "posted without a process id" : shownMessages(messages),
      );
    },
    refusedExit: () => {
      const { code, messages } = seen();
      if (code === 0) return notTriable("no process was refused");
      return keptOrDifferent(
        !has(messages, "EXIT_PROCESS"),
        shownMessages(messages.filter(({ name }) => name !== "NEW_PROCESS")),
      );
    },
    refusedHeld: () => {
      const { code, free, held } = seen();
      if (code === 0) return notTriable("no process was refused");
      return keptIf(
        held.ActiveProcesses === 2 && free.ActiveProcesses === 1,
        `active with an open handle: ${held.ActiveProcesses}; without: ${free.ActiveProcesses}`,
      );
    },
    refusedTotals: () => {
      const { held } = seen();
      return keptIf(
        held.TotalProcesses === 2 && held.TotalTerminatedProcesses === 1,
        `${held.TotalProcesses} of 2 counted; ${held.TotalTerminatedProcesses} of 1 counted as ended by a limit`,
      );
    },
    extendedOnly,
    timeAndPreserve: () =>
      allRefused([refusal({
        flags: LIMIT.JOB_TIME | LIMIT.PRESERVE_JOB_TIME,
        basic: { PerJobUserTimeLimit: 100_000_000n },
      })]),
    halfWorkingSet: () =>
      allRefused([
        refusal({ flags: LIMIT.WORKINGSET, basic: { MaximumWorkingSetSize: 1_000_000n } }),
        refusal({ flags: LIMIT.WORKINGSET, basic: { MinimumWorkingSetSize: 1_000_000n } }),
      ]),
    emptyWorkingSet: () => {
      const code = refusal({ flags: LIMIT.WORKINGSET });
      return keptOrDifferent(code === ERROR.INVALID_PARAMETER, errorSymbol(code));
    },
    schedulingRange: () =>
      allRefused([refusal({ flags: LIMIT.SCHEDULING_CLASS, basic: { SchedulingClass: 10 } })]),
    privilege,
    replaces,
    basicQuery,
    affinityHolds,
    subsetAlone,
    afterGroups,
    priorityHolds,
    uiKept,
  } satisfies Record<string, Trial>;
}
