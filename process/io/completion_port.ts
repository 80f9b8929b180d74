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
 * @module
 */
import { check } from "../../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { WAIT } from "../../ffi/constants.ts";
import { setQuietTimeout, type Timer } from "../quiet_timer.ts";

/** One packet of the completion port. */
export interface Packet {
  /** The third value: for a job the process id, for a pipe the address of its OVERLAPPED. */
  readonly overlapped: bigint;
  /** The second value: for a job the message, for a pipe the bytes. */
  readonly bytes: number;
}

/** Who a packet is for; it must not throw. */
export type PacketHandler = (packet: Packet) => void;

const ENTRY = struct(STRUCTS, "OVERLAPPED_ENTRY");
const BATCH = 128;
const WAKE_KEY = 0n;
/** Longest time between two looks into the queue for weak waiters, in ms. */
const LONGEST_LOOK = 16;

/** A batch of entries, as one call fills it. */
class Batch {
  readonly entries = new DataView(new ArrayBuffer(ENTRY.size * BATCH));
  readonly count = new Uint32Array(1);
}

/** The completion port and its pump; the module has one, {@linkcode completionPort}. */
export class CompletionPort {
  #handle: OwnedHandle | undefined;
  readonly #handlers = new Map<bigint, PacketHandler>();
  #nextKey = WAKE_KEY + 1n;
  #refs = 0;
  #weakRefs = 0;
  #lookTimer: Timer | undefined;
  #lookDelay = 1;
  #pump: Promise<void> | undefined;
  /** Whether the pump's call is under way, and not its handlers. */
  #waiting = false;
  #wakePosted = false;
  #batch: Batch | undefined;

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
    return this.#handlers.size;
  }

  /**
   * Registers a source of packets.
   *
   * @param handler Called with each packet of the key, in order.
   * @returns The key, never given twice.
   */
  register(handler: PacketHandler): bigint {
    const key = this.#nextKey++;
    this.#handlers.set(key, handler);
    return key;
  }

  /**
   * Forgets a source: packets that still come with its key are dropped.
   *
   * @param key What {@linkcode register} gave.
   */
  unregister(key: bigint): void {
    this.#handlers.delete(key);
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
    this.#pump ??= this.#run();
  }

  /** Takes a waiter back; the last one lets the pump, and with it the program, end. */
  unref(): void {
    if (this.#refs === 0) throw new RangeError("Cannot unref the completion port: nobody holds it");
    this.#refs--;
    if (this.#refs > 0) return;
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

  /** Resolves when no call waits on the port. */
  async idle(): Promise<void> {
    while (this.#pump !== undefined && this.#refs === 0) await this.#pump;
  }

  /**
   * Delivers what the kernel's queue holds now, without waiting. Does nothing while the pump waits:
   * it may hold older packets that must come first.
   *
   * @returns Whether there was anything.
   */
  drain(): boolean {
    if (this.#pump !== undefined || this.#handle === undefined) return false;
    const batch = new Batch();
    let found = false;
    while (
      kernel32.GetQueuedCompletionStatusEx(this.handle, batch.entries, BATCH, batch.count, 0, 0)
    ) {
      found = true;
      this.#dispatch(batch);
      // A handler began to wait, and the pump with it: what comes now is the pump's.
      if (this.#pump !== undefined) break;
    }
    return found;
  }

  /** Looks into the queue by and by, while there are only weak waiters. */
  #look(): void {
    if (this.#weakRefs === 0 || this.#refs > 0 || this.#lookTimer !== undefined) return;
    this.#lookTimer = setQuietTimeout(() => {
      this.#lookTimer = undefined;
      this.#lookDelay = this.drain() ? 1 : Math.min(2 * this.#lookDelay, LONGEST_LOOK);
      this.#look();
    }, this.#lookDelay);
  }

  async #run(): Promise<void> {
    const batch = this.#batch ??= new Batch();
    const wait = kernel32.GetQueuedCompletionStatusExAsync;
    try {
      while (this.#refs > 0) {
        // Only a closed port makes it fail, and nobody closes it: its last error would be another
        // thread's, so the result alone is judged.
        this.#waiting = true;
        const ok = await wait(this.handle, batch.entries, BATCH, batch.count, WAIT.INFINITE, 0);
        this.#waiting = false;
        if (!ok) throw new Error("Cannot wait on the completion port: it was closed");
        this.#dispatch(batch);
      }
    } finally {
      this.#waiting = false;
      this.#pump = undefined;
    }
  }

  #dispatch({ entries, count }: Batch): void {
    const length = count[0]!;
    for (let i = 0; i < length; i++) {
      const entry = ENTRY.decode(entries, i * ENTRY.size);
      if (entry.lpCompletionKey === WAKE_KEY) {
        this.#wakePosted = false;
        continue;
      }
      try {
        this.#handlers.get(entry.lpCompletionKey)?.({
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

/** The module's completion port. */
export const completionPort: CompletionPort = new CompletionPort();
