/**
 * Finds out about the processes of a run what its notifications do not say: who started each, which
 * program it is, exactly when it ran, and its exit code.
 *
 * A process is opened when its start is told, and the handle kept until its end was read: so neither
 * can its code be lost, nor its id be given to another process meanwhile. A process that ended before
 * its start was told cannot be asked; its row has the notifications' times and no code. One that is
 * still being made may not tell everything yet: it is asked again a few times.
 *
 * @module
 */
import type { ProcessInfo } from "./process_table.ts";
import { type SnapshotEntry, snapshotProcesses } from "../../process/query/snapshot.ts";
import { type ProcessEnd, WatchedProcess } from "./process_query.ts";
import type { JobNotification } from "../../job/messages/notification.ts";

/** Who is told; every `Recorder` is one. */
export interface ProcessListener {
  /** Takes what was found out about a process, and when, in milliseconds since the start. */
  process(info: ProcessInfo, at: number): void;
}

/** A process, as far as the observer needs it. */
export interface ObservedProcess {
  /** When it was started, in milliseconds since 1970; `undefined` where it does not tell yet. */
  start(): number | undefined;
  /** Its program's file name; `undefined` where it does not tell yet. */
  image(): string | undefined;
  /** How it ended; `undefined` while it runs. */
  end(): ProcessEnd | undefined;
  /** Lets it go. */
  close(): void;
}

/** The system, as far as the observer needs it. */
export interface ProcessSource {
  /** Opens a process; `undefined` when it is gone. */
  open(pid: number): ObservedProcess | undefined;
  /** All running processes by their ids. */
  snapshot(): ReadonlyMap<number, SnapshotEntry>;
}

const SYSTEM: ProcessSource = {
  open: (pid) => WatchedProcess.open(pid),
  snapshot: snapshotProcesses,
};

/** The most processes that are watched at once; each costs a handle. */
const MOST_WATCHED = 5000;

/** Milliseconds that a snapshot may be used: notifications come in batches. */
const SNAPSHOT_AGE = 20;

/** Milliseconds until a process that did not tell everything is asked again. */
const ASK_AGAIN = 10;

/** How many facts there are to be asked for: program, start and parent. */
const FACTS = 3;

/** How often it is asked again at most: making a process can take its time on a busy machine. */
const MOST_QUESTIONS = 300;

/** A process that is watched, and what is not known of it yet. */
interface Watched {
  readonly pid: number;
  readonly process: ObservedProcess;
  questions: number;
  /** What was told to the listener. */
  readonly known: { image?: string; start?: number; parentPid?: number };
}

/** Watches the processes of one run. */
export class ProcessObserver implements Disposable {
  readonly #listener: ProcessListener;
  readonly #startedAt: number;
  readonly #source: ProcessSource;
  readonly #watched = new Map<number, Watched>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #snapshot: ReadonlyMap<number, SnapshotEntry> = new Map();
  #snapshotAt = -Infinity;

  /**
   * Makes an observer.
   *
   * @param listener Who is told.
   * @param startedAt When the run began.
   * @param source Where processes are asked; the system when absent.
   */
  constructor(listener: ProcessListener, startedAt: Date, source: ProcessSource = SYSTEM) {
    this.#listener = listener;
    this.#startedAt = startedAt.getTime();
    this.#source = source;
  }

  /**
   * Takes a notification of the job.
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
   * Looks at all processes whose end was not told yet: for the end of the run.
   *
   * @param at When that is, in milliseconds since the start.
   */
  finish(at: number): void {
    for (const pid of [...this.#watched.keys()]) this.#check(pid, at);
  }

  /** Lets all processes go. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const { process } of this.#watched.values()) process.close();
    this.#watched.clear();
  }

  #opened(pid: number, at: number): void {
    const before = this.#watched.get(pid);
    if (before) this.#check(pid, at);
    if (this.#watched.has(pid) || this.#watched.size >= MOST_WATCHED) return;
    const process = this.#source.open(pid);
    if (!process) return;
    const watched = { pid, process, questions: 0, known: {} };
    this.#watched.set(pid, watched);
    this.#listener.process({ pid, ...this.#ask(watched, at) }, at);
    this.#askAgain(at);
  }

  /** Asks for what is not known yet. */
  #ask({ pid, process, known }: Watched, at: number): Omit<ProcessInfo, "pid"> {
    const image = known.image === undefined ? process.image() : undefined;
    const startedAt = known.start === undefined ? process.start() : undefined;
    const parentPid = known.parentPid === undefined ? this.#parentOf(pid, at) : undefined;
    const found = {
      ...(parentPid === undefined ? {} : { parentPid }),
      ...(image === undefined ? {} : { image }),
      ...(startedAt === undefined ? {} : { start: this.#since(startedAt) }),
    };
    Object.assign(known, found);
    return found;
  }

  /** Sets the timer when something is still to be asked. */
  #askAgain(at: number): void {
    const open = [...this.#watched.values()].filter(({ known, questions }) =>
      Object.keys(known).length < FACTS && questions < MOST_QUESTIONS
    );
    if (open.length === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const now = at + ASK_AGAIN;
      for (const watched of open) {
        if (this.#watched.get(watched.pid) !== watched) continue;
        watched.questions++;
        const found = this.#ask(watched, now);
        if (Object.keys(found).length > 0) {
          this.#listener.process({ pid: watched.pid, ...found }, now);
        }
      }
      this.#askAgain(now);
    }, ASK_AGAIN);
  }

  #check(pid: number, at: number): void {
    const watched = this.#watched.get(pid);
    const end = watched?.process.end();
    if (!watched || !end) return;
    const found = this.#ask(watched, at);
    this.#watched.delete(pid);
    watched.process.close();
    this.#listener.process(
      { pid, ...found, code: end.code, end: this.#since(end.endedAt) },
      at,
    );
  }

  #parentOf(pid: number, at: number): number | undefined {
    if (!this.#snapshot.has(pid) || at - this.#snapshotAt > SNAPSHOT_AGE) {
      this.#snapshot = this.#source.snapshot();
      this.#snapshotAt = at;
    }
    return this.#snapshot.get(pid)?.parentPid;
  }

  #since(unixMs: number): number {
    // Both clocks tick coarsely: a process can seem to have started before the run.
    return Math.max(0, Math.round((unixMs - this.#startedAt) * 1000) / 1000);
  }
}
