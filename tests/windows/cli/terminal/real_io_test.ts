import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { isReaderGone, realIo } from "../../../../cli/terminal/real_io.ts";

Deno.test("realIo: files are written in order, and closed twice without harm", async () => {
  const path = Deno.makeTempFileSync();
  const io = realIo();
  const read = (file: string): string => new TextDecoder().decode(io.readFile(file, 100));
  const file = io.holdFile(path);
  file.empty();
  assertEquals(await file.write(new TextEncoder().encode("a")), true);
  assertEquals(read(path), "a");
  file.write("b");
  await file.flush();
  assertEquals([file.pending, file.isGone, file.failure], [0, false, undefined]);
  file.close();
  file.close();
  assertEquals(read(path), "ab");
  io.holdFile(path)[Symbol.dispose]();
  assertEquals(read(path), "ab");
  assertEquals(io.replaceFile(path, new TextEncoder().encode("c")), undefined);
  assertEquals(read(path), "c");
  Deno.removeSync(path);
});

Deno.test("realIo: reads a whole file, or its first bytes", () => {
  const path = Deno.makeTempFileSync();
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, at) => at % 251);
  Deno.writeFileSync(path, bytes);
  const io = realIo();
  assertEquals(io.readFile(path, 4_000_000), bytes);
  assertEquals(io.readFile(path, 2_000_000), bytes.subarray(0, 2_000_000));
  assertThrows(() => io.readFile(`${path}.no`, 1), Deno.errors.NotFound);
  Deno.removeSync(path);
});

Deno.test("realIo: the environment is the system's, without the permission to read it", () => {
  const variables = realIo().environment();
  const root = Object.entries(variables).find(([name]) => name.toUpperCase() === "SYSTEMROOT");
  assert(root !== undefined);
});

Deno.test("realIo: a timer fires once, or never when it is cancelled", async () => {
  const io = realIo();
  let fired = 0;
  const cancel = io.after(0, () => fired++);
  cancel();
  const { promise, resolve } = Promise.withResolvers<void>();
  io.after(0, resolve);
  await promise;
  assertEquals(fired, 0);
  // More than a timer takes at once: it must not fire at once instead.
  io.after(2 ** 40, () => fired++)();
});

Deno.test("realIo: listens to signals until it is stopped", () => {
  const io = realIo();
  const stop = io.onSignal(() => {});
  stop();
  assert(io.columns() > 0 && io.rows() > 0 && io.processors() > 0);
  assert(io.now() > 0 && io.elapsed() > 0);
  assertEquals(io.isTerminal("stdout"), Deno.stdout.isTerminal());
});

Deno.test("realIo: a file that cannot be created is an error", () => {
  assertThrows(() => realIo().holdFile("no-such-folder\\x"));
});

Deno.test("isReaderGone: true for each code that Windows has for a pipe without a reader", () => {
  for (const code of [109, 232, 233]) {
    assertEquals(isReaderGone(new Error(`Pipe not connected. (os error ${code})`)), true);
  }
  assertEquals(isReaderGone(new Deno.errors.BrokenPipe("gone")), true);
  for (
    const other of [new Error("The disk is full. (os error 112)"), new Error("(os error 2330)")]
  ) {
    assertEquals(isReaderGone(other), false);
  }
  assertEquals(isReaderGone("(os error 109)"), false);
});

Deno.test("realIo: a helper program returns its code, or is ended", async () => {
  const io = realIo();
  const cmd = "C:\\windows\\system32\\cmd.exe";
  assertEquals(await io.runProgram(cmd, ["/c", "exit 7"], 60_000), 7);
  const child = `${Deno.cwd()}\\tests\\children\\build\\child.exe`;
  assertEquals(await io.runProgram(child, ["sleepforever"], 1), undefined);
  await assertRejects(() => io.runProgram("C:\\no-such.exe", [], 1), Deno.errors.NotFound);
});
