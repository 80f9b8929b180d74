/**
 * A job's messages and the waits for its end.
 *
 * Theory of operation. A job that this process made is associated with the module's completion port
 * before it can have a process, so no message is missed. Each message goes to every consumer's own
 * queue; the one consumer of `pollNotification()` has its queue from the job's creation on, if the
 * job was made with notifications. Windows promises none of the messages but one, so a wait for the
 * tree's end asks the job's accounting: at once, behind each message that the job is empty, and in
 * a slow sweep. A job whose messages go to another process is asked in short steps.
 *
 * @module
 */
import { JOB_OBJECT_MSG, JOBOBJECTINFOCLASS } from "../../ffi/constants.ts";
import { check } from "../../ffi/error.ts";
import { AlreadyClosedError, type Handle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { completionPort, type Packet } from "../../process/io/completion_port.ts";
import { exitWatch } from "../../process/exit/exit_watch.ts";
import { NotRegisteredError } from "../errors.ts";
import type { LimitViolation } from "../notifications/notification_limits.ts";
import { NotificationQueue } from "./queue.ts";
import { decodeNotification, type JobNotification } from "./notification.ts";

const PORT = struct(STRUCTS, "JOBOBJECT_ASSOCIATE_COMPLETION_PORT");
const ACCOUNTING = struct(STRUCTS, "JOBOBJECT_BASIC_ACCOUNTING_INFORMATION");

/** Longest time for which a lost message can delay a wait, in ms. */
const SWEEP = 1_000;
/** Time between two questions to a job whose messages go to somebody else, in ms. */
const POLL = 50;

/** What the events of a job need of it. */
export interface EventSource {
  /** Its handle; throws when it is closed. */
  readonly handle: () => Handle;
  /** Its name for messages. */
  readonly label: string;
  /** The query that re-arms notification limits. */
  readonly violation: () => LimitViolation;
}

interface Wait {
  /** Resolves the wait if the job is empty. */
  check(): void;
  reject(reason: unknown): void;
}

/** The messages of one job. */
export class JobEvents {
  readonly #source: EventSource;
  readonly #consumers = new Set<NotificationQueue<JobNotification>>();
  /** Consumers whose marker has not come yet. */
  readonly #beginning = new Set<NotificationQueue<JobNotification>>();
  readonly #waits = new Set<Wait>();
  readonly #accounting = ACCOUNTING.allocate();
  #polled: NotificationQueue<JobNotification> | undefined;
  #key: bigint | undefined;
  #children = 0;
  #closed = false;

  /**
   * For `JobObject`.
   *
   * @param source The job.
   */
  constructor(source: EventSource) {
    this.#source = source;
  }

  /** Which packets are the job's; `undefined` when they go to somebody else. */
  get key(): bigint | undefined {
    return this.#key;
  }

  /**
   * Associates the job with the module's completion port.
   *
   * @throws {Win32Error} If the system refuses: 87 when the job has a port already.
   */
  listen(): void {
    if (this.#key !== undefined) return;
    const key = completionPort.register((packet) => this.#receive(packet));
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

  /** Keeps every message from now on for {@linkcode poll}. */
  keepForPolling(): void {
    if (this.#polled !== undefined) return;
    this.#polled = new NotificationQueue();
    this.#consumers.add(this.#polled);
  }

  /** Takes the next message that was kept. */
  async poll(): Promise<JobNotification> {
    this.#source.handle();
    if (this.#polled === undefined) {
      throw new NotRegisteredError(
        `Cannot poll ${this.#source.label}: it was made without notifications`,
      );
    }
    const message = await this.#next(this.#polled);
    if (message === undefined) throw this.#closedError("Cannot poll");
    return message;
  }

  /**
   * Gives every message from now on.
   *
   * @param signal Ends the iteration with its reason.
   */
  notifications(signal?: AbortSignal): AsyncIterableIterator<JobNotification> {
    this.#source.handle();
    this.listen();
    const queue = this.#subscribe();
    // What is kept when the iteration is left is for nobody.
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
   * Waits until no process is in the job.
   *
   * @param signal Gives up waiting.
   */
  async wait(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.active() === 0) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const wait: Wait = {
      check: () => {
        try {
          if (this.active() === 0) resolve();
        } catch (error) {
          reject(error);
        }
      },
      reject,
    };
    const abort = (): void => reject(signal?.reason);
    const told = this.#key !== undefined;
    const timer = setInterval(() => wait.check(), told ? SWEEP : POLL);
    this.#waits.add(wait);
    signal?.addEventListener("abort", abort, { once: true });
    if (told) completionPort.ref();
    try {
      await promise;
    } finally {
      if (told) completionPort.unref();
      signal?.removeEventListener("abort", abort);
      this.#waits.delete(wait);
      clearInterval(timer);
      await completionPort.idle();
    }
  }

  /** How many processes are in the job now. */
  active(): number {
    const { handle, label } = this.#source;
    check(
      kernel32.QueryInformationJobObject(
        handle(),
        JOBOBJECTINFOCLASS.JobObjectBasicAccountingInformation,
        this.#accounting,
        ACCOUNTING.size,
        null,
      ),
      "QueryInformationJobObject",
      `Cannot count the processes of ${label}`,
    );
    return ACCOUNTING.decode(this.#accounting).ActiveProcesses;
  }

  /** Tells that the job's processes are being ended: their handles say so sooner than messages. */
  expectExits(): void {
    if (this.#key !== undefined) exitWatch.hintAll(this.#key);
  }

  /**
   * Listens to a child's messages to its end, also when the job's handle is closed before.
   *
   * @param ended Settles at its end.
   */
  follow(ended: Promise<unknown>): void {
    this.#children++;
    ended.finally(() => {
      this.#children--;
      this.#forget();
    });
  }

  /** Ends every iteration, and every wait with {@linkcode AlreadyClosedError}. */
  close(): void {
    this.#closed = true;
    this.#endConsumers();
    for (const wait of this.#waits) wait.reject(this.#closedError("Cannot wait for"));
    this.expectExits();
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

  #subscribe(): NotificationQueue<JobNotification> {
    const queue = new NotificationQueue<JobNotification>();
    const marker = completionPort.register(() => {
      completionPort.unregister(marker);
      if (this.#beginning.delete(queue)) this.#consumers.add(queue);
    });
    this.#beginning.add(queue);
    try {
      check(
        kernel32.PostQueuedCompletionStatus(completionPort.handle, 0, marker, 0n),
        "PostQueuedCompletionStatus",
        `Cannot listen to ${this.#source.label}`,
      );
    } catch (error) {
      completionPort.unregister(marker);
      this.#beginning.delete(queue);
      throw error;
    }
    // Where nobody waits, older consumers get theirs now, and the marker comes with it.
    completionPort.drain();
    return queue;
  }

  /** Takes the next message, keeping the program alive until it comes. */
  async #next(
    queue: NotificationQueue<JobNotification>,
    signal?: AbortSignal,
  ): Promise<JobNotification | undefined> {
    signal?.throwIfAborted();
    const kept = queue.take();
    if (kept !== undefined) return kept;
    completionPort.ref();
    try {
      return await queue.next(signal);
    } finally {
      completionPort.unref();
    }
  }

  #receive({ bytes, overlapped }: Packet): void {
    if (bytes === JOB_OBJECT_MSG.ACTIVE_PROCESS_ZERO) {
      for (const wait of [...this.#waits]) wait.check();
      this.expectExits();
    } else if (
      bytes === JOB_OBJECT_MSG.EXIT_PROCESS || bytes === JOB_OBJECT_MSG.ABNORMAL_EXIT_PROCESS
    ) {
      exitWatch.hint(Number(overlapped));
    }
    if (this.#closed) return;
    let message: JobNotification;
    try {
      message = decodeNotification(bytes, overlapped, { violation: this.#source.violation });
    } catch (error) {
      // Without the right to query there is no violation to tell, and no further message of its kind:
      // consumers must learn that, and nobody else need.
      return this.#endConsumers(error);
    }
    for (const queue of this.#consumers) queue.push(message);
  }
}
