/**
 * Reads and writes one information class of a job.
 *
 * @module
 */
import { ERROR, JOBOBJECTINFOCLASS } from "../ffi/constants.ts";
import { failure, Win32Error } from "../ffi/error.ts";
import type { Handle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { struct } from "../ffi/struct.ts";
import type { StructCodec, StructInput, StructValue } from "../ffi/struct_types.ts";
import { type StructName, STRUCTS } from "../ffi/structs.ts";
import { UnsupportedPlatformError } from "../ffi/unsupported_platform.ts";

/** An information class of fixed size, with memory that its calls reuse. */
export interface InfoClass<V> {
  /** The class's C name. */
  readonly name: keyof typeof JOBOBJECTINFOCLASS;
  /** Encoder and decoder of its structure. */
  readonly codec: StructCodec<V>;
  /** Used during one call only. */
  readonly memory: DataView<ArrayBuffer>;
  /** The same memory as bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Why a query returned nothing. */
export interface Refusal {
  /** There is no value. */
  readonly ok: false;
  /** The value of `GetLastError`. */
  readonly code: number;
  /** The function that refused. */
  readonly api: string;
}

/** The result of a query: a value, or why there is none. */
export type Answer<V> = { readonly ok: true; readonly value: V } | Refusal;

/**
 * Describes an information class.
 *
 * @param name Its C name.
 * @param structure The C name of its structure.
 * @returns The class.
 */
export function infoClass<N extends StructName>(
  name: keyof typeof JOBOBJECTINFOCLASS,
  structure: N,
): InfoClass<StructValue<typeof STRUCTS, N>> {
  const codec = struct(STRUCTS, structure);
  let memory: DataView<ArrayBuffer> | undefined;
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  return {
    name,
    codec,
    get memory() {
      return memory ??= codec.allocate();
    },
    get bytes() {
      return bytes ??= new Uint8Array(this.memory.buffer);
    },
  };
}

/**
 * Returns whether an error means that the system lacks a class or a function. For a *query*, which
 * has no content that could be wrong, ERROR_INVALID_PARAMETER also means that.
 *
 * @param code The value of `GetLastError`.
 * @returns `true` if it is missing.
 */
export function isMissing(code: number): boolean {
  return code === ERROR.INVALID_FUNCTION || code === ERROR.INVALID_PARAMETER ||
    code === ERROR.NOT_SUPPORTED || code === ERROR.CALL_NOT_IMPLEMENTED ||
    code === ERROR.PROC_NOT_FOUND;
}

/**
 * Reads a class, for callers that handle a refusal themselves.
 *
 * @param job The job's handle.
 * @param info The class.
 * @param input The input fields of the query; absent fields are 0.
 * @returns The decoded structure, or the refusal.
 */
export function tryQuery<V>(
  job: Handle,
  info: InfoClass<V>,
  input?: StructInput<V>,
): Answer<V> {
  const { codec, memory, name } = info;
  // Some classes read their input, and a short result leaves the rest of the memory unchanged.
  if (input === undefined) info.bytes.fill(0);
  else codec.encode(input, memory);
  const code = failure(
    kernel32.QueryInformationJobObject(job, JOBOBJECTINFOCLASS[name], memory, codec.size, null),
  );
  return code === 0
    ? { ok: true, value: codec.decode(memory) }
    : { ok: false, code, api: "QueryInformationJobObject" };
}

/**
 * Reads a class.
 *
 * @param job The job's handle.
 * @param info The class.
 * @param action The action, beginning with "Cannot", for messages.
 * @returns The decoded structure.
 * @throws {UnsupportedPlatformError} If the system does not have the class.
 * @throws {Win32Error} If the system refuses.
 */
export function query<V>(job: Handle, info: InfoClass<V>, action: string): V {
  const answer = tryQuery(job, info);
  if (answer.ok) return answer.value;
  const cause = new Win32Error(answer.code, answer.api, action);
  throw isMissing(answer.code) ? missing(info.name, action, cause) : cause;
}

/**
 * Writes a class, for callers that handle a refusal themselves.
 *
 * @param job The job's handle.
 * @param info The class.
 * @param value The fields; absent ones are 0.
 * @returns 0 or the value of `GetLastError`.
 */
export function trySet<V>(job: Handle, info: InfoClass<V>, value: StructInput<V>): number {
  const { codec, memory, name } = info;
  codec.encode(value, memory);
  return failure(
    kernel32.SetInformationJobObject(job, JOBOBJECTINFOCLASS[name], memory, codec.size),
  );
}

/**
 * Writes a class with values that are all valid, so that ERROR_INVALID_PARAMETER also means that
 * the system does not have it.
 *
 * @param job The job's handle.
 * @param info The class, its fields, and the action for messages.
 * @throws {UnsupportedPlatformError} If the system does not have the class.
 * @throws {Win32Error} If the system refuses.
 */
export function set<V>(
  job: Handle,
  { info, value, action }: { info: InfoClass<V>; value: StructInput<V>; action: string },
): void {
  const code = trySet(job, info, value);
  if (code === 0) return;
  const cause = new Win32Error(code, "SetInformationJobObject", action);
  throw isMissing(code) ? missing(info.name, action, cause) : cause;
}

/**
 * Creates the error for a class or function that this system lacks.
 *
 * @param what Its C name.
 * @param action The action, beginning with "Cannot".
 * @param cause The system's error.
 * @returns The error.
 */
export function missing(what: string, action: string, cause: unknown): UnsupportedPlatformError {
  return new UnsupportedPlatformError(`${action}: this system does not have ${what}`, { cause });
}
