/** A link to a folder, which not every system lets a test make. */
import { ntdll } from "../../ffi/library.ts";
import { substituteFunction } from "./substituted_kernel.ts";

function make(target: string, link: string): boolean {
  try {
    Deno.symlinkSync(target, link, { type: "dir" });
    // One that says yes may have made nothing.
    return Deno.lstatSync(link) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Plants a link. Where none can be made, there is a folder whose real place is said to be elsewhere,
 * until the result is disposed of: that is how a link of the host looks under Wine.
 *
 * @param target What it leads to.
 * @param link Its path; its name must be `link`.
 * @returns Whether it is a real one, to be disposed of.
 */
export function plantLink(target: string, link: string): Disposable & { readonly isReal: boolean } {
  const isReal = make(target, link);
  if (isReal) return { isReal, [Symbol.dispose]: () => {} };
  Deno.mkdirSync(link);
  const fake = substituteFunction(
    ntdll,
    "NtQueryObject",
    (real) => (handle, infoClass, memory, size, needed) => {
      const status = real(handle, infoClass, memory, size, needed);
      const view = new DataView((memory as Uint16Array).buffer);
      const length = view.getUint16(0, true);
      const name = new TextDecoder("utf-16le").decode(new Uint8Array(view.buffer, 16, length));
      if (name.endsWith("\\link")) view.setUint16(16 + length - 8, 0x58, true);
      return status;
    },
  );
  return { isReal, [Symbol.dispose]: () => fake[Symbol.dispose]() };
}
