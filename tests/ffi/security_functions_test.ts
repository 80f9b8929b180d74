import { assertEquals } from "@std/assert";
import { FUNCTIONS } from "../../ffi/functions.ts";
import { SECURITY_FUNCTIONS } from "../../ffi/security_functions.ts";

Deno.test("SECURITY_FUNCTIONS: each is a function of the same DLL", () => {
  const tables: { readonly [dll: string]: object } = FUNCTIONS;
  for (const [dll, table] of Object.entries(SECURITY_FUNCTIONS)) {
    for (const [name, prototype] of Object.entries(table)) {
      assertEquals(Reflect.get(tables[dll]!, name), prototype, `${dll}: ${name}`);
    }
  }
});

Deno.test("SECURITY_FUNCTIONS: nothing writes a rule of the whole machine", () => {
  const names = Object.values(SECURITY_FUNCTIONS).flatMap((table) => Object.keys(table));
  assertEquals(names.filter((name) => /^Fwpm|Logon.?User[AW]$|^Net|SetNamed/.test(name)), []);
});
