import { assertEquals, assertThrows } from "@std/assert";
import { isPointerType, POINTER_TYPES, proto, VALUE_TYPES } from "../../ffi/types.ts";

Deno.test("proto: values are numbers, handles are addresses, pointers are memory", () => {
  const definition = proto(["BOOL", "HANDLE hJob", "UINT uExitCode", "LPDWORD lpReturnLength"]);
  assertEquals(definition, { result: "i32", parameters: ["usize", "u32", "buffer"] });
});

Deno.test("proto: the definition's own type is exact", () => {
  const definition = proto(["HANDLE", "LPCWSTR lpName", "address LPVOID memory"]);
  const result: "usize" = definition.result;
  const [name, memory]: readonly ["buffer", "usize"] = definition.parameters;
  assertEquals([result, name, memory], ["usize", "buffer", "usize"]);
});

Deno.test("proto: an address is a number and never memory", () => {
  assertEquals(proto(["void", "address LPVOID Buffer"]).parameters, ["usize"]);
});

Deno.test("proto: a pointer result is an address", () => {
  assertEquals(proto(["LPWCH"]).result, "usize");
});

Deno.test("proto: no parameters are an empty list", () => {
  assertEquals(proto(["DWORD"]), { result: "u32", parameters: [] });
});

Deno.test("proto: an unknown result type is refused by name", () => {
  assertThrows(() => proto(["FLOAT"]), TypeError, "unknown result type FLOAT");
});

Deno.test("proto: an unknown parameter type is refused with the parameter", () => {
  assertThrows(() => proto(["BOOL", "FLOAT x"]), TypeError, '"FLOAT x"');
});

Deno.test("proto: an address of a non-pointer type is refused", () => {
  assertThrows(() => proto(["BOOL", "address DWORD x"]), TypeError, '"address DWORD x"');
});

Deno.test("proto: no type is named like a property of Object.prototype", () => {
  for (const name of ["toString", "constructor", "__proto__"]) {
    assertThrows(() => proto([name]), TypeError, name);
  }
});

Deno.test("isPointerType: it knows the pointer types and nothing else", () => {
  assertEquals(POINTER_TYPES.filter((name) => !isPointerType(name)), []);
  assertEquals(Object.keys(VALUE_TYPES).filter(isPointerType), []);
});

Deno.test("VALUE_TYPES: a 64-bit type is never a JavaScript number", () => {
  const wide = ["LARGE_INTEGER", "DWORD64", "ULONG64", "ULONGLONG", "LONG64", "HANDLE", "SIZE_T"];
  for (
    const name of [...wide, "ULONG_PTR", "DWORD_PTR", "HLOCAL"] as (keyof typeof VALUE_TYPES)[]
  ) {
    assertEquals(["i64", "u64", "usize"].includes(VALUE_TYPES[name]), true, name);
  }
});
