import { assert, assertEquals } from "@std/assert";
import { struct } from "../../ffi/struct.ts";
import type { FieldSpecs, StructScope } from "../../ffi/struct_types.ts";
import { type StructName, STRUCTS } from "../../ffi/structs.ts";
import { isPointerType, VALUE_TYPES, type ValueTypeName } from "../../ffi/types.ts";

const SCOPE: StructScope = STRUCTS;

/** Makes values that differ in every byte pattern, and keeps what each plain field got. */
class Filler {
  #next = 0x21;
  readonly plain = new Map<string, number | bigint>();

  fields(specs: FieldSpecs, path: string): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(specs).flatMap(([name, spec]): [string, unknown][] => {
        if (typeof spec === "string") return [[name, this.value(spec, path + name)]];
        if ("struct" in spec) return Object.entries(this.fields(spec.struct, path));
        // One member of a union.
        const [member] = Object.entries(spec.union);
        return Object.entries(this.fields(Object.fromEntries([member!]), path));
      }),
    );
  }

  value(type: string, path: string): unknown {
    const array = /^(.+)\[(\d+)\]$/.exec(type);
    if (array !== null) {
      if (array[1] === "WCHAR") return `${this.#next++} text`;
      return Array.from({ length: Number(array[2]) }, () => this.value(array[1]!, `${path}[]`));
    }
    if (!isPointerType(type) && !Object.hasOwn(VALUE_TYPES, type)) {
      return this.fields(SCOPE[type]!, `${path}.`);
    }
    const native = isPointerType(type) ? "usize" : VALUE_TYPES[type as ValueTypeName];
    const byte = this.#next++;
    const value = native.endsWith("64") || native === "usize"
      ? BigInt(byte) << 48n | BigInt(byte + 1)
      : native.endsWith("32")
      ? byte << 16 | byte + 1
      : byte;
    // The layout has no paths into arrays; the round trip covers those.
    if (!path.includes("[]")) this.plain.set(path, value);
    return value;
  }
}

for (const name of Object.keys(STRUCTS) as StructName[]) {
  Deno.test(`STRUCTS.${name}: every field has its own place`, () => {
    const codec = struct(STRUCTS, name);
    const filler = new Filler();
    const value = filler.fields(SCOPE[name]!, "");
    const view = codec.encode(value as Parameters<typeof codec.encode>[0]);
    for (const [path, expected] of filler.plain) {
      const { offset, size } = codec.layout.find((field) => field.path === path)!;
      let read = 0n;
      for (let i = size - 1; i >= 0; i--) read = read << 8n | BigInt(view.getUint8(offset + i));
      assertEquals(read, BigInt(expected), `${name}.${path}`);
    }
    const decoded = codec.decode(view) as unknown as Record<string, unknown>;
    for (const [key, part] of Object.entries(value)) assertEquals(decoded[key], part, key);
    assert(filler.plain.size > 0);
  });
}

Deno.test("STRUCTS: the sizes that Windows demands to the byte", () => {
  const sizes = {
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION: 48,
    JOBOBJECT_BASIC_LIMIT_INFORMATION: 64,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION: 144,
    JOBOBJECT_BASIC_PROCESS_ID_LIST: 16,
    JOBOBJECT_BASIC_UI_RESTRICTIONS: 4,
    JOBOBJECT_END_OF_JOB_TIME_INFORMATION: 4,
    JOBOBJECT_ASSOCIATE_COMPLETION_PORT: 16,
    JOBOBJECT_BASIC_AND_IO_ACCOUNTING_INFORMATION: 96,
    JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION: 48,
    JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION_2: 72,
    JOBOBJECT_LIMIT_VIOLATION_INFORMATION: 80,
    JOBOBJECT_LIMIT_VIOLATION_INFORMATION_2: 104,
    GROUP_AFFINITY: 16,
    JOBOBJECT_CPU_RATE_CONTROL_INFORMATION: 8,
    JOBOBJECT_NET_RATE_CONTROL_INFORMATION: 16,
    JOBOBJECT_IO_RATE_CONTROL_INFORMATION: 40,
    JOBOBJECT_IO_ATTRIBUTION_INFORMATION: 72,
    JOBOBJECT_FREEZE_INFORMATION: 16,
    JOBOBJECT_MEMORY_USAGE_INFORMATION: 16,
    STARTUPINFOW: 104,
    STARTUPINFOEXW: 112,
    PROCESS_INFORMATION: 24,
    SECURITY_ATTRIBUTES: 24,
    OVERLAPPED: 32,
    OVERLAPPED_ENTRY: 32,
  };
  for (const [name, size] of Object.entries(sizes)) {
    assertEquals(struct(STRUCTS, name as keyof typeof sizes).size, size, name);
  }
});

Deno.test("STRUCTS: no table holds a structure that has no table", () => {
  for (const name of Object.keys(STRUCTS) as StructName[]) struct(STRUCTS, name);
});
