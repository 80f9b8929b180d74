/**
 * Trials of rates of processor and network, and of freezing.
 *
 * @module
 */
import {
  ERROR,
  JOB_OBJECT_CPU_RATE_CONTROL,
  JOB_OBJECT_NET_RATE_CONTROL,
  JOB_OBJECT_OPERATION,
} from "../../ffi/constants.ts";
import { errorSymbol } from "../../ffi/error.ts";
import { processorCount } from "../machine.ts";
import {
  broken,
  keptIf,
  keptOrDifferent,
  notTriable,
  type Trial,
  type TrialAnswer,
} from "./promise.ts";
import { CLASSES, type TrialJob } from "./trial_job.ts";
import { becomes, rest, TrialRoom } from "./trial_room.ts";

const CPU = JOB_OBJECT_CPU_RATE_CONTROL;

/** The whole machine, in the unit of a rate. */
const WHOLE = 10_000;

/** Milliseconds over which a share is measured. */
const MEASURED = 600;

/** 100 ns in a millisecond. */
const TICKS = 10_000;

/** Processor time of a job, in milliseconds. */
function used(job: TrialJob): number {
  const { TotalKernelTime, TotalUserTime } = job.accounting();
  return Number(TotalUserTime + TotalKernelTime) / TICKS;
}

/** How much of one processor a spinning process gets in a job. */
function share(room: TrialRoom, job: TrialJob): number {
  const spinner = room.spinner(job);
  rest(200);
  const [from, before] = [performance.now(), used(job)];
  rest(MEASURED);
  const part = (used(job) - before) / (performance.now() - from);
  spinner.end();
  return part;
}

function hardCap(): TrialAnswer {
  using room = new TrialRoom();
  const free = share(room, room.job());
  const job = room.job();
  const CpuRate = Math.max(1, Math.floor(WHOLE / 4 / processorCount()));
  const code = job.set(CLASSES.cpu, {
    ControlFlags: CPU.ENABLE | CPU.HARD_CAP,
    CpuRate,
  });
  if (code !== 0) return broken(errorSymbol(code));
  if (free < 0.5) return notTriable("the machine is too busy to measure it");
  const capped = share(room, job);
  return keptIf(
    capped < free * 0.6,
    `with a cap of a quarter of a processor: ${
      capped < free * 0.6 ? "less" : "not less"
    } processor time than without`,
  );
}

function rateValues(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const first = job.set(CLASSES.cpu, {
    ControlFlags: CPU.ENABLE | CPU.HARD_CAP,
    CpuRate: WHOLE,
  });
  if (first !== 0) return broken(`a valid rate: ${errorSymbol(first)}`);
  const set = (flags: number, value: { CpuRate: number } | { Weight: number }): number =>
    job.set(CLASSES.cpu, { ControlFlags: CPU.ENABLE | flags, ...value });
  const codes = [
    set(CPU.HARD_CAP, { CpuRate: 0 }),
    set(CPU.HARD_CAP, { CpuRate: WHOLE + 1 }),
    set(CPU.WEIGHT_BASED, { Weight: 0 }),
    set(CPU.WEIGHT_BASED, { Weight: 10 }),
  ];
  return keptIf(
    codes.every((code) => code === ERROR.INVALID_PARAMETER),
    codes.map(errorSymbol).join(", "),
  );
}

function weightAndCap(): TrialAnswer {
  using room = new TrialRoom();
  const code = room.job().set(CLASSES.cpu, {
    ControlFlags: CPU.ENABLE | CPU.WEIGHT_BASED | CPU.HARD_CAP,
    Weight: 5,
  });
  return keptOrDifferent(code === ERROR.INVALID_PARAMETER, errorSymbol(code));
}

function minimaOverAll(): TrialAnswer {
  using room = new TrialRoom();
  const codes = [0, 1].map(() =>
    room.job().set(CLASSES.cpu, {
      ControlFlags: CPU.ENABLE | CPU.MIN_MAX_RATE,
      MinRate: WHOLE * 0.6,
      MaxRate: WHOLE,
    })
  );
  if (codes[0] !== 0) return notTriable(`the first job with 60 %: ${errorSymbol(codes[0]!)}`);
  return keptOrDifferent(codes[1] !== 0, `the second job with 60 %: ${errorSymbol(codes[1]!)}`);
}

function dscp(): TrialAnswer {
  using room = new TrialRoom();
  const { DSCP_TAG, ENABLE } = JOB_OBJECT_NET_RATE_CONTROL;
  const set = (DscpTag: number): number =>
    room.job().set(CLASSES.net, { ControlFlags: ENABLE | DSCP_TAG, DscpTag });
  const right = set(63);
  if (right !== 0) return notTriable(`a valid mark: ${errorSymbol(right)}`);
  const code = set(64);
  return keptIf(code === ERROR.INVALID_PARAMETER, `mark 64: ${errorSymbol(code)}`);
}

/** Freezes or thaws; 0, or the error code. */
function freeze(job: TrialJob, isFrozen: boolean): number {
  return job.set(CLASSES.freeze, {
    Flags: JOB_OBJECT_OPERATION.FREEZE,
    Freeze: isFrozen ? 1 : 0,
  });
}

function frozenStops(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  room.spinner(job);
  rest(200);
  const code = freeze(job, true);
  if (code !== 0) return broken(errorSymbol(code));
  rest(100);
  const before = used(job);
  rest(300);
  const frozen = used(job);
  freeze(job, false);
  const went = becomes(() => used(job) > frozen + 20, 2_000);
  const stood = frozen - before < 20;
  return keptIf(stood && went, `stops when frozen: ${stood}; continues when thawed: ${went}`);
}

function frozenBirth(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const code = freeze(job, true);
  if (code !== 0) return broken(errorSymbol(code));
  const process = room.tryStart({ job, command: "exit 3" });
  if (typeof process === "number") return broken(errorSymbol(process));
  const ran = process.ended(400);
  freeze(job, false);
  const ended = process.ended(5_000);
  return keptIf(!ran && ended, `runs while frozen: ${ran}; runs when thawed: ${ended}`);
}

function frozenEnd(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const process = room.member(job);
  const code = freeze(job, true);
  if (code !== 0) return broken(errorSymbol(code));
  job.terminate();
  const ended = process.ended(2_000);
  freeze(job, false);
  return keptIf(ended, `the frozen process ended: ${ended}`);
}

/** The trials of rates and of freezing. */
export function controlTrials() {
  return {
    hardCap,
    rateValues,
    weightAndCap,
    minimaOverAll,
    dscp,
    frozenStops,
    frozenBirth,
    frozenEnd,
  } satisfies Record<string, Trial>;
}
