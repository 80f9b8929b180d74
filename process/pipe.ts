/**
 * A child's standard streams as pipes whose our end is served by the completion port.
 *
 * Theory of operation. An anonymous pipe cannot be read without a thread that waits, so our end is
 * the server end of a named pipe opened for overlapped I/O, and the child gets the client end. At
 * most one read or write of a pipe is under way. Its OVERLAPPED and its buffer are memory of the
 * process and not of JavaScript: the kernel may write to them after the engine that asked for it is
 * gone (a Worker that was terminated), and they are freed when the packet of the operation has come.
 *
 * @module
 */
import { ERROR, FILE, HANDLE, LMEM, STANDARD_RIGHTS } from "../ffi/constants.ts";
import { check, failure, Win32Error } from "../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { encodeWide } from "../ffi/strings.ts";
import { struct } from "../ffi/struct.ts";
import { STRUCTS } from "../ffi/structs.ts";
import { completionPort } from "./completion_port.ts";

/** Bytes that one read or write moves at most, and that the kernel holds for the other side. */
export const PIPE_BUFFER_SIZE = 65_536;

const OVERLAPPED = struct(STRUCTS, "OVERLAPPED");

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

function randomName(): string {
  const random = crypto.getRandomValues(new BigUint64Array(2));
  return `\\\\.\\pipe\\jobbox-${Deno.pid}-${random[0]!.toString(36)}${random[1]!.toString(36)}`;
}

/** Our end of a pipe. */
abstract class PipeEnd {
  readonly #handle: OwnedHandle;
  readonly #key: bigint;
  readonly #transferred = new Uint32Array(1);
  /** OVERLAPPED and buffer; 0 until the first operation and after the last. */
  #memory = 0n;
  #pending: ((outcome: Outcome) => void) | undefined;
  #referenced = true;

  constructor(handle: OwnedHandle) {
    this.#handle = handle;
    this.#key = completionPort.register(() => this.#complete());
    completionPort.associate(handle.value, this.#key, "Cannot serve a pipe");
  }

  /** Whether our end is closed. */
  get closed(): boolean {
    return this.#handle.closed;
  }

  /** Whether a read or a write is under way. */
  get busy(): boolean {
    return this.#pending !== undefined;
  }

  /** Where the operation's bytes are. */
  protected get buffer(): bigint {
    return this.#memory + BigInt(OVERLAPPED.size);
  }

  /** Lets the program live as long as an operation is under way (the beginning), or not. */
  setReferenced(referenced: boolean): void {
    if (referenced === this.#referenced) return;
    this.#referenced = referenced;
    if (!this.busy) return;
    if (referenced) completionPort.ref();
    else completionPort.unref();
  }

  /** Closes our end; an operation under way ends with ERROR_OPERATION_ABORTED. */
  close(): void {
    if (this.closed) return;
    if (this.busy) kernel32.CancelIoEx(this.#handle.value, 0n);
    this.#handle.close();
    if (!this.busy) this.#release();
  }

  /** Gets the memory of an operation ready. */
  protected prepare(): void {
    if (this.busy) throw new TypeError("Cannot use a pipe: an operation is under way already");
    const action = "Cannot use a pipe";
    if (this.#memory === 0n) {
      const size = BigInt(OVERLAPPED.size + PIPE_BUFFER_SIZE);
      this.#memory = check(kernel32.LocalAlloc(LMEM.ZEROINIT, size), "LocalAlloc", action);
    }
  }

  /**
   * Begins an operation and waits for its packet.
   *
   * @param begin Calls ReadFile or WriteFile.
   */
  protected run(begin: (handle: bigint, overlapped: bigint) => number): Promise<Outcome> {
    const code = failure(begin(this.#handle.value, this.#memory));
    // A packet comes also for what succeeded at once, but none for what failed.
    if (code !== ERROR.SUCCESS && code !== ERROR.IO_PENDING) {
      return Promise.resolve({ code, bytes: 0 });
    }
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#pending = resolve;
    if (this.#referenced) completionPort.ref();
    return promise;
  }

  #complete(): void {
    const resolve = this.#pending;
    if (resolve === undefined) return;
    this.#pending = undefined;
    if (this.#referenced) completionPort.unref();
    if (this.closed) {
      this.#release();
      return resolve(ABORTED);
    }
    const code = failure(
      kernel32.GetOverlappedResult(this.#handle.value, this.#memory, this.#transferred, 0),
    );
    resolve({ code, bytes: this.#transferred[0]! });
  }

  #release(): void {
    completionPort.unregister(this.#key);
    if (this.#memory !== 0n) kernel32.LocalFree(this.#memory);
    this.#memory = 0n;
  }
}

/** Our end of a child's standard output or error. */
export class PipeReader extends PipeEnd {
  /** Bytes read so far. */
  bytes = 0;

  /**
   * Reads what there is, waiting for the first byte.
   *
   * @returns The bytes, or `null` at the end: nobody can write any more, or we closed it.
   * @throws {Win32Error} If the read fails in any other way.
   */
  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.closed) return null;
    for (;;) {
      this.prepare();
      const { code, bytes } = await this.run((handle, overlapped) =>
        kernel32.ReadFile(handle, this.buffer, PIPE_BUFFER_SIZE, 0n, overlapped)
      );
      if (ENDED.has(code) || code === ERROR.OPERATION_ABORTED) {
        this.close();
        return null;
      }
      if (code !== ERROR.SUCCESS) {
        this.close();
        throw new Win32Error(code, "ReadFile", "Cannot read from a child");
      }
      // A write of no bytes is no end.
      if (bytes === 0) continue;
      const chunk = new Uint8Array(bytes);
      kernel32.RtlMoveMemory(chunk, this.buffer, BigInt(bytes));
      this.bytes += bytes;
      return chunk;
    }
  }
}

/** Our end of a child's standard input. */
export class PipeWriter extends PipeEnd {
  /**
   * Writes all of it; resolves when the child or the kernel's buffer took the last byte.
   *
   * @param chunk The bytes.
   * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
   * @throws {Win32Error} If the write fails in any other way.
   */
  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      if (this.closed) throw new Deno.errors.BrokenPipe("Cannot write to a child: it was closed");
      const piece = chunk.subarray(at, at + PIPE_BUFFER_SIZE) as Uint8Array<ArrayBuffer>;
      this.prepare();
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

/** A pipe: our end, and the end that a child gets. */
export interface Pipe<E> {
  /** Our end. */
  readonly ours: E;
  /** The child's end, not inheritable until {@linkcode makeInheritable}. */
  readonly theirs: OwnedHandle;
}

const ACTION = "Cannot make a pipe for a child";

function makePipe<E>(ourAccess: number, theirAccess: number, end: (h: OwnedHandle) => E): Pipe<E> {
  using undo = new DisposableStack();
  const name = encodeWide(randomName());
  const server = kernel32.CreateNamedPipeW(
    name,
    ourAccess | FILE.FILE_FLAG_OVERLAPPED | FILE.FILE_FLAG_FIRST_PIPE_INSTANCE,
    FILE.PIPE_REJECT_REMOTE_CLIENTS,
    1,
    PIPE_BUFFER_SIZE,
    PIPE_BUFFER_SIZE,
    0,
    null,
  );
  const ours = undo.use(own(server, "CreateNamedPipeW"));
  const client = kernel32.CreateFileW(
    name,
    theirAccess,
    0,
    null,
    FILE.OPEN_EXISTING,
    FILE.FILE_ATTRIBUTE_NORMAL,
    0n,
  );
  const theirs = undo.use(own(client, "CreateFileW"));
  const result = { ours: end(ours), theirs };
  undo.move();
  return result;
}

function own(handle: bigint, api: string): OwnedHandle {
  check(handle === INVALID_HANDLE_VALUE ? 0 : 1, api, ACTION);
  return new OwnedHandle(handle, "an end of a pipe");
}

/**
 * Makes a pipe that the child writes to.
 *
 * @returns Both ends.
 * @throws {Win32Error} If the system refuses.
 */
export function makeOutputPipe(): Pipe<PipeReader> {
  return makePipe(
    FILE.PIPE_ACCESS_INBOUND,
    STANDARD_RIGHTS.GENERIC_WRITE,
    (handle) => new PipeReader(handle),
  );
}

/**
 * Makes a pipe that the child reads from.
 *
 * @returns Both ends.
 * @throws {Win32Error} If the system refuses.
 */
export function makeInputPipe(): Pipe<PipeWriter> {
  return makePipe(
    FILE.PIPE_ACCESS_OUTBOUND,
    STANDARD_RIGHTS.GENERIC_READ,
    (handle) => new PipeWriter(handle),
  );
}

/**
 * Lets a child inherit a handle; done just before the start, since other starts of this process
 * (those of `Deno.Command`) inherit every handle that is so marked.
 *
 * @param handle The handle.
 * @throws {Win32Error} If the system refuses.
 */
export function makeInheritable(handle: OwnedHandle): void {
  check(
    kernel32.SetHandleInformation(
      handle.value,
      HANDLE.HANDLE_FLAG_INHERIT,
      HANDLE.HANDLE_FLAG_INHERIT,
    ),
    "SetHandleInformation",
    "Cannot hand a handle to a child",
  );
}
