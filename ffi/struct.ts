/**
 * One table a C structure: size, offsets, encoder and decoder come from the same few lines, and the
 * C compiler checks them (`tests/abi/`).
 *
 * @module
 */
import { type Scalar, SCALARS } from "./scalars.ts";
import type { FieldSpecs, StructInput, StructScope, StructValue } from "./struct_types.ts";
import { isPointerType, VALUE_TYPES, type ValueTypeName } from "./types.ts";

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
  /** Makes zeroed memory for one structure, to be kept and reused by a call site. */
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
   * @throws {TypeError} If a field is not of the structure, is of the wrong type, or shares its
   * storage with another one that is given too.
   */
  encode(value: StructInput<V>, view?: DataView<ArrayBuffer>): DataView<ArrayBuffer>;
}

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
 * @throws {TypeError} If a type is not known.
 */
export function struct<const S extends StructScope, N extends keyof S & string>(
  scope: S,
  name: N,
): StructCodec<StructValue<S, N>> {
  const compiled = compile(scope, name);
  return {
    name,
    size: compiled.kind.size,
    align: compiled.kind.align,
    layout: compiled.kind.inner,
    allocate: () => new DataView(new ArrayBuffer(compiled.kind.size)),
    decode: (view, offset = 0) => compiled.kind.read(view, offset) as StructValue<S, N>,
    encode: (value, view = new DataView(new ArrayBuffer(compiled.kind.size))) => {
      new Uint8Array(view.buffer, view.byteOffset, compiled.kind.size).fill(0);
      compiled.kind.write(view, 0, value, name);
      return view;
    },
  };
}

function compile(scope: StructScope, name: string): { kind: FieldKind } {
  const specs = scope[name];
  if (specs === undefined) throw new TypeError(`Cannot lay out ${name}: no table has this name`);
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

/** Which member of which union a field belongs to. */
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
