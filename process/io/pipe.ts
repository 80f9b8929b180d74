/**
 * Our ends of a child's standard streams, served by the completion port.
 *
 * Theory of operation. An anonymous pipe cannot be read without a thread that waits, so our end is
 * the server end of a named pipe opened for overlapped I/O (`pipe_pair.ts`). At most one read or
 * write of a pipe is under way. Its OVERLAPPED and its buffer are memory of the process and not of
 * JavaScript: the kernel may write to them after the engine that asked for it is gone (a Worker that
 * was terminated), and they are freed when the packet of the operation has come. The buffer begins
 * small, so that a thousand quiet children cost little, and grows while operations fill it.
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

/** Bytes of a pipe's first buffer. */
const BUFFER_MIN = 4_096;
/** Bytes that one read or write moves at most. */
export const BUFFER_MAX = 262_144;
/** By how much a buffer that was filled grows. */
const GROWTH = 4;

/**
 * Longest time for which operations that end at once may follow each other, in ms. They need no
 * turn of the event loop, and without one timers and other pipes would wait.
 */
const TURN = 4;

const OVERLAPPED = struct(STRUCTS, "OVERLAPPED");

/**
 * Whether a failed call may have begun its operation all the same: without a reason it cannot be
 * told from ERROR_IO_PENDING.
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

/** Errors that say that nobody is at the other end any more. */
const ENDED: ReadonlySet<number> = new Set([
  ERROR.BROKEN_PIPE,
  ERROR.NO_DATA,
  ERROR.PIPE_NOT_CONNECTED,
  ERROR.HANDLE_EOF,
]);

/** Our end of a pipe. */
abstract class PipeEnd {
  readonly #handle: OwnedHandle;
  readonly #key: bigint;
  readonly #transferred = new Uint32Array(1);
  /** Whether what succeeds at once sends no packet. */
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

  /** Whether our end is closed. */
  get closed(): boolean {
    return this.#handle.closed;
  }

  /** Whether a read or a write is under way. */
  get busy(): boolean {
    return this.#finish !== undefined;
  }

  /** Where the operation's bytes are. */
  protected get buffer(): bigint {
    return this.#memory + BigInt(OVERLAPPED.size);
  }

  /** How many bytes the buffer holds. */
  protected get capacity(): number {
    return this.#capacity;
  }

  /** Lets the program live as long as an operation is under way (the beginning), or not. */
  setReferenced(referenced: boolean): void {
    if (referenced === this.#referenced) return;
    if (this.busy) this.#release();
    this.#referenced = referenced;
    if (this.busy) this.#hold();
  }

  /** Closes our end; an operation under way ends with ERROR_OPERATION_ABORTED. */
  close(): void {
    if (this.closed) return;
    if (this.busy) kernel32.CancelIoEx(this.#handle.value, 0n);
    else this.#forget();
    this.#handle.close();
  }

  /** Resolves when no operation is under way: behind `close()`, when all memory is free. */
  async settled(): Promise<void> {
    while (this.#operation !== undefined && this.busy) await this.#operation;
  }

  /**
   * Gets the memory of an operation ready.
   *
   * @param wanted How many bytes it would move; it may get less.
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

  /** What the next operation should ask {@linkcode prepare} for, behind one that moved so much. */
  protected next(moved: number): number {
    return moved === this.#capacity ? GROWTH * moved : this.#capacity;
  }

  /**
   * Begins an operation and waits for its end.
   *
   * @param begin Calls ReadFile or WriteFile.
   */
  protected async run(begin: (handle: bigint, overlapped: bigint) => number): Promise<Outcome> {
    const code = failure(begin(this.#handle.value, this.#memory));
    if (isUncertain(code)) this.#abandon();
    // What failed at once sends no packet.
    if (code !== ERROR.SUCCESS && code !== ERROR.IO_PENDING) return { code, bytes: 0 };
    const ended = code === ERROR.SUCCESS && this.#skips;
    if (ended && performance.now() - this.#turn < TURN) return this.#outcome();
    if (ended) {
      try {
        // Its packet comes after those of the others.
        completionPort.post(this.#key);
      } catch (error) {
        // Nobody would ever tell of the operation's end.
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

  /** Gives up an operation whose packet is lost; its memory stays the kernel's. */
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
   * Closes our end while the kernel may still use the operation's memory, which is therefore never
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

/** Our end of a child's standard output or error. */
export class PipeReader extends PipeEnd {
  /** Bytes read so far. */
  bytes = 0;
  #wanted = 0;

  /**
   * Reads what there is, waiting for the first byte.
   *
   * @param into Where the bytes go; memory of their own when absent.
   * @returns The bytes, or `null` at the end: nobody can write any more, or we closed it.
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
      // A write of no bytes is no end.
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

/** Whether the memory of some bytes was given to somebody else: such bytes seem to be none. */
function isTaken({ buffer }: Uint8Array): boolean {
  return buffer instanceof ArrayBuffer && buffer.detached;
}

/** Our end of a child's standard input. */
export class PipeWriter extends PipeEnd {
  /**
   * Writes all of it; resolves when the child or the kernel's buffer took the last byte.
   *
   * @param chunk The bytes.
   * @param length How many of them; all when absent.
   * @throws {Deno.errors.BrokenPipe} If nobody reads any more, or we closed it.
   * @throws {TypeError} If their memory was taken away or shrank before all were written.
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
