/**
 * One table per C structure. Size, offsets, encoder and decoder all come from it, and the C
 * compiler checks them (`tests/abi/`).
 *
 * @module
 */
import type {
  FieldLayout,
  FieldSpecs,
  StructCodec,
  StructScope,
  StructValue,
} from "./struct_types.ts";
import { isPointerType, VALUE_TYPES, type ValueTypeName } from "./types.ts";

interface Field {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly member: UnionMember | undefined;
  read(view: DataView, offset: number): unknown;
  write(view: DataView, offset: number, value: unknown, path: string): void;
  readonly inner: readonly FieldLayout[];
}

/** What a field can be: a scalar, an array or a structure. */
interface FieldKind extends Scalar {
  readonly inner: readonly FieldLayout[];
}

/**
 * Compiles the table of one structure.
 *
 * @example
 * ```ts
 * import { struct } from "./struct.ts";
 *
 * const point = struct({ POINT: { x: "LONG", y: "LONG" } } as const, "POINT");
 * console.assert(point.size === 8);
 * console.assert(point.decode(point.encode({ x: -1, y: 2 })).x === -1);
 * ```
 *
 * @param scope The tables of this structure and of those that it holds.
 * @param name The structure's name in `scope`.
 * @returns Its codec.
 * @throws {TypeError} If `scope` has no such structure. A field of an unknown type throws on first
 * use of the codec.
 */
export function struct<const S extends StructScope, N extends keyof S & string>(
  scope: S,
  name: N,
): StructCodec<StructValue<S, N>> {
  if (!Object.hasOwn(scope, name)) throw unknownStruct(name);
  let compiled: FieldKind | undefined;
  // On first use: a run of the tool uses few of its structures.
  const kind = (): FieldKind => compiled ??= compile(scope, name).kind;
  return {
    name,
    get size() {
      return kind().size;
    },
    get align() {
      return kind().align;
    },
    get layout() {
      return kind().inner;
    },
    allocate: () => new DataView(new ArrayBuffer(kind().size)),
    decode: (view, offset = 0) => kind().read(view, offset) as StructValue<S, N>,
    encode: (value, view = new DataView(new ArrayBuffer(kind().size))) => {
      new Uint8Array(view.buffer, view.byteOffset, kind().size).fill(0);
      kind().write(view, 0, value, name);
      return view;
    },
  };
}

function unknownStruct(name: string): TypeError {
  return new TypeError(`Cannot lay out ${name}: no table has this name`);
}

function compile(scope: StructScope, name: string): { kind: FieldKind } {
  const specs = scope[name];
  if (specs === undefined) throw unknownStruct(name);
  const fields: Field[] = [];
  const { end, align } = place(scope, specs, { start: 0, fields });
  const size = roundUp(end, align);
  const byName = new Map(fields.map((field) => [field.name, field]));
  return {
    kind: {
      size,
      align,
      inner: fields.flatMap(flatten),
      read: (view, offset) => {
        const value: Record<string, unknown> = {};
        for (const field of fields) value[field.name] = field.read(view, offset + field.offset);
        return value;
      },
      write: (view, offset, value, path) => {
        if (typeof value !== "object" || value === null) {
          throw new TypeError(`Cannot encode ${path}: expected an object, got ${typeof value}`);
        }
        const taken = new Map<string, string>();
        for (const [key, part] of Object.entries(value)) {
          const field = byName.get(key);
          if (field === undefined) {
            throw new TypeError(`Cannot encode ${path}: it has no field "${key}"`);
          }
          if (part === undefined) continue;
          if (field.member !== undefined) {
            const { union, member } = field.member;
            const other = taken.get(union);
            if (other !== undefined && other !== member) {
              throw new TypeError(`Cannot encode ${path}: ${other} and ${key} share storage`);
            }
            taken.set(union, member);
          }
          field.write(view, offset + field.offset, part, `${path}.${key}`);
        }
      },
    },
  };
}

function flatten(field: Field): FieldLayout[] {
  const own = { path: field.name, offset: field.offset, size: field.size };
  return [
    own,
    ...field.inner.map((inner) => ({
      path: `${field.name}.${inner.path}`,
      offset: field.offset + inner.offset,
      size: inner.size,
    })),
  ];
}

/** The member of a union that a field belongs to. */
interface UnionMember {
  readonly union: string;
  readonly member: string;
}

interface Place {
  readonly start: number;
  /** The union that `specs` are the members of; absent for the fields of a structure. */
  readonly union?: string;
  /** The member that all of `specs` together are. */
  readonly member?: UnionMember | undefined;
  readonly fields: Field[];
}

/** Places the fields of a structure (one after the other) or of a union (all at the start). */
function place(
  scope: StructScope,
  specs: FieldSpecs,
  { start, union, member, fields }: Place,
): { end: number; align: number } {
  let next = start;
  let end = start;
  let align = 1;
  for (const [name, spec] of Object.entries(specs)) {
    const own = union === undefined ? member : { union, member: name };
    if (typeof spec === "string") {
      const kind = kindOf(scope, spec);
      const offset = roundUp(next, kind.align);
      fields.push({ name, offset, member: own, ...kind });
      align = Math.max(align, kind.align);
      end = Math.max(end, offset + kind.size);
    } else {
      const [inner, group] = "union" in spec
        ? [spec.union, { union: `${union ?? ""}/${name}` }]
        : [spec.struct, {}];
      const probe = place(scope, inner, { start: 0, ...group, fields: [] });
      const offset = roundUp(next, probe.align);
      const placed = place(scope, inner, { start: offset, ...group, member: own, fields });
      align = Math.max(align, probe.align);
      end = Math.max(end, roundUp(placed.end, probe.align));
    }
    if (union === undefined) next = end;
  }
  return { end, align };
}

function roundUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}

function kindOf(scope: StructScope, type: string): FieldKind {
  const array = /^(.+)\[(\d+)\]$/.exec(type);
  if (array !== null) return arrayKind(scope, array[1]!, Number(array[2]));
  if (isPointerType(type)) return { ...SCALARS.usize, inner: [] };
  if (Object.hasOwn(VALUE_TYPES, type)) {
    return { ...SCALARS[VALUE_TYPES[type as ValueTypeName]], inner: [] };
  }
  return compile(scope, type).kind;
}

function arrayKind(scope: StructScope, type: string, length: number): FieldKind {
  const element = kindOf(scope, type);
  const size = element.size * length;
  if (type === "WCHAR") {
    return {
      size,
      align: element.align,
      inner: [],
      read: (view, offset) => readText(view, offset, length),
      write: (view, offset, value, path) => {
        if (typeof value !== "string" || value.length >= length) {
          throw new RangeError(
            `Cannot encode ${path}: expected a string below ${length} UTF-16 units`,
          );
        }
        for (let i = 0; i < value.length; i++) {
          view.setUint16(offset + 2 * i, value.charCodeAt(i), true);
        }
      },
    };
  }
  return {
    size,
    align: element.align,
    inner: [],
    read: (view, offset) =>
      Array.from({ length }, (_, i) => element.read(view, offset + i * element.size)),
    write: (view, offset, value, path) => {
      if (!Array.isArray(value) || value.length > length) {
        throw new RangeError(`Cannot encode ${path}: expected an array of at most ${length}`);
      }
      value.forEach((part, i) =>
        element.write(view, offset + i * element.size, part, `${path}[${i}]`)
      );
    },
  };
}

function readText(view: DataView, offset: number, length: number): string {
  let text = "";
  for (let i = 0; i < length; i++) {
    const unit = view.getUint16(offset + 2 * i, true);
    if (unit === 0) break;
    text += String.fromCharCode(unit);
  }
  return text;
}

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

/** The scalars by native type. */
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
