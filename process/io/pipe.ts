/**
 * This program's ends of a child's standard streams, served by the completion port.
 *
 * Theory of operation. Reading an anonymous pipe needs a waiting thread, so this program's end is
 * the server end of a named pipe opened for overlapped I/O (`pipe_pair.ts`). Each pipe has at most
 * one read or write in progress. Its OVERLAPPED and its buffer are native memory: the kernel may
 * write to them after the JavaScript engine that started the operation is gone (a terminated
 * Worker). They are freed when the packet of the operation has arrived. The buffer starts small, so
 * that a thousand quiet children cost little, and grows when operations fill it.
 *
 * @module
 */
import { ERROR, FILE, LMEM } from "../../ffi/constants.ts";
import { check, failure, Win32Error } from "../../ffi/error.ts";
import type { OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { completionPort } from "./completion_port.ts";

/** Size of a pipe's first buffer, in bytes. */
const BUFFER_MIN = 4_096;
/** The most bytes that one read or write moves. */
export const BUFFER_MAX = 262_144;
/** The factor by which a full buffer grows. */
const GROWTH = 4;

/**
 * Longest time, in ms, during which operations that complete at once may follow each other without
 * a packet. Other pipes have to wait that long; the event loop has its turn when the port's pump
 * waits.
 */
const TURN = 4;

const OVERLAPPED = struct(STRUCTS, "OVERLAPPED");

/**
 * Whether a failed call may still have started its operation: a failure without a reason cannot be
 * distinguished from ERROR_IO_PENDING.
 */
function isUncertain(code: number): boolean {
  return code === ERROR.GEN_FAILURE;
}

/** The outcome of an operation: an error code, or how many bytes were moved. */
interface Outcome {
  readonly code: number;
  readonly bytes: number;
}

const ABORTED: Outcome = { code: ERROR.OPERATION_ABORTED, bytes: 0 };

/** Errors which mean that the other end is closed. */
const ENDED: ReadonlySet<number> = new Set([
  ERROR.BROKEN_PIPE,
  ERROR.NO_DATA,
  ERROR.PIPE_NOT_CONNECTED,
  ERROR.HANDLE_EOF,
]);

/** This program's end of a pipe. */
abstract class PipeEnd {
  readonly #handle: OwnedHandle;
  readonly #key: bigint;
  readonly #transferred = new Uint32Array(1);
  /** Whether operations that succeed at once send no packet. */
  readonly #skips: boolean;
  /** OVERLAPPED and buffer; 0 until the first operation and after the last. */
  #memory = 0n;
  #capacity = 0;
  #finish: ((outcome: Outcome) => void) | undefined;
  #operation: Promise<Outcome> | undefined;
  /** When the event loop last had a turn, as far as this pipe knows. */
  #turn = 0;
  #referenced = true;

  constructor(handle: OwnedHandle) {
    this.#handle = handle;
    this.#key = completionPort.register(() => this.#complete(), ({ code }) => this.#lose(code));
    try {
      completionPort.associate(handle.value, this.#key, "Cannot serve a pipe");
    } catch (error) {
      completionPort.unregister(this.#key);
      throw error;
    }
    const mode = FILE.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS;
    this.#skips = kernel32.SetFileCompletionNotificationModes(handle.value, mode) !== 0;
  }

  /** Whether this end is closed. */
  get closed(): boolean {
    return this.#handle.closed;
  }

  /** Whether a read or a write is in progress. */
  get busy(): boolean {
    return this.#finish !== undefined;
  }

  /** The address of the operation's bytes. */
  protected get buffer(): bigint {
    return this.#memory + BigInt(OVERLAPPED.size);
  }

  /** The size of the buffer in bytes. */
  protected get capacity(): number {
    return this.#capacity;
  }

  /** Sets whether an operation in progress keeps the program alive; initially it does. */
  setReferenced(referenced: boolean): void {
    if (referenced === this.#referenced) return;
    if (this.busy) this.#release();
    this.#referenced = referenced;
    if (this.busy) this.#hold();
  }

  /** Closes this end; an operation in progress fails with ERROR_OPERATION_ABORTED. */
  close(): void {
    if (this.closed) return;
    if (this.busy) kernel32.CancelIoEx(this.#handle.value, 0n);
    else this.#forget();
    this.#handle.close();
  }

  /** Resolves when no operation is in progress; after `close()`, when all memory is free. */
  async settled(): Promise<void> {
    while (this.#operation !== undefined && this.busy) await this.#operation;
  }

  /**
   * Prepares the memory of an operation.
   *
   * @param wanted How many bytes it would move; the buffer may be smaller.
   */
  protected prepare(wanted: number): void {
    if (this.busy) throw new TypeError("Cannot use a pipe: an operation is under way already");
    const capacity = Math.min(Math.max(wanted, BUFFER_MIN), BUFFER_MAX);
    if (this.#capacity >= capacity) return;
    const size = BigInt(OVERLAPPED.size + capacity);
    const memory = check(kernel32.LocalAlloc(LMEM.FIXED, size), "LocalAlloc", "Cannot use a pipe");
    kernel32.RtlMoveMemory$write(memory, OVERLAPPED.allocate(), BigInt(OVERLAPPED.size));
    this.#free();
    this.#memory = memory;
    this.#capacity = capacity;
  }

  /**
   * The size that the next operation should request from {@linkcode prepare}, given how much the
   * last one moved.
   */
  protected next(moved: number): number {
    return moved === this.#capacity ? GROWTH * moved : this.#capacity;
  }

  /**
   * Starts an operation and waits until it completes.
   *
   * @param begin Calls ReadFile or WriteFile.
   */
  protected async run(begin: (handle: bigint, overlapped: bigint) => number): Promise<Outcome> {
    const code = failure(begin(this.#handle.value, this.#memory));
    if (isUncertain(code)) this.#abandon();
    // An operation that fails at once sends no packet.
    if (code !== ERROR.SUCCESS && code !== ERROR.IO_PENDING) return { code, bytes: 0 };
    const ended = code === ERROR.SUCCESS && this.#skips;
    if (ended && performance.now() - this.#turn < TURN) return this.#outcome();
    if (ended) {
      try {
        // Its packet arrives after those of the others.
        completionPort.post(this.#key);
      } catch (error) {
        // Nothing would ever report the end of the operation.
        this.close();
        throw error;
      }
    }
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#finish = resolve;
    this.#operation = promise;
    this.#hold();
    return await promise;
  }

  #complete(): void {
    const finish = this.#finish;
    if (finish === undefined) return;
    this.#finish = undefined;
    this.#release();
    this.#turn = performance.now();
    if (!this.closed) return finish(this.#outcome());
    this.#forget();
    finish(ABORTED);
  }

  /** Gives up an operation whose packet is lost; the kernel keeps its memory. */
  #lose(code: number): void {
    const finish = this.#finish;
    if (finish === undefined) return;
    this.#finish = undefined;
    this.#release();
    this.#memory = 0n;
    this.#capacity = 0;
    if (this.closed) this.#forget();
    finish(this.closed ? ABORTED : { code, bytes: 0 });
  }

  #outcome(): Outcome {
    const code = failure(
      kernel32.GetOverlappedResult(this.#handle.value, this.#memory, this.#transferred, 0),
    );
    return { code, bytes: this.#transferred[0]! };
  }

  #hold(): void {
    if (this.#referenced) completionPort.ref();
    else completionPort.refWeak();
  }

  #release(): void {
    if (this.#referenced) completionPort.unref();
    else completionPort.unrefWeak();
  }

  /**
   * Closes this end while the kernel may still use the operation's memory. So the memory is never
   * freed.
   */
  #abandon(): void {
    kernel32.CancelIoEx(this.#handle.value, 0n);
    this.#memory = 0n;
    this.#capacity = 0;
    this.#forget();
    this.#handle.close();
  }

  #forget(): void {
    completionPort.unregister(this.#key);
    this.#free();
  }

  #free(): void {
    if (this.#memory !== 0n) kernel32.LocalFree(this.#memory);
    this.#memory = 0n;
    this.#capacity = 0;
  }
}

/** This program's end of a child's standard output or error. */
export class PipeReader extends PipeEnd {
  /** Bytes read so far. */
  bytes = 0;
  #wanted = 0;

  /**
   * Reads the available bytes; waits for the first one.
   *
   * @param into The memory for the bytes; new memory if absent.
   * @returns The bytes; `null` at the end: the other end or this one is closed.
   * @throws {Win32Error} If the read fails in any other way.
   */
  async read(into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
    while (!this.closed) {
      this.prepare(this.#wanted);
      const length = Math.min(into?.length ?? this.capacity, this.capacity);
      const { code, bytes } = await this.run((handle, overlapped) =>
        kernel32.ReadFile(handle, this.buffer, length, 0n, overlapped)
      );
      if (code !== ERROR.SUCCESS) {
        this.close();
        if (ENDED.has(code) || code === ERROR.OPERATION_ABORTED) return null;
        throw new Win32Error(code, "ReadFile", "Cannot read from a child");
      }
      // A write of no bytes is not the end.
      if (bytes === 0) continue;
      const chunk = into?.subarray(0, bytes) ?? new Uint8Array(bytes);
      kernel32.RtlMoveMemory(chunk, this.buffer, BigInt(bytes));
      this.bytes += bytes;
      this.#wanted = this.next(bytes);
      return chunk;
    }
    return null;
  }
}

/** Whether the memory of some bytes was transferred: such an array has length 0. */
function isTaken({ buffer }: Uint8Array): boolean {
  return buffer instanceof ArrayBuffer && buffer.detached;
}

/** This program's end of a child's standard input. */
export class PipeWriter extends PipeEnd {
  /**
   * Writes all bytes; resolves when the child or the kernel's buffer has taken the last one.
   *
   * @param chunk The bytes.
   * @param length How many of them; all if absent.
   * @throws {Deno.errors.BrokenPipe} If the child's end or this one is closed.
   * @throws {TypeError} If their memory was transferred or shrank before all were written.
   * @throws {Win32Error} If the write fails in any other way.
   */
  async write(chunk: Uint8Array, length = chunk.length): Promise<void> {
    for (let at = 0; at < length || isTaken(chunk);) {
      if (chunk.length < length || isTaken(chunk)) {
        throw new TypeError(
          "Cannot write to a child: the memory was transferred or resized before it was written",
        );
      }
      if (this.closed) throw new Deno.errors.BrokenPipe("Cannot write to a child: it was closed");
      this.prepare(length - at);
      const piece = chunk.subarray(at, Math.min(length, at + this.capacity)) as Uint8Array<
        ArrayBuffer
      >;
      kernel32.RtlMoveMemory$write(this.buffer, piece, BigInt(piece.length));
      const { code, bytes } = await this.run((handle, overlapped) =>
        kernel32.WriteFile(handle, this.buffer, piece.length, 0n, overlapped)
      );
      if (code === ERROR.SUCCESS) {
        at += bytes;
        continue;
      }
      this.close();
      if (ENDED.has(code) || code === ERROR.OPERATION_ABORTED) {
        throw new Deno.errors.BrokenPipe("Cannot write to a child: it reads no more");
      }
      throw new Win32Error(code, "WriteFile", "Cannot write to a child");
    }
  }
}
