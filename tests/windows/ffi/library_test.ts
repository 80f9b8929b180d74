import { MISSING_FUNCTIONS } from "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { LMEM } from "../../../ffi/constants.ts";
import { BLOCKING_FUNCTIONS, FUNCTIONS } from "../../../ffi/functions.ts";
import { advapi32, kernel32, ntdll, preload, user32 } from "../../../ffi/library.ts";
import { UnsupportedPlatformError } from "../../../ffi/unsupported_platform.ts";
import { runDeno } from "../../helpers/deno_process.ts";
import { SAME_KERNEL } from "../../helpers/job_trials.ts";

Deno.test("kernel32: a function is bound once and then kept", () => {
  assertEquals(kernel32.GetCurrentProcessId, kernel32.GetCurrentProcessId);
  const descriptor = Object.getOwnPropertyDescriptor(kernel32, "GetCurrentProcessId");
  assertEquals(typeof descriptor?.value, "function");
});

Deno.test("kernel32: its functions are the system's", () => {
  assertEquals(kernel32.GetCurrentProcessId(), Deno.pid);
});

Deno.test("kernel32: the second row of a function passes its memory the other way", () => {
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

Deno.test("kernel32: a function that may block does not block the program", async () => {
  const port = kernel32.CreateIoCompletionPort(0xffff_ffff_ffff_ffffn, 0n, 0n, 1);
  assert(port !== 0n);
  try {
    const [entries, count] = [new Uint8Array(32), new Uint32Array(1)];
    const memory = kernel32.LocalAlloc(LMEM.FIXED, 40n);
    const pending = kernel32.GetQueuedCompletionStatusExAsync(
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

Deno.test("preload: a missing function is refused by name when it is called", () => {
  for (const name of preload() as (keyof typeof kernel32)[]) {
    assertThrows(() => kernel32[name], UnsupportedPlatformError, `Cannot call ${name}: `);
  }
});

Deno.test("ntdll, user32, advapi32: no function is missing", () => {
  const names = [ntdll, user32, advapi32].flatMap((library) => Object.keys(library));
  assert(names.length > 0);
  assertEquals(names.filter((name) => MISSING_FUNCTIONS.includes(name)), []);
});

/** What a call says where `ffi/dll.ts` is another one. */
async function messageWith(dll: string): Promise<string> {
  const map = await Deno.makeTempFile({ suffix: ".json" });
  const code = `export const WINDOWS_DIRECTORY = "C:\\\\Windows"; ${dll}`;
  const imports = {
    // Not what the host's own import map puts in its place.
    [new URL("../../../ffi/dll.ts", import.meta.url).href]: `data:text/javascript,${
      encodeURIComponent(code)
    }`,
  };
  await Deno.writeTextFile(map, JSON.stringify({ imports }));
  const library = import.meta.resolve("../../../ffi/library.ts");
  const { stdout, stderr } = await runDeno([
    "eval",
    "--no-check",
    "--no-config",
    `--import-map=${map}`,
    `import { kernel32, user32 } from ${JSON.stringify(library)};
    try { (kernel32.GetLastError, user32.UserHandleGrantAccess); } catch (error) {
      console.log(error.name + ": " + error.message);
    }`,
  ]);
  await Deno.remove(map);
  assertEquals(stderr, "");
  return stdout.trim();
}

Deno.test("kernel32: where Windows is in another folder, the error says so", async () => {
  const message = await messageWith(
    "export const dllPath = (dll) => `Q:\\\\Windows\\\\System32\\\\${dll}.dll`;",
  );
  assertStringIncludes(
    message,
    "UnsupportedPlatformError: Cannot call GetLastError: Q:\\Windows\\",
  );
  assertStringIncludes(message, "Windows is not in C:\\Windows here");
});

Deno.test("user32: a DLL that this system does not have is named", async () => {
  const message = await messageWith(
    "export const dllPath = (dll) => `C:\\\\Windows\\\\System32\\\\${dll.replace('user', 'no')}.dll`;",
  );
  assertEquals(
    message,
    "UnsupportedPlatformError: Cannot call UserHandleGrantAccess: this system has no " +
      "C:\\Windows\\System32\\no32.dll",
  );
});

/** Binds in a separate program: this one has bound everything at its first import. */
async function printed(code: string): Promise<string> {
  const library = import.meta.resolve("../../../ffi/library.ts");
  const { stdout, stderr } = await runDeno([
    ...["eval", "--no-check", ...SAME_KERNEL],
    `import { kernel32, preload } from ${JSON.stringify(library)};\n${code}`,
  ]);
  assertEquals(stderr, "");
  return stdout.trim();
}

Deno.test("kernel32: a function returns the same at its first call and when called often", async () => {
  const out = await printed(`
    const found = { pid: new Set(), size: new Set(), handle: new Set(), failed: new Set() };
    const { GetCurrentProcessId } = kernel32;
    for (let i = 0; i < 100; i++) {
      found.pid.add(kernel32.GetCurrentProcessId()).add(GetCurrentProcessId());
      found.handle.add(kernel32.GetCurrentProcess());
      found.size.add(kernel32.GetFileAttributesW(new Uint16Array([46, 0])));
      kernel32.SetLastError(i);
      found.failed.add(kernel32.CloseHandle(0x7ffffff0n) + " " + kernel32.GetLastError());
    }
    console.log(JSON.stringify(Object.values(found).map((set) => [...set].map(String))));
  `);
  const [pid, ...others] = JSON.parse(out);
  assertEquals(pid.length, 1);
  assertEquals(others, [["16"], ["18446744073709551615"], ["0 6"]]);
});

Deno.test("kernel32: binding a function does not change the last error", async () => {
  const out = await printed(`
    const errors = new Set();
    for (let i = 0; i < 100; i++) {
      kernel32.SetLastError(77);
      kernel32.GetCurrentProcessId();
      errors.add(kernel32.GetLastError());
    }
    console.log([...errors]);
  `);
  assertEquals(out, "[ 77 ]");
});
