import { assert, assertEquals, assertMatch } from "@std/assert";
import { ExitError, NtStatus } from "../../../process/exit/status_codes.ts";

Deno.test("NtStatus: every value is unsigned, distinct and named as in ntstatus.h", () => {
  const entries = Object.entries(NtStatus);
  for (const [name, code] of entries) {
    assertMatch(name, /^STATUS_[A-Z_]+$/);
    // severity informational, warning or error: none is mistaken for a program's own small code
    assert(code >>> 0 === code && code >= 0x40000000, name);
  }
  assertEquals(new Set(entries.map(([, code]) => code)).size, entries.length);
});

Deno.test("ExitError: no value is also an NTSTATUS of the table", () => {
  const statuses = new Set<number>(Object.values(NtStatus));
  for (const [name, code] of Object.entries(ExitError)) assert(!statuses.has(code), name);
});
