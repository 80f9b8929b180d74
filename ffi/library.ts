/**
 * The one place that calls `Deno.dlopen`.
 *
 * Each function is bound on first use. So importing this module costs nothing on any system, and a
 * function that a system lacks only matters to its callers.
 *
 * @module
 */
import { dllPath, WINDOWS_DIRECTORY } from "./dll.ts";
import { UnsupportedPlatformError } from "./unsupported_platform.ts";
import { BLOCKING_FUNCTIONS, FUNCTIONS } from "./functions.ts";
import type { DllName, Library } from "./library_types.ts";
import { proto, type Prototype } from "./types.ts";

/** The beginning of Deno's message for a missing DLL; the rest is in the system's language. */
const NOT_LOADED = "Could not open library";

type AnyFunction = (...args: never[]) => unknown;

/** How a function is to be bound. */
interface Binding {
  readonly dll: DllName;
  /** Its key in the table of the DLL. */
  readonly key: string;
  /** Whether it runs on the blocking pool. */
  readonly nonblocking: boolean;
}

function bind({ dll, key, nonblocking }: Binding, cold: boolean): AnyFunction {
  const symbol = key.split("$", 1)[0]!;
  if (Deno.build.os !== "windows") {
    throw new UnsupportedPlatformError(
      `Cannot call ${symbol}: job objects are a part of Windows, and this is ${Deno.build.os}`,
    );
  }
  const table = FUNCTIONS[dll] as { readonly [name: string]: Prototype };
  const path = dllPath(dll, symbol);
  const { parameters, result } = proto(table[key]!) as Deno.ForeignFunction;
  const read = cold ? READERS[result as string] : undefined;
  const definition = {
    parameters,
    result: read === undefined ? result : { struct: [result === "void" ? "u32" : result] },
    nonblocking,
  } as Deno.ForeignFunction;
  // The first call of SetLastError must still find the last error of an earlier call.
  if (symbol === "SetLastError") void kernel32.GetLastError;
  // Loading a library sets the thread's last error, which the caller may have set before this call.
  using _kept = LAST_ERROR.has(symbol) ? undefined : keptLastError();
  try {
    const { symbols } = Deno.dlopen(path, { [symbol]: definition });
    const call = symbols[symbol] as AnyFunction;
    return read === undefined ? call : (...args) => read(call(...args) as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const problem = whyUnbound(dll, path, cause);
    throw new UnsupportedPlatformError(`Cannot call ${symbol}: ${problem}`, { cause });
  }
}

function keptLastError(): Disposable {
  const { SetLastError } = kernel32;
  const before = kernel32.GetLastError();
  return { [Symbol.dispose]: () => SetLastError(before) };
}

/*
 * Deno compiles machine code for each function that it binds, which takes half a millisecond. It
 * does not do so for functions that pass a structure by value. Most functions are called once or
 * twice in a run of the tool, so the result of a function is first bound as a structure with one
 * member. By the calling conventions of Windows on x64 and arm64, that result is returned in the
 * same register. A function that is called often is bound again, with its own machine code.
 */

/**
 * The functions that read and write the last error; no other call may come between them and the
 * caller's.
 */
const LAST_ERROR: ReadonlySet<string> = new Set(["GetLastError", "SetLastError"]);

/** The number of calls after which a function gets its own machine code. */
const HOT = 32;

/**
 * The result types that can be read from a structure, low byte first. Reading them allocates
 * nothing.
 */
const READERS: { readonly [result: string]: (bytes: Uint8Array<ArrayBuffer>) => unknown } = {
  i32: (bytes) => low(bytes),
  u32: (bytes) => low(bytes) >>> 0,
  usize: (bytes) => BigInt(low(bytes) >>> 0) | BigInt(low(bytes, 4) >>> 0) << 32n,
  // The register holds anything.
  void: () => undefined,
};

function hasReader({ dll, key }: Binding): boolean {
  const { result } = proto((FUNCTIONS[dll] as { readonly [name: string]: Prototype })[key]!);
  return Object.hasOwn(READERS, result);
}

function low(bytes: Uint8Array<ArrayBuffer>, at = 0): number {
  return bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
}

/**
 * Wraps a function that is bound again, with its own machine code, when it has been called often;
 * `whenHot` receives the new one.
 */
function warming(binding: Binding, whenHot: (hot: AnyFunction) => void): AnyFunction {
  const cold = bind(binding, true);
  let hot: AnyFunction | undefined;
  let calls = 0;
  return (...args) => {
    if (hot === undefined && ++calls === HOT) whenHot(hot = bind(binding, false));
    return (hot ?? cold)(...args);
  };
}

/** How to bind each function of a library with its own machine code, for those that are not yet. */
const BINDERS = new Map<object, Map<string, () => AnyFunction>>();

/** Why a function could not be bound: its DLL is missing, or the DLL lacks the function. */
function whyUnbound(dll: DllName, path: string, cause: unknown): string {
  const isLoaded = !(cause instanceof Error && cause.message.startsWith(NOT_LOADED));
  if (isLoaded) return `this system's ${path} lacks it`;
  if (dll !== "kernel32") return `this system has no ${path}`;
  // Every Windows has kernel32.dll, and it is loaded first.
  return `${path} cannot be loaded. Windows is not in ${WINDOWS_DIRECTORY} here, and its DLLs are ` +
    "taken from no other folder, whatever the environment says: run this on a Windows that is " +
    "installed there";
}

function library<D extends DllName>(dll: D): Library<D> {
  const bound = {};
  const binders = new Map<string, () => AnyFunction>();
  BINDERS.set(bound, binders);
  const define = (name: string, key: string, nonblocking: boolean): void => {
    const binding = { dll, key, nonblocking };
    const put = (value: AnyFunction): AnyFunction => {
      Object.defineProperty(bound, name, { value, enumerable: true });
      return value;
    };
    const putHot = (): AnyFunction => {
      const hot = put(bind(binding, false));
      binders.delete(name);
      return hot;
    };
    const putCold = (): AnyFunction => {
      if (!hasReader(binding)) return putHot();
      const cold = warming(binding, (hot) => {
        // A test may have put another function there.
        if (Object.getOwnPropertyDescriptor(bound, name)?.value === cold) put(hot);
        binders.delete(name);
      });
      return put(cold);
    };
    binders.set(name, putHot);
    Object.defineProperty(bound, name, {
      configurable: true,
      enumerable: true,
      get: nonblocking || LAST_ERROR.has(key) ? putHot : putCold,
    });
  };
  for (const key of Object.keys(FUNCTIONS[dll])) define(key, key, false);
  for (const symbol of BLOCKING_FUNCTIONS) {
    if (symbol in FUNCTIONS[dll]) define(`${symbol}Async`, symbol, true);
  }
  return bound as Library<D>;
}

/**
 * kernel32.dll: everything the module needs for jobs, processes, pipes and the completion port.
 *
 * @example
 * ```ts
 * import { kernel32 } from "@jobbox/jobobject/ffi";
 *
 * console.log(kernel32.GetCurrentProcessId());
 * ```
 */
export const kernel32: Library<"kernel32"> = library("kernel32");

/**
 * ntdll.dll: a process's command line, the version of the system or of Wine, and a token's security
 * attributes. Most of its functions return a status.
 *
 * @example
 * ```ts
 * import { ntdll } from "@jobbox/jobobject/ffi";
 *
 * console.log(Object.keys(ntdll));
 * ```
 */
export const ntdll: Library<"ntdll"> = library("ntdll");

/**
 * user32.dll: `UserHandleGrantAccess`, and the private desktop of isolation.
 *
 * @example
 * ```ts
 * import { user32 } from "@jobbox/jobobject/ffi";
 *
 * console.log(Object.keys(user32));
 * ```
 */
export const user32: Library<"user32"> = library("user32");

/**
 * advapi32.dll: the privilege that some limits need, and the tokens of isolation.
 *
 * @example
 * ```ts
 * import { advapi32 } from "@jobbox/jobobject/ffi";
 *
 * console.log(Object.keys(advapi32));
 * ```
 */
export const advapi32: Library<"advapi32"> = library("advapi32");

/**
 * userenv.dll: the profile of a container.
 *
 * @example
 * ```ts
 * import { userenv } from "@jobbox/jobobject/ffi";
 *
 * console.log(Object.keys(userenv));
 * ```
 */
export const userenv: Library<"userenv"> = library("userenv");

/**
 * ole32.dll: freeing memory that other functions return.
 *
 * @example
 * ```ts
 * import { ole32 } from "@jobbox/jobobject/ffi";
 *
 * console.log(Object.keys(ole32));
 * ```
 */
export const ole32: Library<"ole32"> = library("ole32");

/**
 * ws2_32.dll: a port of this machine, to which a container without the network must not connect.
 *
 * @example
 * ```ts
 * import { ws2_32 } from "@jobbox/jobobject/ffi";
 *
 * console.log(Object.keys(ws2_32));
 * ```
 */
export const ws2_32: Library<"ws2_32"> = library("ws2_32");

/**
 * Binds all functions of kernel32.dll at once, instead of each on first use, so that no later call
 * pays for it.
 *
 * @example
 * ```ts
 * import { preload } from "@jobbox/jobobject/ffi";
 *
 * const missing = preload();
 * console.log(missing);
 * ```
 *
 * @param dll The library; kernel32 by default.
 * @returns The names of the functions that this system lacks.
 * @throws {UnsupportedPlatformError} If this is not Windows.
 * @throws {Deno.errors.NotCapable} If `--allow-ffi` does not cover the DLL.
 */
export function preload(dll: Library<DllName> = kernel32): string[] {
  void kernel32.GetLastError;
  const missing: string[] = [];
  for (const [name, bindNow] of BINDERS.get(dll) ?? []) {
    try {
      bindNow();
    } catch (error) {
      if (!(error instanceof UnsupportedPlatformError)) throw error;
      missing.push(name);
    }
  }
  return missing;
}
