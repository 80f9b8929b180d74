/**
 * Creates the pipes of a child's standard streams.
 *
 * This program has the overlapped server end of a named pipe. The child has the client end, which
 * is synchronous, as programs expect of their standard handles. The name is random, allows one
 * instance, and cannot be opened from another machine. If another program opens it before the
 * child's end is opened, the start fails and that program gets nothing.
 *
 * @module
 */
import { FILE, STANDARD_RIGHTS } from "../../ffi/constants.ts";
import { check } from "../../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { PipeReader, PipeWriter } from "./pipe.ts";

/** How many bytes the kernel buffers for the other side before a write waits. */
const KERNEL_BUFFER = 262_144;

function randomName(): string {
  const random = crypto.getRandomValues(new BigUint64Array(2));
  return `\\\\.\\pipe\\jobbox-${Deno.pid}-${random[0]!.toString(36)}${random[1]!.toString(36)}`;
}

/** The two ends of a pipe. */
export interface Pipe<E> {
  /** This program's end. */
  readonly ours: E;
  /** The child's end, not inheritable until `makeInheritable()`. */
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
    KERNEL_BUFFER,
    KERNEL_BUFFER,
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
 * Creates a pipe that the child writes to.
 *
 * @returns Both ends.
 * @throws {Win32Error} If the system refuses.
 */
export function makeOutputPipe(): Pipe<PipeReader> {
  return makePipe(
    FILE.PIPE_ACCESS_INBOUND,
    // With the right to read attributes, as on an anonymous pipe: programs query the type of their
    // streams.
    STANDARD_RIGHTS.GENERIC_WRITE | FILE.FILE_READ_ATTRIBUTES,
    (handle) => new PipeReader(handle),
  );
}

/**
 * Creates a pipe that the child reads from.
 *
 * @returns Both ends.
 * @throws {Win32Error} If the system refuses.
 */
export function makeInputPipe(): Pipe<PipeWriter> {
  return makePipe(
    FILE.PIPE_ACCESS_OUTBOUND,
    (STANDARD_RIGHTS.GENERIC_READ | FILE.FILE_WRITE_ATTRIBUTES) >>> 0,
    (handle) => new PipeWriter(handle),
  );
}
