/**
 * Trials of the end of a job's processes.
 *
 * @module
 */
import { errorSymbol } from "../../ffi/error.ts";
import { JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import { NtStatus } from "../../process/exit/status_codes.ts";
import {
  different,
  kept,
  keptIf,
  keptOrDifferent,
  notTriable,
  type Trial,
  type TrialAnswer,
} from "./promise.ts";
import { has, shownMessages, type TrialPort } from "./trial_port.ts";
import { TrialRoom } from "./trial_room.ts";
import { once } from "./once.ts";

/** The code that processes are ended with. */
const CODE = 7;

/** Milliseconds after which no message is expected any more. */
const QUIET = 400;

/** Takes the messages of starts. */
function takeStarts(port: TrialPort, count: number): void {
  for (let i = 0; i < count; i++) port.until("NEW_PROCESS", 1_000);
}

/** Two processes are terminated with their job. */
function terminated() {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  const processes = [room.member(job), room.member(job)];
  takeStarts(port, 2);
  const result = job.terminate(CODE);
  const alive = processes.filter((process) => !process.ended()).length;
  const { ActiveProcesses: active } = job.accounting();
  const signaled = job.signaled();
  const ended = processes.filter((process) => process.ended(2_000)).length;
  const codes = processes.map((process) => process.code());
  return { result, alive, active, signaled, ended, codes, messages: port.all(QUIET) };
}

function selfEnd(): TrialAnswer {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  const process = room.start({ job, command: "exit 3" });
  const ended = process.ended(5_000);
  const messages = port.until("ACTIVE_PROCESS_ZERO", 2_000);
  const seen = shownMessages(messages);
  const wanted = "NEW_PROCESS, EXIT_PROCESS, ACTIVE_PROCESS_ZERO";
  return keptIf(ended && seen === wanted && process.code() === 3, seen);
}

function selfEndSignal(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const process = room.member(job);
  process.end();
  process.ended(2_000);
  const signaled = job.signaled(200);
  return keptIf(!signaled, `signaled after its last process ended: ${signaled}`);
}

function zeroAgain(): TrialAnswer {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  const told = [0, 1].map(() => {
    room.member(job).end();
    return has(port.until("ACTIVE_PROCESS_ZERO", 2_000), "ACTIVE_PROCESS_ZERO");
  });
  return keptIf(told.every((is) => is), `${told.filter((is) => is).length} of 2 messages came`);
}

function abnormal(): TrialAnswer {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  const message = (code: number): string => {
    const process = room.member(job);
    takeStarts(port, 1);
    process.end(code);
    process.ended(2_000);
    return shownMessages(port.all(QUIET).slice(0, 1));
  };
  const crash = message(NtStatus.STATUS_ACCESS_VIOLATION);
  const failed = message(1);
  const unlisted = message(NtStatus.STATUS_HEAP_CORRUPTION);
  return keptIf(
    crash === "ABNORMAL_EXIT_PROCESS" && failed === "EXIT_PROCESS" && unlisted === "EXIT_PROCESS",
    `access violation: ${crash}; code 1: ${failed}; heap corruption: ${unlisted}`,
  );
}

/** Whether a message is in the port at once, or comes later. */
function atOnce(port: TrialPort, name: "NEW_PROCESS" | "EXIT_PROCESS"): TrialAnswer {
  if (port.take(0)?.name === name) return kept("it was posted");
  return has(port.until(name, 1_000), name) ? different("it comes later") : {
    verdict: "broken",
    seen: "it does not come",
  };
}

function newAtOnce(): TrialAnswer {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  room.member(job);
  return atOnce(port, "NEW_PROCESS");
}

function exitAtOnce(): TrialAnswer {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  const process = room.member(job);
  takeStarts(port, 1);
  process.end();
  if (!process.ended(2_000)) return notTriable("the process did not end");
  return atOnce(port, "EXIT_PROCESS");
}

function countAtEnd(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const process = room.member(job);
  process.end();
  if (!process.ended(2_000)) return notTriable("the process did not end");
  const { ActiveProcesses } = job.accounting();
  return keptOrDifferent(
    ActiveProcesses === 0,
    `${ActiveProcesses} counted when the handle is signaled`,
  );
}

/** What a port is told after the last handle of its job is closed. */
function afterClose(flags: number): TrialAnswer {
  using room = new TrialRoom();
  const { job, port } = room.heard(flags);
  const process = room.member(job);
  takeStarts(port, 1);
  job.close();
  if (flags === 0) process.end();
  if (!process.ended(2_000)) return notTriable("the process did not end");
  const messages = port.all(QUIET);
  return keptOrDifferent(messages.length === 0, shownMessages(messages));
}

/** The trials of ends. */
export function endTrials() {
  const seen = once(terminated);
  return {
    terminateCode: () => {
      const { codes, ended, result } = seen();
      return keptIf(
        result === 0 && ended === 2 && codes.every((code) => code === CODE),
        `${errorSymbol(result)}; ${ended} of 2 ended, exit codes ${codes.join(" and ")}`,
      );
    },
    terminateCount: () => {
      const { active } = seen();
      return keptOrDifferent(active === 0, `${active} of 2 are counted when the call returns`);
    },
    terminatePending: () => {
      const { alive } = seen();
      return keptOrDifferent(
        alive > 0,
        `${alive} of 2 are still ending when the call returns`,
      );
    },
    terminateSignal: () => {
      const { signaled } = seen();
      return keptOrDifferent(!signaled, `signaled when the call returns: ${signaled}`);
    },
    terminateMessages: () => {
      const { messages } = seen();
      if (!has(messages, "ACTIVE_PROCESS_ZERO")) {
        return { verdict: "broken", seen: shownMessages(messages) } as const;
      }
      return keptOrDifferent(messages.length === 1, shownMessages(messages));
    },
    selfEnd,
    selfEndSignal,
    zeroAgain,
    abnormal,
    newAtOnce,
    exitAtOnce,
    countAtEnd,
    closedPort: () => afterClose(0),
    killedPort: () => afterClose(JOB_OBJECT_LIMIT.KILL_ON_JOB_CLOSE),
  } satisfies Record<string, Trial>;
}
