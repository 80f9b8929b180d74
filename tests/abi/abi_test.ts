import { assert, assertEquals } from "@std/assert";
import * as constants from "../../ffi/constants.ts";
import { FUNCTIONS } from "../../ffi/functions.ts";
import { struct } from "../../ffi/struct.ts";
import type { FieldSpecs, StructScope } from "../../ffi/struct_types.ts";
import { type StructName, STRUCTS } from "../../ffi/structs.ts";
import { POINTER_TYPES, VALUE_TYPES } from "../../ffi/types.ts";
import { ExitError, NtStatus } from "../../process/exit/status_codes.ts";
import { type NamedConstant, namedConstants } from "./c_names.ts";
import {
  constantClaims,
  type FunctionTables,
  pointerTypeClaims,
  prototypeClaims,
  statusClaims,
  structClaims,
  valueTypeClaims,
} from "./c_source.ts";
import { compile } from "./compiler.ts";

const CONSTANTS = namedConstants(constants);

/** What the compiler objects to, without what follows from it. */
async function objections(claims: string): Promise<string[]> {
  const { errors } = await compile(claims);
  return errors.filter((line) => line !== "expression in static assertion is not an integer");
}

/** A table whose keys are the C names. */
function named(table: { readonly [name: string]: number }): NamedConstant[] {
  return Object.entries(table).map(([name, value]) => ({ name, value }));
}

/** The names that failed assertions begin with, up to the first colon or dot; sorted, each once. */
function culprits(errors: readonly string[]): string[] {
  const names = errors.map((line) => /static assertion failed: "([^:."]+)/.exec(line)?.[1] ?? line);
  return [...new Set(names)].sort();
}

/** Swaps the first two fields; a structure of one field gets a wider one. */
function swapped(specs: FieldSpecs): FieldSpecs {
  const [first, second, ...rest] = Object.entries(specs);
  if (second === undefined) return { [first![0]]: "WCHAR[100]" };
  return Object.fromEntries([second, first!, ...rest]);
}

Deno.test("STRUCTS: size, alignment and every field are those of the headers", async () => {
  assertEquals(await objections(structClaims(STRUCTS)), []);
});

Deno.test("STRUCTS: every structure is compared with the headers", () => {
  const claims = structClaims(STRUCTS);
  for (const [name, specs] of Object.entries(STRUCTS)) {
    assert(claims.includes(`sizeof(${name}) == `), `${name}: size is not claimed`);
    for (const field of Object.keys(specs)) {
      // Anonymous parts have no name in C; their members are claimed as the structure's own.
      if (typeof (specs as FieldSpecs)[field] !== "string") continue;
      assert(claims.includes(`offsetof(${name}, ${field}) == `), `${name}.${field}: not claimed`);
    }
  }
});

Deno.test("constants: every value is that of the headers", async () => {
  assertEquals(await objections(constantClaims(CONSTANTS)), []);
});

Deno.test("FUNCTIONS: every prototype is that of the headers", async () => {
  assertEquals(await objections(prototypeClaims(FUNCTIONS)), []);
});

Deno.test("VALUE_TYPES: every type has the size and sign of its native type", async () => {
  assertEquals(await objections(valueTypeClaims(VALUE_TYPES)), []);
});

Deno.test("POINTER_TYPES: every type is a pointer", async () => {
  assertEquals(await objections(pointerTypeClaims(POINTER_TYPES)), []);
});

Deno.test("structClaims: two swapped fields are refused, and named", async () => {
  const { LimitFlags, PerJobUserTimeLimit, ...rest } = STRUCTS.JOBOBJECT_BASIC_LIMIT_INFORMATION;
  const { PerProcessUserTimeLimit, ...others } = rest;
  const scope: StructScope = {
    JOBOBJECT_BASIC_LIMIT_INFORMATION: {
      PerProcessUserTimeLimit,
      LimitFlags,
      PerJobUserTimeLimit,
      ...others,
    },
  };
  const errors = await objections(structClaims(scope));
  assertEquals(errors, [
    'static assertion failed: "JOBOBJECT_BASIC_LIMIT_INFORMATION.LimitFlags: is not at 8"',
    'static assertion failed: "JOBOBJECT_BASIC_LIMIT_INFORMATION.PerJobUserTimeLimit: is not at 16"',
  ]);
});

Deno.test("structClaims: two swapped fields of one type are refused too", async () => {
  const { MinimumWorkingSetSize: least, ...rest } = STRUCTS.JOBOBJECT_BASIC_LIMIT_INFORMATION;
  const fields = Object.entries(rest).flatMap(([name, type]) =>
    name === "MaximumWorkingSetSize"
      ? [[name, type], ["MinimumWorkingSetSize", least]]
      : [[name, type]]
  );
  const scope = { JOBOBJECT_BASIC_LIMIT_INFORMATION: Object.fromEntries(fields) as FieldSpecs };
  assertEquals(culprits(await objections(structClaims(scope))), [
    "JOBOBJECT_BASIC_LIMIT_INFORMATION",
  ]);
});

Deno.test("structClaims: every structure is refused when its first two fields are swapped", async () => {
  // One scope a structure, so that none is refused for the sake of another one inside it.
  const claims = Object.keys(STRUCTS).map((name) => {
    const scope: StructScope = STRUCTS;
    const wrong = structClaims({ ...scope, [name]: swapped(scope[name]!) });
    return wrong.split("\n").filter((line) => new RegExp(`"${name}[.:]`).test(line)).join("\n");
  }).join("\n");
  assertEquals(culprits(await objections(claims)), Object.keys(STRUCTS).sort());
});

Deno.test("structClaims: every field is refused when it is 8 bytes further on", async () => {
  const claims = Object.entries(STRUCTS).map(([name, specs]) => {
    const moved = { ...STRUCTS, [name]: { first: "DWORD64", ...specs } };
    return structClaims(moved).split("\n").filter((line) => line.includes(`offsetof(${name}, `));
  });
  const errors = await objections(claims.flat().join("\n"));
  const refused = errors.flatMap((line) => /"([^:]+): is not at/.exec(line)?.[1] ?? []);
  const fields = Object.keys(STRUCTS).flatMap((name) =>
    struct(STRUCTS, name as StructName).layout.map(({ path }) => `${name}.${path}`)
  );
  assertEquals(refused.sort(), fields.sort());
});

Deno.test("structClaims: a field of the right size but another type is refused, and named", async () => {
  const { EndOfJobTimeAction: _, ...rest } = STRUCTS.JOBOBJECT_END_OF_JOB_TIME_INFORMATION;
  const scope = {
    JOBOBJECT_END_OF_JOB_TIME_INFORMATION: { EndOfJobTimeAction: "LONG", ...rest },
  };
  assertEquals(await objections(structClaims(scope)), [
    'static assertion failed: "JOBOBJECT_END_OF_JOB_TIME_INFORMATION.EndOfJobTimeAction: type is not LONG"',
  ]);
});

Deno.test("constantClaims: a wrong value is refused, and named", async () => {
  const value = constants.JOB_OBJECT_LIMIT.KILL_ON_JOB_CLOSE << 1;
  const claims = constantClaims([{ name: "JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE", value }]);
  assertEquals(await objections(claims), [
    'static assertion failed: "JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE: value is not 16384"',
  ]);
});

Deno.test("constantClaims: every constant is refused when it is larger by 1", async () => {
  const wrong = CONSTANTS.map(({ name, value }) => ({ name, value: value + 1 }));
  assertEquals(
    culprits(await objections(constantClaims(wrong))),
    CONSTANTS.map(({ name }) => name).sort(),
  );
});

Deno.test("constantClaims: a name that no header has is refused", async () => {
  const errors = await objections(constantClaims([{ name: "JOB_OBJECT_NO_SUCH", value: 1 }]));
  assert(errors[0]?.startsWith("'JOB_OBJECT_NO_SUCH' undeclared"), String(errors));
});

Deno.test("NtStatus: every value is that of ntstatus.h", async () => {
  const { errors } = await compile(statusClaims(named(NtStatus)), { status: true });
  assertEquals(errors, []);
});

Deno.test("NtStatus: every value is refused when it is larger by 1", async () => {
  const wrong = named(NtStatus).map(({ name, value }) => ({ name, value: value + 1 }));
  const { errors } = await compile(statusClaims(wrong), { status: true });
  assertEquals(culprits(errors), Object.keys(NtStatus).sort());
});

Deno.test("ExitError: every value is that of the headers", async () => {
  assertEquals(await objections(statusClaims(named(ExitError))), []);
});

Deno.test("namedConstants: no C name stands for two values", () => {
  const names = CONSTANTS.map(({ name }) => name);
  assertEquals(names.filter((name, i) => names.indexOf(name) !== i), []);
});

Deno.test("prototypeClaims: one changed parameter is refused, and names the function", async () => {
  const [result, job, ...rest] = FUNCTIONS.kernel32.TerminateJobObject;
  assertEquals(rest, ["UINT uExitCode"]);
  const wrong = { kernel32: { TerminateJobObject: [result, job, "ULONG uExitCode"] } };
  assertEquals(await objections(prototypeClaims(wrong)), [
    'static assertion failed: "TerminateJobObject: type is not BOOL (HANDLE, ULONG)"',
  ]);
});

Deno.test("prototypeClaims: a const that the header lacks is refused", async () => {
  const wrong = {
    kernel32: {
      ReadFile: FUNCTIONS.kernel32.ReadFile.map((part) => part.replace("LPVOID", "LPCVOID")),
    },
  };
  assertEquals(culprits(await objections(prototypeClaims(wrong))), ["ReadFile"]);
});

Deno.test("prototypeClaims: every function is refused when its result has another type", async () => {
  const tables: FunctionTables = FUNCTIONS;
  const wrong = Object.fromEntries(
    Object.entries(tables).map(([dll, table]) => [
      dll,
      Object.fromEntries(
        Object.entries(table).map(([name, [, ...parameters]]) => [name, ["double", ...parameters]]),
      ),
    ]),
  );
  const names = Object.values(tables).flatMap((table) => Object.keys(table));
  assertEquals(culprits(await objections(prototypeClaims(wrong))), names.sort());
});

Deno.test("valueTypeClaims: a wrong size and a wrong sign are refused, and named", async () => {
  assertEquals(await objections(valueTypeClaims({ DWORD: "u64", LONG: "u32" })), [
    'static assertion failed: "DWORD: size is not 8"',
    'static assertion failed: "LONG: is not u32"',
  ]);
});

Deno.test("pointerTypeClaims: a non-pointer type is refused, and named", async () => {
  assertEquals(await objections(pointerTypeClaims(["SIZE_T"])), [
    'static assertion failed: "SIZE_T: is not a pointer"',
  ]);
});

Deno.test("missing.h: it declares only what the compiler's headers lack", async () => {
  const header = await Deno.readTextFile(new URL("missing.h", import.meta.url));
  const names = [
    ...header.matchAll(/^#define ((?:Job|JOB|ERROR)\w+)/gm),
    ...header.matchAll(/^} (\w+);/gm),
    ...header.matchAll(/^\w+ WINAPI (\w+)\(/gm),
  ].map(([, name]) => name!).filter((name) => !name.startsWith("WHOLE_"));
  const claims = names.map((name) => `__typeof__(${name}) *probe_${name};`).join("\n");
  const { errors } = await compile(claims, { missing: false });
  const absent = errors.map((line) => /^'(\w+)' undeclared/.exec(line)?.[1]);
  // The one structure that the headers have in part.
  const partial = "JOBOBJECT_CPU_RATE_CONTROL_INFORMATION";
  assertEquals(names.filter((name) => !absent.includes(name)), [partial]);
});
