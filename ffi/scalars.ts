/**
 * How the numbers of a structure are read and written: checked, little endian.
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
   * Reads it.
   *
   * @param view Memory that holds it.
   * @param offset Where it begins, in bytes.
   * @returns A number up to 32 bits, a bigint for 64 bits.
   */
  read(view: DataView, offset: number): unknown;
  /**
   * Writes it.
   *
   * @param view Memory to write to.
   * @param offset Where it begins, in bytes.
   * @param value The number.
   * @param path What it is, for the error's message.
   * @throws {TypeError} If `value` is of the wrong type.
   * @throws {RangeError} If `value` does not fit.
   */
  write(view: DataView, offset: number, value: unknown, path: string): void;
}

function small(
  size: number,
  [min, max]: readonly [number, number],
  get: (view: DataView, offset: number) => number,
  set: (view: DataView, offset: number, value: number) => void,
): Scalar {
  return {
    size,
    align: size,
    read: get,
    write: (view, offset, value, path) => {
      if (typeof value !== "number") {
        throw new TypeError(`Cannot encode ${path}: expected a number, got ${typeof value}`);
      }
      if (!Number.isInteger(value) || value < min || value > max) {
        throw new RangeError(`Cannot encode ${path}: ${value} is not an integer ${min}..${max}`);
      }
      set(view, offset, value);
    },
  };
}

function wide(signed: boolean): Scalar {
  const [min, max] = signed ? [-(1n << 63n), (1n << 63n) - 1n] : [0n, (1n << 64n) - 1n];
  return {
    size: 8,
    align: 8,
    read: signed
      ? (view, offset) => view.getBigInt64(offset, true)
      : (view, offset) => view.getBigUint64(offset, true),
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

/** By native type. */
export const SCALARS: { readonly [T in (typeof VALUE_TYPES)[ValueTypeName]]: Scalar } = {
  u8: small(1, [0, 0xff], (v, o) => v.getUint8(o), (v, o, n) => v.setUint8(o, n)),
  u16: small(2, [0, 0xffff], (v, o) => v.getUint16(o, true), (v, o, n) => v.setUint16(o, n, true)),
  i32: small(
    4,
    [-0x8000_0000, 0x7fff_ffff],
    (v, o) => v.getInt32(o, true),
    (v, o, n) => v.setInt32(o, n, true),
  ),
  u32: small(
    4,
    [0, 0xffff_ffff],
    (v, o) => v.getUint32(o, true),
    (v, o, n) => v.setUint32(o, n, true),
  ),
  i64: wide(true),
  u64: wide(false),
  usize: wide(false),
};
