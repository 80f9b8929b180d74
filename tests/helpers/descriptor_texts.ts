/**
 * Descriptors that are printed as a test says, whatever they are.
 *
 * @module
 */
import { SECURITY } from "../../ffi/constants.ts";
import { advapi32, kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { substituteFunction } from "./substituted_kernel.ts";

/** Printed texts, until it is disposed of. */
export class DescriptorTexts implements Disposable {
  readonly #texts = new Map<bigint, string>();
  readonly #parse = advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW;
  readonly #printing = substituteFunction(
    advapi32,
    "ConvertSecurityDescriptorToStringSecurityDescriptorW",
    (real) => (address, revision, parts, text, length) => {
      const known = this.#texts.get(address);
      this.#texts.delete(address);
      if (known === undefined) return real(address, revision, parts, text, length);
      const bytes = new Uint8Array(encodeWide(known).buffer);
      const copy = kernel32.LocalAlloc(0, BigInt(bytes.byteLength));
      kernel32.RtlMoveMemory$write(copy, bytes, BigInt(bytes.byteLength));
      (text as BigUint64Array)[0] = copy;
      (length as Uint32Array)[0] = known.length;
      return 1;
    },
  );

  /**
   * Gives a descriptor.
   *
   * @param memory Gets its address, which LocalFree frees.
   * @param text What is printed of it, once.
   */
  give(memory: BigUint64Array<ArrayBuffer>, text: string): void {
    this.#parse(encodeWide("D:"), SECURITY.SDDL_REVISION_1, memory, null);
    this.#texts.set(memory[0]!, text);
  }

  /** Prints what is there again. */
  [Symbol.dispose](): void {
    this.#printing[Symbol.dispose]();
  }
}
