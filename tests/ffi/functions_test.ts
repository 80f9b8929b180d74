import { assert, assertEquals } from "@std/assert";
import { BLOCKING_FUNCTIONS, FUNCTIONS } from "../../ffi/functions.ts";
import { proto, type Prototype } from "../../ffi/types.ts";

const TABLES: { readonly [dll: string]: { readonly [name: string]: Prototype } } = FUNCTIONS;
const ROWS = Object.values(TABLES).flatMap((table) => Object.entries(table));

Deno.test("FUNCTIONS: every prototype is bindable", () => {
  for (const [name, prototype] of ROWS) {
    const { parameters } = proto(prototype) as { parameters: readonly string[] };
    assertEquals(parameters.length, prototype.length - 1, name);
  }
});

Deno.test("FUNCTIONS: no prototype makes a pointer object, which scoped permissions refuse", () => {
  for (const [name, prototype] of ROWS) {
    const { result, parameters } = proto(prototype) as {
      result: string;
      parameters: readonly string[];
    };
    assertEquals([result, ...parameters].filter((type) => type === "pointer"), [], name);
  }
});

Deno.test("FUNCTIONS: every parameter has a type and a name", () => {
  for (const [name, [, ...parameters]] of ROWS) {
    for (const parameter of parameters) {
      assert(/^(address )?[A-Za-z_]\w*\** [A-Za-z]\w*$/.test(parameter), `${name}: ${parameter}`);
    }
  }
});

Deno.test("FUNCTIONS: two rows of one function differ only in which parameters are addresses", () => {
  const plain = (prototype: Prototype): string[] =>
    prototype.map((part) => part.replace("address ", ""));
  const seconds = ROWS.filter(([name]) => name.includes("$"));
  assert(seconds.length > 0);
  for (const [key, prototype] of seconds) {
    const first = TABLES.kernel32![key.split("$", 1)[0]!];
    assert(first !== undefined, `${key} has no first row`);
    assertEquals(plain(prototype), plain(first), key);
  }
});

Deno.test("FUNCTIONS: no name is in two DLLs", () => {
  const names = ROWS.map(([name]) => name);
  assertEquals(new Set(names).size, names.length);
});

Deno.test("BLOCKING_FUNCTIONS: each is a function of a DLL", () => {
  const names = ROWS.map(([name]) => name);
  assertEquals(BLOCKING_FUNCTIONS.filter((name) => !names.includes(name)), []);
});
