import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { currentEnvironment } from "../../../../process/start/environment.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("currentEnvironment: has every variable that Deno.env has, and those that Deno.env hides", () => {
  const values = { JobboxEmpty: "", "Jobbox ä日😀": "a=b;c" };
  for (const [name, value] of Object.entries(values)) Deno.env.set(name, value);
  try {
    const found = currentEnvironment();
    const upper = new Map(found.map(([name, value]) => [name.toUpperCase(), value]));
    for (const [name, value] of Object.entries(Deno.env.toObject())) {
      assertEquals(upper.get(name.toUpperCase()), value, name);
    }
    assertEquals(found.find(([name]) => name === "Jobbox ä日😀")?.[1], "a=b;c");
    assert(found.every(([name]) => name !== "" && !name.includes("=", 1)));
  } finally {
    for (const name of Object.keys(values)) Deno.env.delete(name);
  }
});

Deno.test("currentEnvironment: gives the block back to the system, once", () => {
  let open = 0;
  using _got = substituteKernel("GetEnvironmentStringsW", (real) => () => {
    open++;
    return real();
  });
  using _freed = substituteKernel("FreeEnvironmentStringsW", (real) => (block) => {
    open--;
    return real(block);
  });
  currentEnvironment();
  assertEquals(open, 0);
  using _failing = substituteKernel("GetEnvironmentStringsW", () => () => {
    kernel32.SetLastError(ERROR.NOT_ENOUGH_MEMORY);
    return 0n;
  });
  const error = assertThrows(() => currentEnvironment(), Win32Error);
  assertEquals(error.code, ERROR.NOT_ENOUGH_MEMORY);
});
