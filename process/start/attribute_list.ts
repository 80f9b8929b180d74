/**
 * The attribute list for creating a process.
 *
 * @module
 */
import { ERROR, LMEM } from "../../ffi/constants.ts";
import { check, failure, Win32Error } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import type { Attribute } from "./birth.ts";

const ACTION = "Cannot prepare the attributes of a process";

/**
 * A PROC_THREAD_ATTRIBUTE_LIST. The system keeps the addresses of the values until the list is
 * deleted, so this object holds the values' memory as long as it lives.
 */
export class AttributeList {
  readonly #address: bigint;
  readonly #values: (BigUint64Array<ArrayBuffer> | Uint8Array<ArrayBuffer>)[] = [];

  /**
   * Creates a list.
   *
   * @param attributes Handles or bytes by attribute number (PROC_THREAD_ATTRIBUTE).
   * @throws {Win32Error} If the system refuses one; code 50 if it does not know the attribute.
   */
  constructor(attributes: readonly Attribute[]) {
    const size = new BigUint64Array(1);
    // The first call fails and only returns the size.
    const code = failure(
      kernel32.InitializeProcThreadAttributeList(0n, attributes.length, 0, size),
    );
    if (code !== ERROR.INSUFFICIENT_BUFFER) {
      throw new Win32Error(code, "InitializeProcThreadAttributeList", ACTION);
    }
    this.#address = check(kernel32.LocalAlloc(LMEM.FIXED, size[0]!), "LocalAlloc", ACTION);
    try {
      check(
        kernel32.InitializeProcThreadAttributeList(this.#address, attributes.length, 0, size),
        "InitializeProcThreadAttributeList",
        ACTION,
      );
      for (const [attribute, given] of attributes) {
        const value = given instanceof Uint8Array ? given.slice() : BigUint64Array.from(given);
        this.#values.push(value);
        check(
          kernel32.UpdateProcThreadAttribute(
            this.#address,
            0,
            BigInt(attribute),
            value,
            BigInt(value.byteLength),
            0n,
            0n,
          ),
          "UpdateProcThreadAttribute",
          ACTION,
        );
      }
    } catch (error) {
      kernel32.LocalFree(this.#address);
      throw error;
    }
  }

  /** The address of the list, for STARTUPINFOEXW. */
  get address(): bigint {
    return this.#address;
  }

  /** How many attributes it has. */
  get count(): number {
    return this.#values.length;
  }

  /** Deletes the list. */
  [Symbol.dispose](): void {
    kernel32.DeleteProcThreadAttributeList(this.#address);
    kernel32.LocalFree(this.#address);
    this.#values.length = 0;
  }
}
