/**
 * A function of a DLL that does something else for a while.
 *
 * @module
 */
import { kernel32 } from "../../ffi/library.ts";

/**
 * Puts a function in the place of one of a library's, until the result is disposed of.
 *
 * @param library The library, such as `advapi32`.
 * @param name The function's name.
 * @param make Gets the real function and gives the one to be called.
 * @returns What puts the real one back.
 */
export function substituteFunction<L extends object, N extends keyof L>(
  library: L,
  name: N,
  make: (real: L[N]) => L[N],
): Disposable {
  const real = library[name];
  const put = (value: L[N]): void => {
    Object.defineProperty(library, name, { value });
  };
  put(make(real));
  return { [Symbol.dispose]: () => put(real) };
}

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
  return substituteFunction(kernel32, name, make);
}

/**
 * Gives a library a function that this system may lack, until the result is disposed of.
 *
 * @param library The library, such as `userenv`.
 * @param name The function's name.
 * @param value The function.
 * @returns What takes it away again.
 */
export function supplyFunction<L extends object, N extends keyof L>(
  library: L,
  name: N,
  value: L[N],
): Disposable {
  const before = Object.getOwnPropertyDescriptor(library, name)!;
  Object.defineProperty(library, name, { value, configurable: true });
  return { [Symbol.dispose]: () => Object.defineProperty(library, name, before) };
}
