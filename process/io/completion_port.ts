/**
 * The module's one I/O completion port.
 *
 * Theory of operation. Deno runs every non-blocking foreign call on a small pool of threads (four
 * per processor on Windows) that files, pipes and stdout share. One blocked wait per job or child
 * would fill the pool, and the program would hang. So a single port serves every job's messages and
 * every pipe's reads and writes, and at most one thread waits on it (the pump).
 *
 * A source of packets registers a handler and gets a key. Keys are counters and never reused: a
 * packet of a closed job finds no handler and is dropped, whereas a recycled handle value could
 * have led it to another job.
 *
 * The pump waits only while there is a waiter (`ref()`); the last `unref()` posts a packet that
 * wakes it, so that the program can end. Packets that arrive without a waiter stay in the kernel's
 * queue. A waiter that must not keep the program alive (`refWeak()`) gets its packets from the pump
 * while others hold it. Otherwise a timer polls the queue, without keeping the program alive.
 *
 * To hand a wait to a thread and back costs many times what taking a packet does. So for a short
 * time (`TURN`) after each such wait the pump first looks into the queue, after everything that was
 * about to run has run. Later it waits in any case, so that the event loop has its turns: timers and
 * Deno's own streams are held up for that time at most.
 *
 * The pump's call writes to native memory, not to JavaScript memory: it may outlive the engine that
 * made it (a terminated Worker). The next packet of a remaining job ends such a call.
 *
 * @module
 */
import { check, Win32Error } from "../../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { ERROR, WAIT } from "../../ffi/constants.ts";
import { loadTimers, setQuietTimeout, type Timer } from "../quiet_timer.ts";
import { PacketBatch, WAIT_ACTION as ACTION } from "./packet_batch.ts";

/** One packet of the completion port. */
export interface Packet {
  /**
   * The packet's third value: the process id for a job, the address of its OVERLAPPED for a pipe.
   */
  readonly overlapped: bigint;
  /** The packet's second value: the message for a job, the number of bytes for a pipe. */
  readonly bytes: number;
}

/** Receives a packet. Must not throw. */
export type PacketHandler = (packet: Packet) => void;

/** Receives the error of a failed wait; packets may be lost. Must not throw. */
export type FailureHandler = (error: Win32Error) => void;

interface Source {
  readonly handler: PacketHandler;
  readonly failed: FailureHandler | undefined;
}

const WAKE_KEY = 0n;
/** Longest time between two polls of the queue for weak waiters, in ms. */
const LONGEST_LOOK = 16;
/** Longest time, in ms, from a wait to the last look that may replace another one. */
const TURN = 16;
/** How many promises a packet goes through at most until its taker runs. */
const STEPS = 12;
/** Time until a failed wait is tried again, in ms. */
const RETRY = 1_000;

/** The completion port and its pump; the module has one, {@linkcode completionPort}. */
export class CompletionPort {
  #handle: OwnedHandle | undefined;
  readonly #sources = new Map<bigint, Source>();
  #nextKey = WAKE_KEY + 1n;
  #refs = 0;
  #weakRefs = 0;
  #lookTimer: Timer | undefined;
  #lookDelay = 1;
  #pump: Promise<void> | undefined;
  /** Whether the pump's call is in progress (not its handlers). */
  #waiting = false;
  #wakePosted = false;
  #reheld: PromiseWithResolvers<void> | undefined;
  #retry: Timer | undefined;
  /** When the event loop last had a turn, as far as the pump knows. */
  #turn = -Infinity;
  /** A batch that no call uses, kept for the next one. */
  #spare: PacketBatch | undefined;

  /** The port's handle; the port is created on first use. */
  get handle(): bigint {
    this.#handle ??= new OwnedHandle(
      check(
        kernel32.CreateIoCompletionPort(INVALID_HANDLE_VALUE, 0n, 0n, 0),
        "CreateIoCompletionPort",
        "Cannot make the completion port",
      ),
      "the completion port",
    );
    return this.#handle.value;
  }

  /** How many waiters hold the pump. */
  get refs(): number {
    return this.#refs;
  }

  /** How many waiters there are that do not keep the program alive. */
  get weakRefs(): number {
    return this.#weakRefs;
  }

  /** How many sources are registered. */
  get sources(): number {
    return this.#sources.size;
  }

  /**
   * Registers a source of packets.
   *
   * @param handler Called with each packet of the key, in order.
   * @param failed Called when the wait for packets has failed; it is then tried again.
   * @returns The key, which is never reused.
   */
  register(handler: PacketHandler, failed?: FailureHandler): bigint {
    // So that no packet is delivered in the middle of a call, such as the start of a process.
    loadTimers();
    const key = this.#nextKey++;
    this.#sources.set(key, { handler, failed });
    return key;
  }

  /**
   * Removes a source: packets that still arrive with its key are dropped.
   *
   * @param key The result of {@linkcode register}.
   */
  unregister(key: bigint): void {
    this.#sources.delete(key);
  }

  /**
   * Makes a file's overlapped reads and writes complete on the port.
   *
   * @param file A handle opened with FILE_FLAG_OVERLAPPED.
   * @param key The result of {@linkcode register}.
   * @param action The action, for the error message.
   * @throws {Win32Error} If the system refuses.
   */
  associate(file: bigint, key: bigint, action: string): void {
    check(
      kernel32.CreateIoCompletionPort(file, this.handle, key, 0),
      "CreateIoCompletionPort",
      action,
    );
  }

  /** Adds a waiter: the program stays alive, and packets are delivered. */
  ref(): void {
    this.#refs++;
    this.#reheld?.resolve();
    this.#reheld = undefined;
    if (this.#retry === undefined) this.#pump ??= this.#run();
  }

  /** Removes a waiter; after the last one the pump stops and the program can end. */
  unref(): void {
    if (this.#refs === 0) {
      throw new RangeError("Cannot unref the completion port: it is not referenced");
    }
    this.#refs--;
    if (this.#refs > 0) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#look();
    // A pump that is running handlers checks the count before it waits again.
    if (!this.#waiting || this.#wakePosted) return;
    this.post(WAKE_KEY);
    this.#wakePosted = true;
  }

  /** Adds a waiter that gets its packets while the program runs but does not keep it alive. */
  refWeak(): void {
    this.#weakRefs++;
    this.#lookDelay = 1;
    this.#look();
  }

  /** Removes a weak waiter. */
  unrefWeak(): void {
    if (this.#weakRefs === 0) {
      throw new RangeError("Cannot unref the completion port: it is not weakly referenced");
    }
    this.#weakRefs--;
    if (this.#weakRefs > 0) return;
    clearTimeout(this.#lookTimer);
    this.#lookTimer = undefined;
  }

  /**
   * Appends a packet to the queue.
   *
   * @param key The key of the packet.
   * @throws {Win32Error} If the system refuses.
   */
  post(key: bigint): void {
    check(
      kernel32.PostQueuedCompletionStatus(this.handle, 0, key, 0n),
      "PostQueuedCompletionStatus",
      "Cannot wake the completion port",
    );
  }

  /** Resolves when no call waits on the port, or when it waits for another waiter. */
  async idle(): Promise<void> {
    while (this.#pump !== undefined && this.#refs === 0) {
      // Another waiter may take over the pump before it stops.
      this.#reheld ??= Promise.withResolvers<void>();
      await Promise.race([this.#pump, this.#reheld.promise]);
    }
  }

  /**
   * Delivers the packets that are in the kernel's queue, without waiting. Does nothing while the
   * pump waits: it may hold older packets that must come first.
   *
   * @returns Whether there was anything.
   */
  drain(): boolean {
    if (this.#pump !== undefined || this.#handle === undefined) return false;
    let found = false;
    let batch: PacketBatch | undefined;
    try {
      batch = this.#takeBatch();
      for (;; found = true) {
        const code = batch.look(this.handle);
        if (code === WAIT.WAIT_TIMEOUT) return found;
        if (code !== ERROR.SUCCESS) {
          throw new Win32Error(code, "GetQueuedCompletionStatusEx", ACTION);
        }
        this.#dispatch(batch);
        // A handler began to wait, and the pump with it: what comes now is the pump's.
        if (this.#pump !== undefined) return true;
      }
    } catch (error) {
      if (!(error instanceof Win32Error)) throw error;
      this.#fail(error);
      return found;
    } finally {
      this.#giveBack(batch);
    }
  }

  #takeBatch(): PacketBatch {
    const spare = this.#spare ?? new PacketBatch();
    this.#spare = undefined;
    return spare;
  }

  #giveBack(batch: PacketBatch | undefined): void {
    if (this.#spare === undefined) this.#spare = batch;
    else batch?.free();
  }

  /** Polls the queue, at growing intervals, while only weak waiters remain. */
  #look(): void {
    if (this.#weakRefs === 0 || this.#refs > 0 || this.#lookTimer !== undefined) return;
    this.#lookTimer = setQuietTimeout(() => {
      this.#lookTimer = undefined;
      this.#lookDelay = this.drain() ? 1 : Math.min(2 * this.#lookDelay, LONGEST_LOOK);
      this.#look();
    }, this.#lookDelay);
  }

  async #run(): Promise<void> {
    let batch: PacketBatch | undefined;
    try {
      batch = this.#takeBatch();
      while (this.#refs > 0) {
        // What runs now may post, or may take the last waiter away.
        for (let step = 0; step < STEPS; step++) {
          await undefined;
          if (this.#refs === 0) return;
        }
        if (performance.now() - this.#turn < TURN && batch.look(this.handle) === ERROR.SUCCESS) {
          this.#dispatch(batch);
          continue;
        }
        this.#waiting = true;
        const ok = await batch.wait(this.handle);
        this.#waiting = false;
        this.#turn = performance.now();
        // The call ran on another thread, so its last error is unavailable: only the result counts.
        if (!ok) throw waitError();
        this.#dispatch(batch);
      }
    } catch (error) {
      // At the first call no one holds this promise yet, and no one would get its replacement at
      // the end.
      await undefined;
      this.#fail(error instanceof Win32Error ? error : waitError(error));
    } finally {
      this.#waiting = false;
      this.#pump = undefined;
      this.#giveBack(batch);
    }
  }

  /** Reports a failed wait to every source, and tries again for those that still wait. */
  #fail(error: Win32Error): void {
    for (const { failed } of [...this.#sources.values()]) failed?.(error);
    if (this.#retry !== undefined || this.#refs === 0) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      if (this.#refs > 0) this.#pump ??= this.#run();
    }, RETRY);
  }

  #dispatch(batch: PacketBatch): void {
    batch.read((entry) => {
      if (entry.lpCompletionKey === WAKE_KEY) {
        this.#wakePosted = false;
        return;
      }
      try {
        this.#sources.get(entry.lpCompletionKey)?.handler({
          overlapped: entry.lpOverlapped,
          bytes: entry.dwNumberOfBytesTransferred,
        });
      } catch (error) {
        // An exception in a handler is reported, and the other handlers still get their packets.
        reportError(error);
      }
    });
  }
}

function waitError(cause?: unknown): Win32Error {
  return new Win32Error(ERROR.SUCCESS, "GetQueuedCompletionStatusEx", ACTION, { cause });
}

/** The module's completion port. */
export const completionPort: CompletionPort = new CompletionPort();
