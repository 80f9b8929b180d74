/**
 * The types of a library's functions, derived from the table of prototypes. Types only.
 *
 * @module
 */
import type { BLOCKING_FUNCTIONS, FUNCTIONS } from "./functions.ts";
import type { ParameterType, ResultType } from "./types.ts";

/*
 * From a row of the tables to a typed function, in four steps. A caller needs none of these types:
 * `kernel32.CloseHandle` has its signature in the editor.
 *
 * 1. `FUNCTIONS` (functions.ts) holds each prototype as C writes it: `["BOOL", "HANDLE hObject"]`.
 * 2. `ParameterType` and `ResultType` (types.ts) translate the C type of each word: `HANDLE` is the
 *    native type `usize`, `LPDWORD` a `buffer`. An unknown word becomes `never` and cannot be
 *    called.
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
 * The functions of one DLL, callable. Those that may block also exist with `Async` after the name.
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
