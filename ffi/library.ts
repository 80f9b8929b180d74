/**
 * The one place that calls `Deno.dlopen`.
 *
 * Each function is bound at its first use: importing this module costs nothing on any system, and a
 * function that a system lacks is missed only by whoever calls it.
 *
 * @module
 */
import { dllPath, WINDOWS_DIRECTORY } from "./dll.ts";
import { UnsupportedPlatformError } from "./unsupported_platform.ts";
import { BLOCKING_FUNCTIONS, FUNCTIONS } from "./functions.ts";
import { type ParameterType, proto, type Prototype, type ResultType } from "./types.ts";

/*
 * From a row of the tables to a typed function, in four steps. A caller needs none of these types:
 * `kernel32.CloseHandle` has its signature in the editor.
 *
 * 1. `FUNCTIONS` (functions.ts) holds each prototype as C writes it: `["BOOL", "HANDLE hObject"]`.
 * 2. `ParameterType` and `ResultType` (types.ts) read the C type out of each word: `HANDLE` is the
 *    native type `usize`, `LPDWORD` a `buffer`. An unknown word becomes `never` and cannot be called.
 * 3. `NativeValue` says what a native type is in JavaScript, `Arguments` does so for a whole list,
 *    and `Callable` joins the two into a function type.
 * 4. `Library` maps a DLL's rows to their `Callable`s, and those that may block to `…Async` as well.
 *
 * So the type checker and `Deno.dlopen` read the same row, and cannot disagree.
 */

/**
 * The prototypes that {@linkcode FUNCTIONS} holds, by DLL and name.
 *
 * @internal
 */
export type Functions = typeof FUNCTIONS;

/**
 * The name of a DLL of {@linkcode FUNCTIONS}.
 *
 * @internal
 */
export type DllName = keyof Functions;

/** What a native type is in JavaScript: 64 bits are a bigint, memory is a view or `null`. */
type NativeValue<T> = T extends "u64" | "i64" | "usize" ? bigint
  : T extends "buffer" ? BufferSource | null
  : T extends "void" ? void
  : number;

/** The arguments of a list of `"TYPE name"`. */
type Arguments<P> = P extends readonly [infer Head, ...infer Tail]
  ? [argument: NativeValue<ParameterType<Head>>, ...Arguments<Tail>]
  : [];

/**
 * A prototype as a function.
 *
 * @internal
 */
export type Callable<P> = P extends readonly [infer R, ...infer A]
  ? (...args: Arguments<A>) => NativeValue<ResultType<R>>
  : never;

/**
 * A prototype as a function that runs on the blocking pool.
 *
 * @internal
 */
export type Asynchronous<P> = P extends readonly [infer R, ...infer A]
  ? (...args: Arguments<A>) => Promise<NativeValue<ResultType<R>>>
  : never;

/**
 * The functions of a DLL that may block.
 *
 * @internal
 */
export type BlockingName<D extends DllName> =
  & (typeof BLOCKING_FUNCTIONS)[number]
  & keyof Functions[D];

/**
 * The functions of one DLL, callable; those that may block once more with `Async` after the name.
 *
 * @example A function that takes a library
 * ```ts
 * import { kernel32, type Library } from "@jobbox/jobobject/ffi";
 *
 * const ownId = (library: Library<"kernel32">): number => library.GetCurrentProcessId();
 * if (Deno.build.os === "windows") console.log(ownId(kernel32));
 * ```
 */
export type Library<D extends DllName> =
  & { readonly [F in keyof Functions[D]]: Callable<Functions[D][F]> }
  & { readonly [F in BlockingName<D> as `${F & string}Async`]: Asynchronous<Functions[D][F]> };

/** How Deno's message begins when there is no such DLL; the rest is in the system's language. */
const NOT_LOADED = "Could not open library";

type AnyFunction = (...args: never[]) => unknown;

function bind(dll: DllName, key: string, nonblocking: boolean): AnyFunction {
  const symbol = key.split("$", 1)[0]!;
  if (Deno.build.os !== "windows") {
    throw new UnsupportedPlatformError(
      `Cannot call ${symbol}: job objects are a part of Windows, and this is ${Deno.build.os}`,
    );
  }
  // A load sets the thread's last error, so its reader must be there before anything can fail.
  if (symbol !== "GetLastError") void kernel32.GetLastError;
  const table = FUNCTIONS[dll] as { readonly [name: string]: Prototype };
  const path = dllPath(dll, symbol);
  try {
    const { symbols } = Deno.dlopen(path, {
      [symbol]: { ...proto(table[key]!), nonblocking } as Deno.ForeignFunction,
    });
    return symbols[symbol] as AnyFunction;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const problem = whyUnbound(dll, path, cause);
    throw new UnsupportedPlatformError(`Cannot call ${symbol}: ${problem}`, { cause });
  }
}

/** Why a function could not be bound: its DLL is not there, or lacks it. */
function whyUnbound(dll: DllName, path: string, cause: unknown): string {
  const isLoaded = !(cause instanceof Error && cause.message.startsWith(NOT_LOADED));
  if (isLoaded) return `this system's ${path} lacks it`;
  if (dll !== "kernel32") return `this system has no ${path}`;
  // Every Windows has it, and it is the first that is loaded.
  return `${path} cannot be loaded. Windows is not in ${WINDOWS_DIRECTORY} here, and its DLLs are ` +
    "taken from no other folder, whatever the environment says: run this on a Windows that is " +
    "installed there";
}

function library<D extends DllName>(dll: D): Library<D> {
  const bound = {};
  const define = (name: string, key: string, nonblocking: boolean): void => {
    Object.defineProperty(bound, name, {
      configurable: true,
      enumerable: true,
      get: () => {
        const value = bind(dll, key, nonblocking);
        Object.defineProperty(bound, name, { value, enumerable: true });
        return value;
      },
    });
  };
  for (const key of Object.keys(FUNCTIONS[dll])) define(key, key, false);
  for (const symbol of BLOCKING_FUNCTIONS) {
    if (symbol in FUNCTIONS[dll]) define(`${symbol}Async`, symbol, true);
  }
  return bound as Library<D>;
}

/**
 * kernel32.dll: all that the module needs for jobs, processes, pipes and the completion port.
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
 * attributes; a status is the result of most.
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
 * kernelbase.dll: the capabilities of a container.
 *
 * @example
 * ```ts
 * import { kernelbase } from "@jobbox/jobobject/ffi";
 *
 * console.log(Object.keys(kernelbase));
 * ```
 */
export const kernelbase: Library<"kernelbase"> = library("kernelbase");

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
 * ole32.dll: memory that other functions give.
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
 * firewallapi.dll: containers that may reach this machine's own ports.
 *
 * @example
 * ```ts
 * import { firewallapi } from "@jobbox/jobobject/ffi";
 *
 * console.log(Object.keys(firewallapi));
 * ```
 */
export const firewallapi: Library<"firewallapi"> = library("firewallapi");

/**
 * Binds functions now that would be bound at their first use: all of kernel32.dll, so that no
 * later call pays for it.
 *
 * @example
 * ```ts
 * import { preload } from "@jobbox/jobobject/ffi";
 *
 * const missing = preload();
 * console.log(missing);
 * ```
 *
 * @returns The names of the functions that this system lacks.
 * @throws {UnsupportedPlatformError} If this is not Windows.
 * @throws {Deno.errors.NotCapable} If `--allow-ffi` does not cover kernel32.dll.
 */
export function preload(): string[] {
  void kernel32.GetLastError;
  const missing: string[] = [];
  for (const name of Object.keys(kernel32) as (keyof typeof kernel32)[]) {
    try {
      void kernel32[name];
    } catch (error) {
      if (!(error instanceof UnsupportedPlatformError)) throw error;
      missing.push(name);
    }
  }
  return missing;
}
