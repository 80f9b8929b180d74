/** Our tables as C: one static assertion a fact, each with a message that names what is wrong. */
import { struct } from "../../ffi/struct.ts";
import type { FieldSpecs, StructScope } from "../../ffi/struct_types.ts";
import type { NativeType } from "../../ffi/types.ts";
import type { NamedConstant } from "./c_names.ts";

/** Prototypes by DLL and name, as `ffi/functions.ts` has them. */
export type FunctionTables = {
  readonly [dll: string]: { readonly [name: string]: readonly string[] };
};

/**
 * Fields that the compiler's headers type otherwise than Microsoft's do; the size is the same.
 * winnt.h of the Windows SDK has a tolerance there, mingw (like the documentation) its interval.
 */
const HEADER_TYPES: { readonly [field: string]: string } = {
  "JOBOBJECT_LIMIT_VIOLATION_INFORMATION.RateControlToleranceLimit":
    "JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL",
};

const NATIVE_BYTES: { readonly [T in Exclude<NativeType, "void" | "buffer">]: number } = {
  u8: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  i64: 8,
  u64: 8,
  usize: 8,
};

/** Types that are not plain integers in C, or whose sign C leaves to the compiler. */
const SIGN_IS_OPEN: ReadonlySet<string> = new Set([
  "LARGE_INTEGER",
  "HANDLE",
  "HMODULE",
  "HLOCAL",
  "HKEY",
  "HDESK",
  "HWINSTA",
  "TOKEN_INFORMATION_CLASS",
  "OBJECT_INFORMATION_CLASS",
  "SE_OBJECT_TYPE",
  "FILE_INFO_BY_HANDLE_CLASS",
  "PROCESS_MITIGATION_POLICY",
  "JOBOBJECTINFOCLASS",
  "PROCESSINFOCLASS",
  "JOBOBJECT_RATE_CONTROL_TOLERANCE",
  "JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL",
  "JOB_OBJECT_NET_RATE_CONTROL_FLAGS",
  "JOB_OBJECT_IO_RATE_CONTROL_FLAGS",
]);

function claim(condition: string, message: string): string {
  return `_Static_assert(${condition}, "${message}");`;
}

/** Every field of a structure with its C type; members of anonymous parts count as its own. */
function fieldTypes(specs: FieldSpecs): [field: string, type: string][] {
  return Object.entries(specs).flatMap(([field, spec]): [string, string][] => {
    if (typeof spec === "string") return [[field, spec]];
    return fieldTypes("union" in spec ? spec.union : spec.struct);
  });
}

/** Asserts size and alignment of every structure, and offset, size and type of every field. */
export function structClaims(scope: StructScope): string {
  return Object.entries(scope).flatMap(([name, specs]) => {
    const { size, align, layout } = struct(scope, name);
    return [
      claim(`sizeof(${name}) == ${size}`, `${name}: size is not ${size}`),
      claim(`_Alignof(${name}) == ${align}`, `${name}: alignment is not ${align}`),
      ...layout.flatMap(({ path, offset, size }) => [
        claim(`offsetof(${name}, ${path}) == ${offset}`, `${name}.${path}: is not at ${offset}`),
        claim(
          `sizeof(((${name} *)0)->${path}) == ${size}`,
          `${name}.${path}: size is not ${size}`,
        ),
      ]),
      ...fieldTypes(specs).map(([field, own]) => {
        const type = HEADER_TYPES[`${name}.${field}`] ?? own;
        return claim(
          `SAME_TYPE(__typeof__(((${name} *)0)->${field}), __typeof__(${type}))`,
          `${name}.${field}: type is not ${type}`,
        );
      }),
    ];
  }).join("\n");
}

/** Asserts the value of every constant. */
export function constantClaims(constants: readonly NamedConstant[]): string {
  return constants.map(({ name, value }) =>
    claim(`(unsigned long long)(${name}) == ${value}ull`, `${name}: value is not ${value}`)
  ).join("\n");
}

/** Asserts the value of every status code; C has them as negative numbers. */
export function statusClaims(constants: readonly NamedConstant[]): string {
  return constants.map(({ name, value }) =>
    claim(`(unsigned int)(${name}) == ${value}u`, `${name}: value is not ${value}`)
  ).join("\n");
}

/** The C type of `"TYPE name"` or `"address TYPE name"`. */
function parameterType(parameter: string): string {
  const words = parameter.split(" ");
  return words[words.length - 2]!;
}

/** Asserts the type of every function: its result and every parameter. */
export function prototypeClaims(tables: FunctionTables): string {
  return Object.values(tables).flatMap((table) =>
    Object.entries(table).map(([key, [result, ...parameters]]) => {
      // A function that is bound in two ways has a second row, `name$way`.
      const name = key.split("$", 1)[0]!;
      const type = `${result} (${parameters.map(parameterType).join(", ") || "void"})`;
      return claim(`SAME_TYPE(__typeof__(${name}), ${type})`, `${key}: type is not ${type}`);
    })
  ).join("\n");
}

/** Asserts that every value type has the size and the sign of the native type we read it with. */
export function valueTypeClaims(types: { readonly [name: string]: NativeType }): string {
  return Object.entries(types).flatMap(([name, native]) => {
    if (native === "void" || native === "buffer") {
      throw new TypeError(`Cannot claim the size of ${name}: ${native} is no value`);
    }
    const size = NATIVE_BYTES[native];
    const claims = [claim(`sizeof(${name}) == ${size}`, `${name}: size is not ${size}`)];
    if (!SIGN_IS_OPEN.has(name)) {
      const sign = native.startsWith("i") ? "<" : ">";
      claims.push(claim(`(${name})-1 ${sign} (${name})0`, `${name}: is not ${native}`));
    }
    return claims;
  }).join("\n");
}

/** Asserts that every pointer type is a pointer of 8 bytes. */
export function pointerTypeClaims(types: readonly string[]): string {
  // 5 is the compiler's class of pointers.
  return types.map((name) =>
    claim(
      `sizeof(${name}) == 8 && __builtin_classify_type(*(__typeof__(${name}) *)0) == 5`,
      `${name}: is not a pointer`,
    )
  ).join("\n");
}
