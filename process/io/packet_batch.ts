/**
 * A batch of packets of a completion port.
 *
 * @module
 */
import { LMEM, WAIT } from "../../ffi/constants.ts";
import { check, failure } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import type { StructValue } from "../../ffi/struct_types.ts";
import { STRUCTS } from "../../ffi/structs.ts";

const ENTRY = struct(STRUCTS, "OVERLAPPED_ENTRY");
const BATCH = 128;

/** The action of a wait, for messages. */
export const WAIT_ACTION = "Cannot wait on the completion port";

/** Bytes before the entries of a batch: their count, and padding for alignment. */
const BATCH_HEADER = 8;
const BATCH_SIZE = BATCH_HEADER + ENTRY.size * BATCH;

/** A batch of packets in native memory, which a call fills. */
export class PacketBatch {
  /** The address of the packet count, which is also the address of the block. */
  readonly #count: bigint = check(
    kernel32.LocalAlloc(LMEM.FIXED, BigInt(BATCH_SIZE)),
    "LocalAlloc",
    WAIT_ACTION,
  );
  /** The address of the packets. */
  readonly #entries: bigint = this.#count + BigInt(BATCH_HEADER);
  readonly #copy = new DataView(new ArrayBuffer(BATCH_SIZE));

  /**
   * Takes the packets of the queue without waiting.
   *
   * @param port The port's handle.
   * @returns 0 or the value of `GetLastError`, which is WAIT_TIMEOUT if there is none.
   */
  look(port: bigint): number {
    return failure(
      kernel32.GetQueuedCompletionStatusEx(port, this.#entries, BATCH, this.#count, 0, 0),
    );
  }

  /**
   * Takes the packets of the queue, and waits for the first one on a thread of the blocking pool.
   *
   * @param port The port's handle.
   * @returns Whether there are packets. The last error is that of another thread.
   */
  async wait(port: bigint): Promise<boolean> {
    const { GetQueuedCompletionStatusExAsync } = kernel32;
    const { INFINITE } = WAIT;
    const taken = GetQueuedCompletionStatusExAsync(
      port,
      this.#entries,
      BATCH,
      this.#count,
      INFINITE,
      0,
    );
    return await taken !== 0;
  }

  /**
   * Passes on the packets of a successful call.
   *
   * @param take Receives each packet, in order.
   */
  read(take: (entry: StructValue<typeof STRUCTS, "OVERLAPPED_ENTRY">) => void): void {
    kernel32.RtlMoveMemory(this.#copy, this.#count, BigInt(BATCH_SIZE));
    const end = BATCH_HEADER + ENTRY.size * this.#copy.getUint32(0, true);
    for (let at = BATCH_HEADER; at < end; at += ENTRY.size) take(ENTRY.decode(this.#copy, at));
  }

  /** Frees the memory; no call may be in progress. */
  free(): void {
    kernel32.LocalFree(this.#count);
  }
}
