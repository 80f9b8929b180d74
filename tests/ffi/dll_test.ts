import { assertEquals, assertMatch } from "@std/assert";
import { dllPath, SYSTEM_DIRECTORY } from "../../ffi/dll.ts";
import { FUNCTIONS } from "../../ffi/functions.ts";

Deno.test("dllPath: every DLL is opened by an absolute path in the system's folder", () => {
  for (const [dll, table] of Object.entries(FUNCTIONS)) {
    for (const symbol of Object.keys(table)) {
      assertMatch(dllPath(dll, symbol), /^C:\\Windows\\System32\\[a-z0-9_]+\.dll$/);
    }
  }
});

Deno.test("dllPath: the path is the one that the permission names", () => {
  assertEquals(dllPath("kernel32", "CloseHandle"), "C:\\Windows\\System32\\kernel32.dll");
});

Deno.test("SYSTEM_DIRECTORY: it ends with a separator", () => {
  assertEquals(SYSTEM_DIRECTORY.endsWith("\\"), true);
});
