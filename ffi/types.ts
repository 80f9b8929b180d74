/**
 * C type names, and what each one means for `Deno.dlopen` and in memory.
 *
 * No pointer objects: a HANDLE or an address is a `usize` (bigint), and memory that Windows reads
 * or writes is a `buffer` (a view of JavaScript memory). So every call works with a scoped
 * `--allow-ffi=C:\Windows\System32\kernel32.dll`, which forbids pointer objects.
 *
 * @module
 */

/** The native types of `Deno.dlopen` that this module uses. */
export type NativeType =
  | "void"
  | "u8"
  | "i16"
  | "u16"
  | "i32"
  | "u32"
  | "i64"
  | "u64"
  | "usize"
  | "buffer";

/** Value types, used for structure fields, parameters passed by value, and results. */
export const VALUE_TYPES = {
  BOOLEAN: "u8",
  BYTE: "u8",
  UCHAR: "u8",
  WCHAR: "u16",
  WORD: "u16",
  USHORT: "u16",
  BOOL: "i32",
  int: "i32",
  LONG: "i32",
  NTSTATUS: "i32",
  JOBOBJECTINFOCLASS: "i32",
  PROCESSINFOCLASS: "i32",
  COMPUTER_NAME_FORMAT: "u32",
  DWORD: "u32",
  UINT: "u32",
  ULONG: "u32",
  JOBOBJECT_RATE_CONTROL_TOLERANCE: "u32",
  JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL: "u32",
  JOB_OBJECT_NET_RATE_CONTROL_FLAGS: "u32",
  JOB_OBJECT_IO_RATE_CONTROL_FLAGS: "u32",
  LONG64: "i64",
  LARGE_INTEGER: "i64",
  DWORD64: "u64",
  ULONG64: "u64",
  ULONGLONG: "u64",
  ACCESS_MASK: "u32",
  REGSAM: "u32",
  SECURITY_INFORMATION: "u32",
  HRESULT: "i32",
  TOKEN_INFORMATION_CLASS: "i32",
  OBJECT_INFORMATION_CLASS: "i32",
  SE_OBJECT_TYPE: "i32",
  FILE_INFO_BY_HANDLE_CLASS: "i32",
  PROCESS_MITIGATION_POLICY: "i32",
  HANDLE: "usize",
  HMODULE: "usize",
  HKEY: "usize",
  HDESK: "usize",
  HWINSTA: "usize",
  HLOCAL: "usize",
  SOCKET: "usize",
  SIZE_T: "usize",
  ULONG_PTR: "usize",
  DWORD_PTR: "usize",
} as const;

/**
 * Pointer types. As a parameter each is a `buffer`, unless the parameter is marked `address`; then
 * it is a `usize`, as it is in a structure's field or a result.
 */
export const POINTER_TYPES = [
  "PVOID",
  "LPVOID",
  "LPCVOID",
  "LPBYTE",
  "LPWSTR",
  "LPSTR",
  "PWSTR",
  "LPWCH",
  "LPCSTR",
  "LPCWSTR",
  "PCWSTR",
  "PBOOL",
  "LPDWORD",
  "PULONG",
  "PULONG_PTR",
  "PDWORD_PTR",
  "PSIZE_T",
  "SIZE_T*",
  "PHANDLE",
  "LPHANDLE",
  "LPFILETIME",
  "LPOVERLAPPED",
  "LPOVERLAPPED_ENTRY",
  "LPSECURITY_ATTRIBUTES",
  "LPSTARTUPINFOW",
  "LPPROCESS_INFORMATION",
  "LPPROCESSENTRY32W",
  "LPTHREADENTRY32",
  "LPTHREAD_START_ROUTINE",
  "FARPROC",
  "LPBY_HANDLE_FILE_INFORMATION",
  "PRTL_OSVERSIONINFOW",
  "PPEB",
  "LPPROC_THREAD_ATTRIBUTE_LIST",
  "PPROCESS_MEMORY_COUNTERS",
  "PIO_COUNTERS",
  "PLUID",
  "PTOKEN_PRIVILEGES",
  "PSID",
  "PSID*",
  "PSID_AND_ATTRIBUTES",
  "PLUID_AND_ATTRIBUTES",
  "PACL",
  "PACL*",
  "PSECURITY_DESCRIPTOR",
  "PSECURITY_DESCRIPTOR*",
  "PSECURITY_INFORMATION",
  "LPBOOL",
  "PDWORD",
  "PHKEY",
  "PWSTR*",
  "DEVMODEW*",
  "LPWSADATA",
  "LPSOCKADDR",
  "LPCSOCKADDR",
  "LPINT",
  "LPWSTR*",
  "va_list*",
  "JOBOBJECT_IO_RATE_CONTROL_INFORMATION*",
  "JOBOBJECT_IO_RATE_CONTROL_INFORMATION**",
] as const;

/** The name of a value type. */
export type ValueTypeName = keyof typeof VALUE_TYPES;

/** The name of a pointer type. */
export type PointerTypeName = (typeof POINTER_TYPES)[number];

/** The `Deno.dlopen` type of a C result type. */
export type ResultType<T> = T extends "void" ? "void"
  : T extends ValueTypeName ? (typeof VALUE_TYPES)[T]
  : T extends PointerTypeName ? "usize"
  : never;

/** The `Deno.dlopen` type of a `"TYPE name"` or `"address TYPE name"`. */
export type ParameterType<P> = P extends `address ${PointerTypeName} ${string}` ? "usize"
  : P extends `${infer T} ${string}` ? T extends ValueTypeName ? (typeof VALUE_TYPES)[T]
    : T extends PointerTypeName ? "buffer"
    : never
  : never;

/** A C prototype as data: the result type, then each parameter as `"TYPE name"`. */
export type Prototype = readonly [result: string, ...parameters: string[]];

/** The `Deno.dlopen` types of a list of `"TYPE name"`. */
export type ParameterTypes<P extends readonly unknown[]> = P extends
  readonly [infer Head, ...infer Tail] ? [ParameterType<Head>, ...ParameterTypes<Tail>]
  : [];

/** The `Deno.dlopen` definition of a {@linkcode Prototype}. */
export type ForeignFunction<P extends Prototype> = P extends readonly [infer R, ...infer Parameters]
  ? { readonly result: ResultType<R>; readonly parameters: ParameterTypes<Parameters> }
  : never;

const POINTERS: ReadonlySet<string> = new Set(POINTER_TYPES);

function valueType(name: string): NativeType | undefined {
  return Object.hasOwn(VALUE_TYPES, name) ? VALUE_TYPES[name as ValueTypeName] : undefined;
}

/**
 * Returns whether `name` is a pointer type.
 *
 * @param name A C type name.
 * @returns `true` for a type of {@linkcode POINTER_TYPES}.
 */
export function isPointerType(name: string): boolean {
  return POINTERS.has(name);
}

/**
 * Turns a C prototype into the definition that `Deno.dlopen` takes.
 *
 * @example
 * ```ts
 * import { proto } from "./types.ts";
 *
 * const definition = proto(["BOOL", "HANDLE hJob", "UINT uExitCode"]);
 * // { result: "i32", parameters: ["usize", "u32"] }
 * console.assert(definition.parameters[1] === "u32");
 * ```
 *
 * @param prototype The result type, then each parameter as `"TYPE name"`; a pointer parameter that
 * takes an address, not JavaScript memory, is `"address TYPE name"`.
 * @returns Result and parameter types.
 * @throws {TypeError} If a type is not known.
 */
export function proto<const P extends Prototype>(prototype: P): ForeignFunction<P> {
  const [result, ...parameters] = prototype;
  return {
    result: resultType(result),
    parameters: parameters.map(parameterType),
  } as unknown as ForeignFunction<P>;
}

function resultType(name: string): NativeType {
  if (name === "void") return "void";
  const type = POINTERS.has(name) ? "usize" : valueType(name);
  if (type === undefined) {
    throw new TypeError(`Cannot bind a function: unknown result type ${name}`);
  }
  return type;
}

function parameterType(parameter: string): NativeType {
  const words = parameter.split(" ");
  const address = words[0] === "address";
  const name = words[address ? 1 : 0] ?? "";
  if (POINTERS.has(name)) return address ? "usize" : "buffer";
  const type = valueType(name);
  if (type === undefined || address) {
    throw new TypeError(`Cannot bind a function: unknown parameter type in "${parameter}"`);
  }
  return type;
}
