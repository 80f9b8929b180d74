/**
 * Looks up what the notifications omit about the processes of a run: parent, program, exact
 * times and exit code.
 *
 * A process is opened when its start is reported, and the handle is kept until its end was read: so
 * its code cannot be lost, nor its id be given to another process meanwhile. A process that ended before
 * its start was reported cannot be asked; its row has the notifications' times and no code. One that is
 * still being created may not know everything yet: it is asked again at each sample, and when it ends.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import type { ProcessInfo } from "./process_table.ts";
import { type ProcessEnd, WatchedProcess } from "./process_query.ts";
import type { JobNotification } from "../../mod.ts";

/** Receives the findings; every `Recorder` is one. */
export interface ProcessListener {
  /** Receives a finding about a process, and its time in milliseconds since the start. */
  process(info: ProcessInfo, at: number): void;
}

/** A process, as far as the observer needs it. */
export interface ObservedProcess {
  /** When it was started, in milliseconds since 1970; `undefined` if it is not known yet. */
  start(): number | undefined;
  /** Its program's file name; `undefined` if it is not known yet. */
  image(): string | undefined;
  /** The id of its parent; `undefined` if it is not known. */
  parentPid(): number | undefined;
  /** Its command line; `undefined` if it is not known. */
  commandLine(): string | undefined;
  /** Its peak commit, in bytes; `undefined` if it is not known. */
  peakMemory(): number | undefined;
  /** How it ended; `undefined` while it runs. */
  end(): ProcessEnd | undefined;
  /** Releases it. */
  close(): void;
}

/** The system, as far as the observer needs it. */
export interface ProcessSource {
  /** Opens a process; `undefined` when it is gone. */
  open(pid: number): ObservedProcess | undefined;
}

const SYSTEM: ProcessSource = {
  open: (pid) => WatchedProcess.open(pid),
};

/** The most processes that are watched at once; each needs a handle. */
const MOST_WATCHED = 5000;

/** The most processes that are asked per sample, so that a run of thousands does not wait for us. */
const MOST_ASKED = 200;

/** The longest command line that is kept, in characters. */
const MOST_COMMAND_LINE = 2048;

/** A process that is watched, and what is known of it. */
interface Watched {
  readonly pid: number;
  readonly process: ObservedProcess;
  /** What is known of it. */
  readonly known: Omit<ProcessInfo, "pid">;
  /** Whether the listener knows it too. */
  isTold: boolean;
}

/** Watches the processes of one run. */
export class ProcessObserver implements Disposable {
  readonly #listener: ProcessListener;
  readonly #startedAt: number;
  readonly #source: ProcessSource;
  readonly #watched = new Map<number, Watched>();
  /** Those that were still being created when their start was reported. */
  readonly #unready = new Set<Watched>();

  /**
   * Makes an observer.
   *
   * @param listener Receives the findings.
   * @param startedAt When the run began.
   * @param source The source of the facts; the system when absent.
   */
  constructor(listener: ProcessListener, startedAt: Date, source: ProcessSource = SYSTEM) {
    this.#listener = listener;
    this.#startedAt = startedAt.getTime();
    this.#source = source;
  }

  /**
   * Adds a process before it runs, so that it can be asked however soon it ends. Its start is reported
   * by a notification, like that of any other.
   *
   * @param pid Its id.
   */
  hold(pid: number): void {
    const process = this.#source.open(pid);
    if (process === undefined) return;
    const watched = { pid, process, known: {}, isTold: false };
    this.#watched.set(pid, watched);
    this.#ask(watched);
  }

  /**
   * Records a notification of the job.
   *
   * @param event The notification.
   * @param at When it came, in milliseconds since the start.
   */
  event(event: JobNotification, at: number): void {
    if (event.type === "newProcess") this.#opened(event.pid, at);
    if (event.type === "exitProcess" || event.type === "abnormalExitProcess") {
      this.#check(event.pid, at);
    }
  }

  /**
   * Asks the running processes again for unknown facts and for their memory.
   *
   * @param at The time, in milliseconds since the start.
   */
  sample(at: number): void {
    const turn = [...this.#watched.values()].slice(0, MOST_ASKED);
    for (const watched of turn) {
      this.#tell(watched, at);
      // If there are more, they take turns.
      if (this.#watched.size > MOST_ASKED) {
        this.#watched.delete(watched.pid);
        this.#watched.set(watched.pid, watched);
      }
    }
  }

  /**
   * Asks those that were still being created when their start was reported: they may end before the next
   * sample.
   *
   * @param at The time, in milliseconds since the start.
   * @returns Whether some still have unknown facts.
   */
  askNew(at: number): boolean {
    for (const watched of this.#unready) {
      const isLeft = this.#watched.get(watched.pid) !== watched;
      if (!isLeft) this.#tell(watched, at);
      if (isLeft || watched.known.commandLine !== undefined) this.#unready.delete(watched);
    }
    return this.#unready.size > 0;
  }

  /** Stops asking those with unknown facts: the samples ask them too. */
  forgetNew(): void {
    this.#unready.clear();
  }

  /** Whether some command lines were unknown when the start was reported. */
  get hasNew(): boolean {
    return this.#unready.size > 0;
  }

  /**
   * Checks all processes whose end was not reported yet, for the end of the run.
   *
   * @param at The time, in milliseconds since the start.
   */
  finish(at: number): void {
    for (const pid of [...this.#watched.keys()]) this.#check(pid, at);
  }

  /** Releases all processes. */
  [Symbol.dispose](): void {
    for (const { process } of this.#watched.values()) process.close();
    this.#watched.clear();
  }

  #opened(pid: number, at: number): void {
    const before = this.#watched.get(pid);
    if (before?.isTold === false) {
      before.isTold = true;
      this.#listener.process({ pid, ...before.known }, at);
      return;
    }
    if (before) this.#check(pid, at);
    if (this.#watched.has(pid) || this.#watched.size >= MOST_WATCHED) return;
    const process = this.#source.open(pid);
    if (!process) return;
    const watched: Watched = { pid, process, known: {}, isTold: true };
    this.#watched.set(pid, watched);
    this.#listener.process({ pid, ...this.#ask(watched) }, at);
    const isReady = watched.known.commandLine !== undefined;
    if (!isReady && this.#unready.size < MOST_ASKED) this.#unready.add(watched);
  }

  /** Asks a process and reports new facts. */
  #tell(watched: Watched, at: number): void {
    const found = this.#ask(watched);
    if (!watched.isTold || Object.keys(found).length === 0) return;
    this.#listener.process({ pid: watched.pid, ...found }, at);
  }

  /** Asks for unknown facts and for the memory, which changes. */
  #ask({ process, known }: Watched): Omit<ProcessInfo, "pid"> {
    const image = known.image === undefined ? process.image() : undefined;
    const line = known.commandLine === undefined ? process.commandLine() : undefined;
    const startedAt = known.start === undefined ? process.start() : undefined;
    const parentPid = known.parentPid === undefined ? process.parentPid() : undefined;
    // A peak never falls: a lower value from an ended process, or none, is ignored.
    const peakMemory = process.peakMemory() ?? 0;
    const found = defined({
      parentPid,
      image,
      commandLine: line === undefined ? undefined : cut(line),
      start: startedAt === undefined ? undefined : this.#since(startedAt),
      peakMemory: peakMemory > (known.peakMemory ?? 0) ? peakMemory : undefined,
    });
    Object.assign(known, found);
    return found;
  }

  #check(pid: number, at: number): void {
    const watched = this.#watched.get(pid);
    const end = watched?.process.end();
    if (!watched || !end) return;
    const found = { ...watched.isTold ? {} : watched.known, ...this.#ask(watched) };
    this.#watched.delete(pid);
    watched.process.close();
    this.#listener.process(
      {
        pid,
        ...found,
        code: end.code,
        end: end.endedAt === undefined ? at : this.#since(end.endedAt),
        user: end.userTime,
        kernel: end.kernelTime,
      },
      at,
    );
  }

  #since(unixMs: number): number {
    // Both clocks tick coarsely: a process can seem to have started before the run.
    return Math.max(0, Math.round((unixMs - this.#startedAt) * 1000) / 1000);
  }
}

function cut(line: string): string {
  return line.length <= MOST_COMMAND_LINE ? line : `${line.slice(0, MOST_COMMAND_LINE - 1)}…`;
}
