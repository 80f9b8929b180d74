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
import { type Scalar, SCALARS } from "./scalars.ts";
import { isPointerType, VALUE_TYPES, type ValueTypeName } from "./types.ts";

interface Field {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly member: UnionMember | undefined;
  read(view: DataView, offset: number): unknown;
  source(at: string): string;
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
  const allocate = (): DataView<ArrayBuffer> => new DataView(new ArrayBuffer(kind().size));
  let reads = 0;
  let read: FieldKind["read"] = (view, offset) => kind().read(view, offset);
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
    allocate,
    decode: (view, offset = 0) => {
      if (reads < HOT && ++reads === HOT) read = straightReader(kind()) ?? read;
      return read(view, offset) as StructValue<S, N>;
    },
    encode: (value, given) => {
      const view = given ?? allocate();
      if (given !== undefined) clear(given, kind().size);
      kind().write(view, 0, value, name);
      return view;
    },
  };
}

function unknownStruct(name: string): TypeError {
  return new TypeError(`Cannot lay out ${name}: no table has this name`);
}

/*
 * A table is decoded by one function a field. Tables that are decoded often are compiled: to one
 * function whose body is what a programmer would write, with every offset in its place. Compiling
 * takes longer than a few decodings, so it is done after some of them.
 */

/** The number of decodings after which a table is compiled. */
const HOT = 64;

/** Compiles a table; `undefined` if this program may not make code from text (a flag of V8's). */
function straightReader({ source }: FieldKind): FieldKind["read"] | undefined {
  try {
    const body = `return ${source("offset")};`;
    const compiled = new Function("readText", "view", "offset", body);
    return compiled.bind(undefined, readText);
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}

/** Zeroes memory. Creating a typed array for it would take longer. */
function clear(view: DataView, size: number): void {
  let at = 0;
  for (; at + 8 <= size; at += 8) view.setBigUint64(at, 0n);
  for (; at < size; at++) view.setUint8(at, 0);
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
      source: (at) => {
        const parts = fields.map(({ name, offset, source }) =>
          `${JSON.stringify(name)}: ${source(`${at} + ${offset}`)}`
        );
        return `{ ${parts.join(", ")} }`;
      },
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
      source: (at) => `readText(view, ${at}, ${length})`,
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
    source: (at) => {
      // Arrays within arrays are arrays of structures, so each needs an index of its own.
      const index = `i${at.length}`;
      const one = element.source(`${at} + ${index} * ${element.size}`);
      return `Array.from({ length: ${length} }, (_, ${index}) => (${one}))`;
    },
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
