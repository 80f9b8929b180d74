/**
 * Trials of what a process is born with, and of what is known of its end.
 *
 * @module
 */
import {
  CREATION_FLAGS,
  ERROR_MODE,
  HANDLE,
  PROCESS,
  PROCESSINFOCLASS,
} from "../../ffi/constants.ts";
import { errorSymbol, failure } from "../../ffi/error.ts";
import { kernel32, ntdll } from "../../ffi/library.ts";
import { breakGroup } from "../../process/console_break.ts";
import { ExitError, NtStatus } from "../../process/exit/status_codes.ts";
import { broken, kept, keptIf, notTriable, type Trial, type TrialAnswer } from "./promise.ts";
import { TrialRoom } from "./trial_room.ts";

const { STILL_ACTIVE } = ExitError;

/** An exit code that needs all of its 32 bits. */
const WIDE_CODE = 2 ** 32 - 2;

/**
 * More handles than a new process has, so that none of our handle values is also one of its own.
 */
const MANY = 400;

function bornInJob(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const process = room.tryStart({ job });
  if (typeof process === "number") return broken(errorSymbol(process));
  return keptIf(job.contains(process), "in the job before its first instruction");
}

function bornOfMember(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const child = room.start({ parent: room.member(job) });
  return keptIf(job.contains(child), job.contains(child) ? "in the job" : "outside the job");
}

function handleList(): TrialAnswer {
  using room = new TrialRoom();
  const { DUPLICATE_SAME_ACCESS } = HANDLE;
  const self = kernel32.GetCurrentProcess();
  const duplicate = (source: bigint, handle: bigint, inherit: number): bigint => {
    const result = new BigUint64Array(1);
    const code = failure(
      kernel32.DuplicateHandle(source, handle, self, result, 0, inherit, DUPLICATE_SAME_ACCESS),
    );
    return code === 0 ? room.keep(result[0]!) : 0n;
  };
  // Kept until the trial's end, so that the numbers grow.
  const handles = Array.from({ length: MANY }, () => duplicate(self, self, 1));
  const [named, other] = [handles.at(-1)!, handles.at(-2)!];
  const child = room.start({ handles: [named] }).handle.value;
  const has = [named, other].map((handle) => duplicate(child, handle, 0) !== 0n);
  return keptIf(
    has[0]! && !has[1],
    `inherited the listed handle: ${has[0]}; inherited another inheritable handle: ${has[1]}`,
  );
}

function code259(): TrialAnswer {
  using room = new TrialRoom();
  const process = room.start({ command: `exit ${STILL_ACTIVE}` });
  const ended = process.ended(5_000);
  return keptIf(
    ended && process.code() === STILL_ACTIVE,
    ended
      ? `the handle is signaled, and the exit code is ${process.code()}`
      : "the process did not end",
  );
}

function wideCode(): TrialAnswer {
  using room = new TrialRoom();
  const process = room.start();
  process.end(WIDE_CODE);
  process.ended(2_000);
  return keptIf(process.code() === WIDE_CODE, "all 32 bits of the code are kept");
}

function errorMode(): TrialAnswer {
  const { SEM_FAILCRITICALERRORS, SEM_NOOPENFILEERRORBOX } = ERROR_MODE;
  using room = new TrialRoom();
  const before = kernel32.GetErrorMode();
  kernel32.SetErrorMode(before | SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX);
  let child;
  try {
    child = room.start();
  } finally {
    kernel32.SetErrorMode(before);
  }
  const mode = new Uint32Array(1);
  const status = ntdll.NtQueryInformationProcess(
    child.handle.value,
    PROCESSINFOCLASS.ProcessDefaultHardErrorMode,
    mode,
    mode.byteLength,
    null,
  );
  if (status !== 0) return notTriable("the system does not report the error mode of a process");
  // The lowest bit is kept the other way round.
  const has = (mode[0]! & SEM_NOOPENFILEERRORBOX) !== 0 &&
    (mode[0]! & SEM_FAILCRITICALERRORS) === 0;
  return keptIf(
    has,
    has
      ? "the child has its parent's error mode"
      : "the child does not have its parent's error mode",
  );
}

function ctrlBreak(): TrialAnswer {
  using room = new TrialRoom();
  const child = room.start({
    command: "for /l %i in (1,0,2) do @rem",
    sharesConsole: true,
    flags: CREATION_FLAGS.CREATE_NEW_PROCESS_GROUP,
  });
  // A program is asked only after its runtime has set itself up.
  child.ended(500);
  if (!breakGroup(child.pid)) {
    return notTriable("CTRL_BREAK could not be sent: jobbox has no console here");
  }
  child.ended(3_000);
  if (!child.ended()) return broken("the process keeps running");
  return child.code() === NtStatus.STATUS_CONTROL_C_EXIT
    ? kept("it ended with STATUS_CONTROL_C_EXIT")
    : broken(`it ended with exit code ${child.code()}`);
}

function idHeld(): TrialAnswer {
  using room = new TrialRoom();
  const process = room.start();
  const { pid } = process;
  process.end();
  process.ended(2_000);
  const other = room.start();
  const again = kernel32.OpenProcess(PROCESS.QUERY_LIMITED_INFORMATION, 0, pid);
  const code = failure(again);
  if (code === 0) room.keep(again);
  return keptIf(
    other.pid !== pid && code === 0,
    `opening the id of an ended process with an open handle: ${errorSymbol(code)}`,
  );
}

/** The trials of births. */
export function birthTrials() {
  return {
    bornInJob,
    bornOfMember,
    handleList,
    code259,
    wideCode,
    errorMode,
    ctrlBreak,
    idHeld,
  } satisfies Record<
    string,
    Trial
  >;
}
