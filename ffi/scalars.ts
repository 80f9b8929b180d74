/**
 * The numbers that fields of C structures hold. Pure.
 *
 * @module
 */
import type { VALUE_TYPES, ValueTypeName } from "./types.ts";

/** One number in memory. */
export interface Scalar {
  /** Bytes. */
  readonly size: number;
  /** Alignment, in bytes. */
  readonly align: number;
  /**
   * Reads the number.
   *
   * @param view Memory that holds it.
   * @param offset Where it begins, in bytes.
   * @returns A number up to 32 bits, a bigint for 64 bits.
   */
  read(view: DataView, offset: number): unknown;
  /**
   * Returns the same as JavaScript: an expression that reads from `view`.
   *
   * @param at The expression of the offset.
   * @returns The expression.
   */
  source(at: string): string;
  /**
   * Writes the number.
   *
   * @param view Memory to write to.
   * @param offset Where it begins, in bytes.
   * @param value The number.
   * @param path The path of the field, for the error message.
   * @throws {TypeError} If `value` is of the wrong type.
   * @throws {RangeError} If `value` does not fit.
   */
  write(view: DataView, offset: number, value: unknown, path: string): void;
}

/** The types in the names of a DataView's accessors, as in `getUint8`. */
type Accessor = "Uint8" | "Uint16" | "Int32" | "Uint32";

function small(
  size: number,
  accessor: Accessor,
  [min, max]: readonly [number, number],
): Scalar {
  const [get, set] = [`get${accessor}`, `set${accessor}`] as const;
  return {
    size,
    align: size,
    source: (at) => `view.${get}(${at}, true)`,
    read: (view, offset) => view[get](offset, true),
    write: (view, offset, value, path) => {
      if (typeof value !== "number") {
        throw new TypeError(`Cannot encode ${path}: expected a number, got ${typeof value}`);
      }
      if (!Number.isInteger(value) || value < min || value > max) {
        throw new RangeError(`Cannot encode ${path}: ${value} is not an integer ${min}..${max}`);
      }
      view[set](offset, value, true);
    },
  };
}

function wide(signed: boolean): Scalar {
  const get = signed ? "getBigInt64" : "getBigUint64";
  const [min, max] = signed ? [-(1n << 63n), (1n << 63n) - 1n] : [0n, (1n << 64n) - 1n];
  return {
    size: 8,
    align: 8,
    source: (at) => `view.${get}(${at}, true)`,
    read: (view, offset) => view[get](offset, true),
    write: (view, offset, value, path) => {
      if (typeof value !== "bigint") {
        throw new TypeError(`Cannot encode ${path}: expected a bigint, got ${typeof value}`);
      }
      if (value < min || value > max) {
        throw new RangeError(`Cannot encode ${path}: ${value} is not in ${min}..${max}`);
      }
      view.setBigInt64(offset, value, true);
    },
  };
}

/** The scalars by native type. */
export const SCALARS: { readonly [T in (typeof VALUE_TYPES)[ValueTypeName]]: Scalar } = {
  u8: small(1, "Uint8", [0, 0xff]),
  u16: small(2, "Uint16", [0, 0xffff]),
  i32: small(4, "Int32", [-0x8000_0000, 0x7fff_ffff]),
  u32: small(4, "Uint32", [0, 0xffff_ffff]),
  i64: wide(true),
  u64: wide(false),
  usize: wide(false),
};
