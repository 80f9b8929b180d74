/**
 * The module's one I/O completion port.
 *
 * Theory of operation. Deno runs every non-blocking foreign call on a small pool of threads (four a
 * processor on Windows) that files, pipes and stdout share. One blocked wait a job or a child would
 * fill it, and the program would hang. So there is one port for every job's messages and every
 * pipe's reads and writes, and one thread at most waits on it (the pump).
 *
 * A source of packets registers a handler and gets a key. Keys are counters and never used again:
 * a packet of a closed job finds no handler and is dropped, where a recycled handle value would
 * have led it to another job.
 *
 * The pump waits only while somebody does (`ref()`); the last `unref()` posts a packet that wakes
 * it, so that the program can end. Packets that come while nobody waits stay in the kernel's queue.
 * A waiter that must not keep the program alive (`refWeak()`) gets its packets from the pump while
 * others hold it, and otherwise from a look into the queue by a timer that holds nothing.
 *
 * The pump's call fills memory of the process and not of JavaScript: it may outlive the engine that
 * made it (a Worker that was terminated), and the next packet of a job that lives on ends it.
 *
 * @module
 */
import { check, failure, Win32Error } from "../../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import type { StructValue } from "../../ffi/struct_types.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { ERROR, LMEM, WAIT } from "../../ffi/constants.ts";
import { setQuietTimeout, type Timer } from "../quiet_timer.ts";

/** One packet of the completion port. */
export interface Packet {
  /** The third value: for a job the process id, for a pipe the address of its OVERLAPPED. */
  readonly overlapped: bigint;
  /** The second value: for a job the message, for a pipe the bytes. */
  readonly bytes: number;
}

/** Receives a packet. Must not throw. */
export type PacketHandler = (packet: Packet) => void;

/** Receives the error of a wait that failed: packets may be lost. Must not throw. */
export type FailureHandler = (error: Win32Error) => void;

interface Source {
  readonly handler: PacketHandler;
  readonly failed: FailureHandler | undefined;
}

const ENTRY = struct(STRUCTS, "OVERLAPPED_ENTRY");
const BATCH = 128;
const WAKE_KEY = 0n;
const ACTION = "Cannot wait on the completion port";
/** Longest time between two looks into the queue for weak waiters, in ms. */
const LONGEST_LOOK = 16;
/** Time until a wait that failed is tried again, in ms. */
const RETRY = 1_000;

/** Bytes before the entries of a batch: their count, and room to keep them aligned. */
const BATCH_HEADER = 8;
const BATCH_SIZE = BATCH_HEADER + ENTRY.size * BATCH;

/** A batch of packets: memory of the process that a call fills, and a copy of it. */
class Batch implements Disposable {
  /** The address of the number of packets, and of the memory as a whole. */
  readonly count: bigint = check(
    kernel32.LocalAlloc(LMEM.FIXED, BigInt(BATCH_SIZE)),
    "LocalAlloc",
    ACTION,
  );
  /** The address of the packets. */
  readonly entries: bigint = this.count + BigInt(BATCH_HEADER);
  readonly #copy = new DataView(new ArrayBuffer(BATCH_SIZE));

  /** Copies what a call that succeeded has put there. */
  read(): StructValue<typeof STRUCTS, "OVERLAPPED_ENTRY">[] {
    kernel32.RtlMoveMemory(this.#copy, this.count, BigInt(BATCH_SIZE));
    const [length = 0] = new Uint32Array(this.#copy.buffer, 0, 1);
    return Array.from(
      { length },
      (_, i) => ENTRY.decode(this.#copy, BATCH_HEADER + i * ENTRY.size),
    );
  }

  /** Frees the memory; no call may be under way. */
  [Symbol.dispose](): void {
    kernel32.LocalFree(this.count);
  }
}

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
  /** Whether the pump's call is under way, and not its handlers. */
  #waiting = false;
  #wakePosted = false;
  #reheld: PromiseWithResolvers<void> | undefined;
  #retry: Timer | undefined;

  /** The port's handle; the port is made at the first use. */
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
   * @param failed Called when the wait for packets failed; the wait is tried again.
   * @returns The key, never given twice.
   */
  register(handler: PacketHandler, failed?: FailureHandler): bigint {
    const key = this.#nextKey++;
    this.#sources.set(key, { handler, failed });
    return key;
  }

  /**
   * Forgets a source: packets that still come with its key are dropped.
   *
   * @param key What {@linkcode register} gave.
   */
  unregister(key: bigint): void {
    this.#sources.delete(key);
  }

  /**
   * Lets a file's overlapped reads and writes complete on the port.
   *
   * @param file A handle opened with FILE_FLAG_OVERLAPPED.
   * @param key What {@linkcode register} gave.
   * @param action What is being done, for the error.
   * @throws {Win32Error} If the system refuses.
   */
  associate(file: bigint, key: bigint, action: string): void {
    check(
      kernel32.CreateIoCompletionPort(file, this.handle, key, 0),
      "CreateIoCompletionPort",
      action,
    );
  }

  /** Counts a waiter: the program stays alive, and packets are delivered. */
  ref(): void {
    this.#refs++;
    this.#reheld?.resolve();
    this.#reheld = undefined;
    if (this.#retry === undefined) this.#pump ??= this.#run();
  }

  /** Takes a waiter back; the last one lets the pump, and with it the program, end. */
  unref(): void {
    if (this.#refs === 0) throw new RangeError("Cannot unref the completion port: nobody holds it");
    this.#refs--;
    if (this.#refs > 0) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#look();
    // A pump whose handlers run looks at the count itself before it waits again.
    if (!this.#waiting || this.#wakePosted) return;
    this.post(WAKE_KEY);
    this.#wakePosted = true;
  }

  /** Counts a waiter that gets its packets while the program lives, and does not keep it alive. */
  refWeak(): void {
    this.#weakRefs++;
    this.#lookDelay = 1;
    this.#look();
  }

  /** Takes a weak waiter back. */
  unrefWeak(): void {
    if (this.#weakRefs === 0) {
      throw new RangeError("Cannot unref the completion port: nobody waits weakly");
    }
    this.#weakRefs--;
    if (this.#weakRefs > 0) return;
    clearTimeout(this.#lookTimer);
    this.#lookTimer = undefined;
  }

  /**
   * Puts a packet into the queue, behind all that is there.
   *
   * @param key Whose packet it is.
   * @throws {Win32Error} If the system refuses.
   */
  post(key: bigint): void {
    check(
      kernel32.PostQueuedCompletionStatus(this.handle, 0, key, 0n),
      "PostQueuedCompletionStatus",
      "Cannot wake the completion port",
    );
  }

  /** Resolves when no call waits on the port, or when it waits for somebody else. */
  async idle(): Promise<void> {
    while (this.#pump !== undefined && this.#refs === 0) {
      // Another waiter may take the pump over before it ends.
      this.#reheld ??= Promise.withResolvers<void>();
      await Promise.race([this.#pump, this.#reheld.promise]);
    }
  }

  /**
   * Delivers what the kernel's queue holds now, without waiting. Does nothing while the pump waits:
   * it may hold older packets that must come first.
   *
   * @returns Whether there was anything.
   */
  drain(): boolean {
    if (this.#pump !== undefined || this.#handle === undefined) return false;
    let found = false;
    try {
      using batch = new Batch();
      const { entries, count } = batch;
      for (;; found = true) {
        const code = failure(
          kernel32.GetQueuedCompletionStatusEx(this.handle, entries, BATCH, count, 0, 0),
        );
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
    }
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
    const wait = kernel32.GetQueuedCompletionStatusExAsync;
    try {
      using batch = new Batch();
      const { entries, count } = batch;
      while (this.#refs > 0) {
        this.#waiting = true;
        const ok = await wait(this.handle, entries, BATCH, count, WAIT.INFINITE, 0);
        this.#waiting = false;
        // The last error is another thread's: the result alone is judged.
        if (!ok) throw waitError();
        this.#dispatch(batch);
      }
    } catch (error) {
      // At the first call nobody has this promise yet, and would keep it when all is over.
      await undefined;
      this.#fail(error instanceof Win32Error ? error : waitError(error));
    } finally {
      this.#waiting = false;
      this.#pump = undefined;
    }
  }

  /** Tells every source that the wait failed, and tries again for those that still wait. */
  #fail(error: Win32Error): void {
    for (const { failed } of [...this.#sources.values()]) failed?.(error);
    if (this.#retry !== undefined || this.#refs === 0) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      if (this.#refs > 0) this.#pump ??= this.#run();
    }, RETRY);
  }

  #dispatch(batch: Batch): void {
    for (const entry of batch.read()) {
      if (entry.lpCompletionKey === WAKE_KEY) {
        this.#wakePosted = false;
        continue;
      }
      try {
        this.#sources.get(entry.lpCompletionKey)?.handler({
          overlapped: entry.lpOverlapped,
          bytes: entry.dwNumberOfBytesTransferred,
        });
      } catch (error) {
        // A handler's fault is reported as such, and does not cost the others their packets.
        reportError(error);
      }
    }
  }
}

function waitError(cause?: unknown): Win32Error {
  return new Win32Error(ERROR.SUCCESS, "GetQueuedCompletionStatusEx", ACTION, { cause });
}

/** The module's completion port. */
export const completionPort: CompletionPort = new CompletionPort();
