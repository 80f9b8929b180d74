import { MISSING_FUNCTIONS } from "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { LMEM } from "../../../ffi/constants.ts";
import { BLOCKING_FUNCTIONS, FUNCTIONS } from "../../../ffi/functions.ts";
import { advapi32, kernel32, ntdll, preload, user32 } from "../../../ffi/library.ts";
import { UnsupportedPlatformError } from "../../../ffi/unsupported_platform.ts";

Deno.test("kernel32: a function is bound once and then kept", () => {
  assertEquals(kernel32.GetCurrentProcessId, kernel32.GetCurrentProcessId);
  const descriptor = Object.getOwnPropertyDescriptor(kernel32, "GetCurrentProcessId");
  assertEquals(typeof descriptor?.value, "function");
});

Deno.test("kernel32: its functions are the system's", () => {
  assertEquals(kernel32.GetCurrentProcessId(), Deno.pid);
});

Deno.test("kernel32: a second row copies the other way", () => {
  const address = kernel32.LocalAlloc(0x40, 16n);
  assert(address !== 0n);
  try {
    const [there, back] = [Uint8Array.of(1, 2, 3, 4), new Uint8Array(4)];
    kernel32.RtlMoveMemory$write(address, there, 4n);
    kernel32.RtlMoveMemory(back, address, 4n);
    assertEquals(back, there);
  } finally {
    assertEquals(kernel32.LocalFree(address), 0n);
  }
});

Deno.test("kernel32: a function that may block does not hold the program up", async () => {
  const port = kernel32.CreateIoCompletionPort(0xffff_ffff_ffff_ffffn, 0n, 0n, 1);
  assert(port !== 0n);
  try {
    const [entries, count] = [new Uint8Array(32), new Uint32Array(1)];
    const memory = kernel32.LocalAlloc(LMEM.FIXED, 40n);
    const pending = kernel32.GetQueuedCompletionStatusEx$memoryAsync(
      port,
      memory + 8n,
      1,
      memory,
      30_000,
      0,
    );
    // Only a program that goes on while the call waits gets here.
    assertEquals(kernel32.PostQueuedCompletionStatus(port, 77, 5n, 0n), 1);
    assertEquals(await pending, 1);
    kernel32.RtlMoveMemory(count, memory, 4n);
    kernel32.RtlMoveMemory(entries, memory + 8n, 32n);
    kernel32.LocalFree(memory);
    assertEquals(count[0], 1);
    assertEquals(new DataView(entries.buffer).getBigUint64(0, true), 5n);
  } finally {
    kernel32.CloseHandle(port);
  }
});

Deno.test("preload: it binds all of kernel32 but what this system lacks", () => {
  // Wine has no I/O rate functions; nothing else may be missing anywhere.
  const known = [
    "SetIoRateControlInformationJobObject",
    "QueryIoRateControlInformationJobObject",
    "FreeMemoryJobObject",
  ];
  const missing = preload();
  assertEquals(missing.filter((name) => !known.includes(name)), []);
  const names = [...Object.keys(FUNCTIONS.kernel32), ...BLOCKING_FUNCTIONS.map((n) => `${n}Async`)];
  for (const name of names) {
    const { value } = Object.getOwnPropertyDescriptor(kernel32, name)!;
    assertEquals(typeof value, missing.includes(name) ? "undefined" : "function", name);
  }
});

Deno.test("preload: what is missing is refused by name when it is called", () => {
  for (const name of preload() as (keyof typeof kernel32)[]) {
    assertThrows(() => kernel32[name], UnsupportedPlatformError, `Cannot call ${name}: `);
  }
});

Deno.test("ntdll, user32, advapi32: no function is missing", () => {
  const names = [ntdll, user32, advapi32].flatMap((library) => Object.keys(library));
  assert(names.length > 0);
  assertEquals(names.filter((name) => MISSING_FUNCTIONS.includes(name)), []);
});
