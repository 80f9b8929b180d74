/**
 * Memory outside of JavaScript, for values that hold addresses and for memory whose address Windows
 * keeps.
 *
 * @module
 */
import { LMEM } from "../ffi/constants.ts";
import { check } from "../ffi/error.ts";
import { kernel32 } from "../ffi/library.ts";

/** A block of memory that does not move until it is disposed. */
export class NativeMemory implements Disposable {
  readonly #address: bigint;
  /** Bytes. */
  readonly size: number;
  #freed = false;

  /**
   * Allocates zeroed memory.
   *
   * @param size Bytes.
   * @throws {Win32Error} If there is none.
   */
  constructor(size: number) {
    this.size = size;
    this.#address = check(
      kernel32.LocalAlloc(LMEM.FIXED | LMEM.ZEROINIT, BigInt(Math.max(size, 1))),
      "LocalAlloc",
      `Cannot take ${size} bytes of memory`,
    );
  }

  /** Copies bytes into a new block. */
  static of(bytes: Uint8Array<ArrayBuffer>): NativeMemory {
    const memory = new NativeMemory(bytes.byteLength);
    memory.write(bytes);
    return memory;
  }

  /** Its address. */
  get address(): bigint {
    return this.#address;
  }

  /** Copies bytes to its beginning. */
  write(bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.byteLength > this.size) {
      throw new RangeError(
        `Cannot write ${bytes.byteLength} bytes: there is room for ${this.size}`,
      );
    }
    kernel32.RtlMoveMemory$write(this.#address, bytes, BigInt(bytes.byteLength));
  }

  /** Copies its first bytes, all of them when `length` is absent. */
  read(length: number = this.size): DataView<ArrayBuffer> {
    return copyMemory(this.#address, Math.min(length, this.size));
  }

  /** Frees it; the second time does nothing. */
  [Symbol.dispose](): void {
    if (this.#freed) return;
    this.#freed = true;
    kernel32.LocalFree(this.#address);
  }
}

/**
 * Copies memory of this process.
 *
 * @param address Its address; the memory must be readable.
 * @param length Bytes.
 * @returns The copy.
 */
export function copyMemory(address: bigint, length: number): DataView<ArrayBuffer> {
  const copy = new Uint8Array(length);
  if (length > 0) kernel32.RtlMoveMemory(copy, address, BigInt(length));
  return new DataView(copy.buffer);
}
