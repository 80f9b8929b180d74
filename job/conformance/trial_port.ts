/**
 * The port of a trial: messages as the kernel posts them, read at once or within a time.
 *
 * @module
 */
import { JOB_OBJECT_MSG, LMEM } from "../../ffi/constants.ts";
import { check, failure } from "../../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";

const ENTRY = struct(STRUCTS, "OVERLAPPED_ENTRY");

/** A message of a job to its port: its constant without `JOB_OBJECT_MSG_`. */
export type MessageName = keyof typeof JOB_OBJECT_MSG;

const NAMES: ReadonlyMap<number, MessageName> = new Map(
  Object.entries(JOB_OBJECT_MSG).map(([name, code]) => [code, name as MessageName]),
);

/** A message as it came. */
export interface TrialMessage {
  /** The key of the job. */
  readonly key: bigint;
  /** Its name; empty for one without. */
  readonly name: MessageName | "";
  /** What came with it: 0, or a process id. */
  readonly value: bigint;
}

/** A completion port of a trial's own. */
export class TrialPort implements Disposable {
  readonly #handle: OwnedHandle;
  /** One entry, and the count of entries. */
  readonly #memory: bigint;
  readonly #copy = ENTRY.allocate();

  /**
   * Makes it.
   *
   * @throws {Win32Error} If the system refuses.
   */
  constructor() {
    const handle = kernel32.CreateIoCompletionPort(INVALID_HANDLE_VALUE, 0n, 0n, 1);
    const action = "Cannot make a trial";
    this.#handle = new OwnedHandle(check(handle, "CreateIoCompletionPort", action), "a port");
    const size = BigInt(ENTRY.size + BigUint64Array.BYTES_PER_ELEMENT);
    try {
      this.#memory = check(kernel32.LocalAlloc(LMEM.ZEROINIT, size), "LocalAlloc", action);
    } catch (error) {
      this.#handle.close();
      throw error;
    }
  }

  /** Its handle. */
  get value(): bigint {
    return this.#handle.value;
  }

  /** The next message; `undefined` when none came within some milliseconds. */
  take(ms: number): TrialMessage | undefined {
    const count = this.#memory + BigInt(ENTRY.size);
    const code = failure(
      kernel32.GetQueuedCompletionStatusEx(this.value, this.#memory, 1, count, ms, 0),
    );
    if (code !== 0) return undefined;
    kernel32.RtlMoveMemory(this.#copy, this.#memory, BigInt(ENTRY.size));
    const entry = ENTRY.decode(this.#copy);
    return {
      key: entry.lpCompletionKey,
      name: NAMES.get(entry.dwNumberOfBytesTransferred) ?? "",
      value: entry.lpOverlapped,
    };
  }

  /** All messages that come until there was none for some milliseconds. */
  all(quiet: number): TrialMessage[] {
    const messages: TrialMessage[] = [];
    for (let next = this.take(quiet); next; next = this.take(quiet)) messages.push(next);
    return messages;
  }

  /** The messages up to and with one of a name; all that came, when it did not within a time. */
  until(name: MessageName, ms: number): TrialMessage[] {
    const messages: TrialMessage[] = [];
    const end = performance.now() + ms;
    for (;;) {
      const next = this.take(Math.max(0, Math.ceil(end - performance.now())));
      if (next) messages.push(next);
      if (!next || next.name === name) return messages;
    }
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    kernel32.LocalFree(this.#memory);
    this.#handle.close();
  }
}

/**
 * Shows messages without what differs from run to run.
 *
 * @param messages The messages.
 * @returns Such as `"NEW_PROCESS, ACTIVE_PROCESS_ZERO"`, or `"no message"`.
 */
export function shownMessages(messages: readonly TrialMessage[]): string {
  if (messages.length === 0) return "no message";
  return messages.map(({ name }) => name === "" ? "an unknown message" : name).join(", ");
}

/**
 * Answers whether a message is among some.
 *
 * @param messages The messages.
 * @param name Its name.
 * @returns Whether it is.
 */
export function has(messages: readonly TrialMessage[], name: MessageName): boolean {
  return messages.some((message) => message.name === name);
}
