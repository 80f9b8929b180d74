/**
 * Trials of memory: its limits, what is counted of it, and what is counted of files.
 *
 * @module
 */
import { JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import { errorSymbol } from "../../ffi/error.ts";
import { infoClass } from "../info_class.ts";
import { keptIf, notTriable, type Trial, type TrialAnswer } from "./promise.ts";
import { CLASSES } from "./trial_job.ts";
import { type MessageName, shownMessages } from "./trial_port.ts";
import { TrialRoom } from "./trial_room.ts";

const { JOB_MEMORY, PROCESS_MEMORY } = JOB_OBJECT_LIMIT;

const MEBIBYTE = 1024 ** 2;

/** In bytes; a quarter of it is more than a process has by itself. */
const LIMIT = 32 * MEBIBYTE;

/** Milliseconds in which a message comes. */
const SOON = 1_000;

const IO = infoClass(
  "JobObjectBasicAndIoAccountingInformation",
  "JOBOBJECT_BASIC_AND_IO_ACCOUNTING_INFORMATION",
);

function processMemory(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  job.limitAlso({ flags: PROCESS_MEMORY, processMemory: LIMIT });
  const [first, second] = [room.spinner(job), room.spinner(job)];
  const below = [first.commit(LIMIT * 0.75), second.commit(LIMIT * 0.75)];
  const above = first.commit(LIMIT);
  return keptIf(
    below.every((code) => code === 0) && above !== 0,
    `below the limit: ${below.map(errorSymbol).join(", ")}; above the limit: ${errorSymbol(above)}`,
  );
}

function jobMemory(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  job.limitAlso({ flags: JOB_MEMORY, jobMemory: LIMIT });
  const first = room.spinner(job).commit(LIMIT * 0.75);
  const second = room.spinner(job).commit(LIMIT * 0.75);
  return keptIf(
    first === 0 && second !== 0,
    `the first process: ${errorSymbol(first)}; the second process: ${errorSymbol(second)}`,
  );
}

/** Whether passing a limit is told, with the id of the process that passed it. */
function told(flags: number, name: MessageName): TrialAnswer {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  job.limitAlso({ flags, processMemory: LIMIT, jobMemory: LIMIT });
  const process = room.spinner(job);
  process.commit(2 * LIMIT);
  const messages = port.until(name, SOON);
  const message = messages.at(-1);
  return keptIf(
    message?.name === name && message.value === BigInt(process.pid) && !process.ended(),
    message?.name === name ? "posted, and the process keeps running" : shownMessages(messages),
  );
}

function memoryBefore(): TrialAnswer {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  job.limitAlso({
    flags: PROCESS_MEMORY | JOB_MEMORY,
    processMemory: LIMIT,
    jobMemory: LIMIT,
  });
  // A running process would commit more memory itself after the assignment.
  const process = room.start();
  process.commit(2 * LIMIT);
  const code = job.assign(process);
  const messages = port.all(SOON / 2).filter(({ name }) => name !== "NEW_PROCESS");
  return keptIf(
    code === 0 && messages.length === 0 && !process.ended(),
    `the assignment: ${errorSymbol(code)}; ${shownMessages(messages)}`,
  );
}

function peaks(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const process = room.spinner(job);
  const code = process.commit(LIMIT);
  if (code !== 0) return notTriable(`committing memory in another process: ${errorSymbol(code)}`);
  process.end();
  process.ended(2_000);
  const { PeakJobMemoryUsed, PeakProcessMemoryUsed } = job.get(CLASSES.extended);
  const whole = PeakJobMemoryUsed >= LIMIT && PeakProcessMemoryUsed >= LIMIT;
  return keptIf(
    whole,
    whole ? "the peak is kept after the process ended" : "the peak is less than was committed",
  );
}

function input(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const process = room.start({ job, command: "type %COMSPEC% >nul" });
  if (!process.ended(5_000)) return notTriable("the process did not end in time");
  const { ReadOperationCount, ReadTransferCount } = job.get(IO).IoInfo;
  const counted = ReadOperationCount > 0n && ReadTransferCount > 0n;
  return keptIf(counted, counted ? "its reads are counted" : "its reads are not counted");
}

function pageFaults(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  const process = room.spinner(job);
  process.commit(LIMIT);
  process.end();
  process.ended(2_000);
  const { TotalPageFaultCount } = job.accounting();
  const counted = TotalPageFaultCount > 0;
  return keptIf(
    counted,
    counted ? "page faults are kept after the process ended" : "page faults are not counted",
  );
}

/** The trials of memory. */
export function memoryTrials() {
  return {
    processMemory,
    jobMemory,
    processMemoryMessage: () => told(PROCESS_MEMORY, "PROCESS_MEMORY_LIMIT"),
    jobMemoryMessage: () => told(JOB_MEMORY, "JOB_MEMORY_LIMIT"),
    memoryBefore,
    peaks,
    input,
    pageFaults,
  } satisfies Record<string, Trial>;
}
