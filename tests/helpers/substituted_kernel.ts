/**
 * A function of kernel32 that does something else for a while.
 *
 * @module
 */
import { kernel32 } from "../../ffi/library.ts";

/**
 * Puts a function in the place of one of kernel32's, until the result is disposed of.
 *
 * @param name The function's name.
 * @param make Gets the real function and gives the one to be called.
 * @returns What puts the real one back.
 */
export function substituteKernel<N extends keyof typeof kernel32>(
  name: N,
  make: (real: typeof kernel32[N]) => typeof kernel32[N],
): Disposable {
  const real = kernel32[name];
  const put = (value: typeof kernel32[N]): void => {
    Object.defineProperty(kernel32, name, { value });
  };
  put(make(real));
  return { [Symbol.dispose]: () => put(real) };
}
