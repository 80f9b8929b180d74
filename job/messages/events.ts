/**
 * A job's messages.
 *
 * Theory of operation. A job that this process created is associated with the module's completion
 * port before it can have a process, so no message is missed. Each message goes to the queue of
 * every consumer. A job created with `notifications` keeps its messages for the first consumer,
 * which takes over the queue. Windows guarantees only one kind of message. Consumers stop when the
 * job is empty, so the accounting is polled while they wait, and that message is generated if it
 * does not come.
 *
 * @module
 */
import { ERROR, JOB_OBJECT_MSG, JOBOBJECTINFOCLASS } from "../../ffi/constants.ts";
import { check, Win32Error } from "../../ffi/error.ts";
import { AlreadyClosedError, type Handle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { completionPort, type Packet } from "../../process/io/completion_port.ts";
import { exitWatch } from "../../process/exit/exit_watch.ts";
import { NotRegisteredError } from "../errors.ts";
import type { LimitViolation } from "../notifications/notification_limits.ts";
import { BrakedMessages } from "./brake.ts";
import { type Counts, EmptySweep } from "./empty_sweep.ts";
import { NotificationQueue } from "./queue.ts";
import { decodeNotification, type JobNotification } from "./notification.ts";

const PORT = struct(STRUCTS, "JOBOBJECT_ASSOCIATE_COMPLETION_PORT");

/** The parts of a job that its events need. */
export interface EventSource {
  /** Its handle; throws when it is closed. */
  readonly handle: () => Handle;
  /** Its name for messages. */
  readonly label: string;
  /** The query that re-arms notification limits. */
  readonly violation: () => LimitViolation;
  /** Its counts of processes. */
  readonly accounting: () => Counts;
  /** Receives each message first, even those of a closed job. */
  readonly told: (code: number, value: bigint) => void;
  /** Receives each message before the consumers do. */
  readonly hear: (code: number, value: bigint) => void;
}

/** The messages of one job. */
export class JobEvents {
  readonly #source: EventSource;
  readonly #consumers = new Set<NotificationQueue<JobNotification>>();
  /** Consumers whose marker has not arrived yet. */
  readonly #beginning = new Set<NotificationQueue<JobNotification>>();
  /** The messages since the job's creation, until the first consumer takes them over. */
  #kept: NotificationQueue<JobNotification> | undefined;
  #polled: NotificationQueue<JobNotification> | undefined;
  /** Whether the job was created with `notifications`. */
  #registered = false;
  #key: bigint | undefined;
  #children = 0;
  #closed = false;
  readonly #crossings = new BrakedMessages<Packet>((packet) => this.#tell(packet));
  readonly #sweep = new EmptySweep({
    counts: () => this.#counts(),
    empty: () => {
      for (const queue of this.#consumers) queue.push({ type: "activeProcessZero" });
    },
    failed: (error) => this.#endConsumers(error),
  });

  /**
   * For `JobObject`.
   *
   * @param source The job.
   */
  constructor(source: EventSource) {
    this.#source = source;
  }

  /** The key of the job's packets; `undefined` if another process receives them. */
  get key(): bigint | undefined {
    return this.#key;
  }

  /**
   * Associates the job with the module's completion port.
   *
   * @throws {Win32Error} If the system refuses; code 87 if the job already has a port.
   */
  listen(): void {
    if (this.#key !== undefined) return;
    const key = completionPort.register(
      (packet) => this.#receive(packet),
      (error) => this.#endConsumers(error),
    );
    const { handle, label } = this.#source;
    const port = PORT.encode({ CompletionKey: key, CompletionPort: completionPort.handle });
    try {
      check(
        kernel32.SetInformationJobObject(
          handle(),
          JOBOBJECTINFOCLASS.JobObjectAssociateCompletionPortInformation,
          port,
          PORT.size,
        ),
        "SetInformationJobObject",
        `Cannot listen to ${label} (a job has one listener)`,
      );
    } catch (error) {
      completionPort.unregister(key);
      throw error;
    }
    this.#key = key;
  }

  /** Keeps every message from now on for the first consumer. */
  keep(): void {
    this.#registered = true;
    this.#kept = new NotificationQueue();
    this.#consumers.add(this.#kept);
  }

  /** Returns the next message of the single queue that is kept for polling. */
  async poll(): Promise<JobNotification> {
    this.#source.handle();
    if (!this.#registered) {
      throw new NotRegisteredError(
        `Cannot poll ${this.#source.label}: it was made without notifications`,
      );
    }
    this.#polled ??= this.#takeKept() ?? this.#subscribe();
    const message = await this.#next(this.#polled);
    if (message === undefined) throw this.#closedError("Cannot poll");
    return message;
  }

  /**
   * Iterates over every message from now on, or over the kept ones and every further one.
   *
   * @param signal Ends the iteration with the signal's reason.
   */
  notifications(signal?: AbortSignal): AsyncIterableIterator<JobNotification> {
    this.#source.handle();
    this.listen();
    const queue = this.#takeKept() ?? this.#subscribe();
    // When the iteration is left, nobody needs the remaining messages.
    let over = false;
    const stop = async (): Promise<void> => {
      over = true;
      this.#beginning.delete(queue);
      this.#consumers.delete(queue);
      queue.end();
      await completionPort.idle();
    };
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: async () => {
        if (over) return { done: true, value: undefined };
        let value: JobNotification | undefined;
        try {
          value = await this.#next(queue, signal);
        } catch (error) {
          await stop();
          throw error;
        }
        if (value === undefined) {
          await stop();
          return { done: true, value: undefined };
        }
        return { done: false, value };
      },
      return: async () => {
        await stop();
        return { done: true, value: undefined };
      },
    };
  }

  /**
   * Listens to a child's messages until it has ended, even if the job's handle is closed before.
   *
   * @param ended Settles when it has ended.
   */
  follow(ended: Promise<unknown>): void {
    this.#children++;
    ended.finally(() => {
      this.#children--;
      this.#forget();
    });
  }

  /**
   * Resolves when every message that has arrived so far has been processed.
   *
   * @throws {Win32Error} If the system refuses, or messages may have been lost.
   */
  async settled(): Promise<void> {
    if (this.#key === undefined) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const marker = completionPort.register(() => resolve(), reject);
    completionPort.ref();
    try {
      completionPort.post(marker);
      await promise;
      this.#crossings.release();
    } finally {
      completionPort.unregister(marker);
      completionPort.unref();
      await completionPort.idle();
    }
  }

  /** Ends every iteration. */
  close(): void {
    this.#crossings.release();
    this.#closed = true;
    this.#endConsumers();
    this.#forget();
  }

  #forget(): void {
    if (this.#closed && this.#children === 0 && this.#key !== undefined) {
      completionPort.unregister(this.#key);
    }
  }

  #closedError(action: string): AlreadyClosedError {
    return new AlreadyClosedError(`${action} ${this.#source.label}: it was closed`);
  }

  #endConsumers(error?: unknown): void {
    for (const queue of [...this.#consumers, ...this.#beginning]) queue.end(error);
    this.#consumers.clear();
    this.#beginning.clear();
  }

  #takeKept(): NotificationQueue<JobNotification> | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    return kept;
  }

  #subscribe(): NotificationQueue<JobNotification> {
    const queue = new NotificationQueue<JobNotification>();
    const marker = completionPort.register(() => {
      completionPort.unregister(marker);
      if (!this.#beginning.delete(queue)) return;
      this.#consumers.add(queue);
      // The message that the job is empty may have come earlier.
      try {
        if (this.#sweep.emptied() > 0) queue.push({ type: "activeProcessZero" });
      } catch (error) {
        this.#consumers.delete(queue);
        queue.end(error);
      }
    });
    this.#beginning.add(queue);
    try {
      completionPort.post(marker);
    } catch (error) {
      completionPort.unregister(marker);
      this.#beginning.delete(queue);
      throw error;
    }
    // If nobody waits, older consumers get their messages now, and the marker arrives with them.
    completionPort.drain();
    return queue;
  }

  /** Returns the next message, keeping the program alive until it arrives. */
  async #next(
    queue: NotificationQueue<JobNotification>,
    signal?: AbortSignal,
  ): Promise<JobNotification | undefined> {
    if (queue.isReady) return await queue.next(signal);
    completionPort.ref();
    this.#sweep.wait(1);
    try {
      return await queue.next(signal);
    } finally {
      this.#sweep.wait(-1);
      completionPort.unref();
    }
  }

  /** The counts; `undefined` if the job is closed or may not be queried. */
  #counts(): Counts | undefined {
    if (this.#closed) return undefined;
    try {
      return this.#source.accounting();
    } catch (error) {
      if (error instanceof Win32Error && error.code === ERROR.ACCESS_DENIED) return undefined;
      throw error;
    }
  }

  /** Whether a process joined after a message that the job is empty; `false` if it is not known. */
  #hasMembers(): boolean {
    try {
      return (this.#counts()?.ActiveProcesses ?? 0) > 0;
    } catch {
      // Whoever needs the counts gets the error.
      return false;
    }
  }

  #receive({ bytes, overlapped }: Packet): void {
    this.#source.told(bytes, overlapped);
    if (bytes === JOB_OBJECT_MSG.ACTIVE_PROCESS_ZERO) {
      if (this.#key !== undefined) exitWatch.hintAll(this.#key, this.#hasMembers());
    } else if (
      bytes === JOB_OBJECT_MSG.EXIT_PROCESS || bytes === JOB_OBJECT_MSG.ABNORMAL_EXIT_PROCESS
    ) {
      exitWatch.hint(Number(overlapped));
    }
    if (this.#closed) return;
    this.#source.hear(bytes, overlapped);
    if (bytes !== JOB_OBJECT_MSG.NOTIFICATION_LIMIT) this.#tell({ bytes, overlapped });
    else this.#crossings.take({ bytes, overlapped });
  }

  #tell({ bytes, overlapped }: Packet): void {
    try {
      if (bytes === JOB_OBJECT_MSG.ACTIVE_PROCESS_ZERO) this.#sweep.told();
      const message = decodeNotification(bytes, overlapped, { violation: this.#source.violation });
      for (const queue of this.#consumers) queue.push(message);
    } catch (error) {
      // Without the right to query the violation cannot be read, and no further message of this
      // kind comes.
      this.#endConsumers(error);
    }
  }
}
