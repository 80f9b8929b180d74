import { assertEquals } from "@std/assert";
import * as mod from "../../ffi/mod.ts";
import * as constants from "../../ffi/constants.ts";

Deno.test("ffi/mod.ts: it exports every group of constants, and what reads and calls", () => {
  const names = Object.keys(mod);
  assertEquals(Object.keys(constants).filter((name) => !names.includes(name)), []);
  const wanted = ["STRUCTS", "FUNCTIONS", "struct", "kernel32", "check", "OwnedHandle"];
  assertEquals(wanted.filter((name) => !names.includes(name)), []);
});

Deno.test("ffi/mod.ts: it does not export the helpers that turn rows into types and definitions", () => {
  const machinery = [
    "proto",
    "isPointerType",
    "VALUE_TYPES",
    "POINTER_TYPES",
    "SCALARS",
    "dllPath",
  ];
  assertEquals(Object.keys(mod).filter((name) => machinery.includes(name)), []);
});

Deno.test("ffi/mod.ts: it exports no internal helper", () => {
  assertEquals(Object.keys(mod).filter((name) => /util|helper|internal/i.test(name)), []);
});
