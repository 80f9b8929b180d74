/**
 * Types derived from the table of a structure. Types only.
 *
 * @module
 */
import type { PointerTypeName, VALUE_TYPES, ValueTypeName } from "./types.ts";

/*
 * From a table to a TypeScript type. A caller needs none of these types: `struct()` returns a codec
 * whose `decode()` has the structure's fields.
 *
 * 1. A table is data: `{ x: "LONG", name: "WCHAR[16]", at: { union: {...} } }`.
 * 2. `FieldValue` reads one type name: a value type is a number or bigint, a pointer type a bigint,
 *    the name of another table that table's fields, `WCHAR[n]` a string, `T[n]` an array of `T`.
 * 3. `Anonymous` gives the members of a nameless union or struct to the structure around it, as C
 *    does; `Intersection` turns "one of these" into "all of these" for several of them.
 * 4. `FieldsValue` combines the named fields and the anonymous members.
 *
 * The table is `as const`, so the type checker reads the names that the code reads at run time.
 */

/**
 * A field: a C type name, the name of another structure of the same scope, `"TYPE[n]"`, or an
 * anonymous `{ union }` or `{ struct }` whose members are fields of the structure around it.
 */
export type FieldSpec =
  | string
  | { readonly union: FieldSpecs }
  | { readonly struct: FieldSpecs };

/** The fields of a structure, in C order. */
export type FieldSpecs = { readonly [field: string]: FieldSpec };

/**
 * Structures that may name each other.
 *
 * @internal
 */
export type StructScope = { readonly [name: string]: FieldSpecs };

/** The decoded type of a C value type: a bigint for 64 bits, otherwise a number. */
type ScalarValue<T extends ValueTypeName> = (typeof VALUE_TYPES)[T] extends "u64" | "i64" | "usize"
  ? bigint
  : number;

/** The decoded type of one field; `S` is the scope that its type may name. */
type FieldValue<S, F> = F extends ValueTypeName ? ScalarValue<F>
  : F extends PointerTypeName ? bigint
  : F extends keyof S ? FieldsValue<S, S[F]>
  : F extends `WCHAR[${number}]` ? string
  : F extends `${infer E}[${number}]` ? FieldValue<S, E>[]
  : never;

/** The intersection of all members of a union type. */
type Intersection<U> = (U extends unknown ? (value: U) => void : never) extends
  (value: infer I) => void ? I : never;

/** The members that an anonymous `{ union }` or `{ struct }` gives to the structure around it. */
type Anonymous<S, F> = F extends { union: infer U } ? FieldsValue<S, U>
  : F extends { struct: infer T } ? FieldsValue<S, T>
  // deno-lint-ignore ban-types -- the identity of the intersection below
  : {};

/**
 * The decoded type of the fields `F`; `S` is the scope that their types may name.
 *
 * @internal
 */
export type FieldsValue<S, F> =
  & { -readonly [K in keyof F as F[K] extends string ? K : never]: FieldValue<S, F[K]> }
  & Intersection<{ [K in keyof F]: Anonymous<S, F[K]> }[keyof F]>;

/**
 * The decoded type of a structure: numbers up to 32 bits, bigints for 64 bits, handles and
 * addresses.
 *
 * @example
 * ```ts
 * import type { STRUCTS, StructValue } from "@jobbox/jobobject/ffi";
 *
 * type Counters = StructValue<typeof STRUCTS, "IO_COUNTERS">;
 * const reads = (counters: Counters): bigint => counters.ReadOperationCount;
 * ```
 */
export type StructValue<S, N extends keyof S> = FieldsValue<S, S[N]>;

/**
 * The input for encoding a structure. Missing fields are zero.
 *
 * @example
 * ```ts
 * import type { StructInput } from "@jobbox/jobobject/ffi";
 *
 * const half: StructInput<{ x: number; y: number }> = { x: 1 };
 * ```
 */
export type StructInput<V> = V extends bigint | number | string ? V
  : V extends (infer E)[] ? readonly StructInput<E>[]
  : { readonly [K in keyof V]?: StructInput<V[K]> };

/**
 * One field of a layout; members of nested structures have dotted names.
 *
 * @example
 * ```ts
 * import type { FieldLayout } from "@jobbox/jobobject/ffi";
 *
 * const end = ({ offset, size }: FieldLayout): number => offset + size;
 * ```
 */
export interface FieldLayout {
  /** Path from the outer structure, as C writes it. */
  readonly path: string;
  /** Bytes from the start of the outer structure. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/**
 * The layout, encoder and decoder of one C structure (x64 and arm64, little endian).
 *
 * @example
 * ```ts
 * import type { StructCodec } from "@jobbox/jobobject/ffi";
 *
 * const zeroed = <V>(codec: StructCodec<V>): V => codec.decode(codec.allocate());
 * ```
 */
export interface StructCodec<V> {
  /** The C name. */
  readonly name: string;
  /** `sizeof`, in bytes. */
  readonly size: number;
  /** Alignment, in bytes. */
  readonly align: number;
  /** Every field, nested ones included. */
  readonly layout: readonly FieldLayout[];
  /** Allocates zeroed memory for one structure. A call site may keep and reuse it. */
  allocate(): DataView<ArrayBuffer>;
  /**
   * Reads a structure.
   *
   * @param view Memory that holds it.
   * @param offset Where it begins, in bytes.
   * @default {0}
   */
  decode(view: DataView, offset?: number): V;
  /**
   * Zeroes the memory, then writes the fields that `value` has.
   *
   * @param value The fields; absent ones are zero.
   * @param view Memory to write to; new memory when absent.
   * @throws {RangeError} If a number does not fit its field.
   * @throws {TypeError} If the structure has no such field, a field has the wrong type, or two
   * given fields share storage.
   */
  encode(value: StructInput<V>, view?: DataView<ArrayBuffer>): DataView<ArrayBuffer>;
}
