import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Win32Error } from "../../../../ffi/error.ts";
import { HeldFile } from "../../../../process/io/held_file.ts";
import { inFolder } from "../../../helpers/temporary_folder.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("HeldFile: others can read it, but not write, empty, rename or delete it", async () => {
  await inFolder((folder) => {
    const path = `${folder}\\e.ndjson`;
    using file = HeldFile.open(path);
    file.empty();
    file.write(bytes("a\n"));
    assertThrows(() => Deno.openSync(path, { write: true }));
    assertThrows(() => Deno.writeTextFileSync(path, "forged"));
    assertThrows(() => Deno.renameSync(path, `${path}.moved`));
    assertThrows(() => Deno.removeSync(path));
    assertThrows(() => HeldFile.open(path), Win32Error, "Cannot write the file: CreateFileW");
    file.write(bytes("b\n"));
    assertEquals(Deno.readTextFileSync(path), "a\nb\n");
    file.close();
    file.close();
    Deno.writeTextFileSync(path, "free");
  });
});

Deno.test("HeldFile: what a file holds stays until it is emptied", async () => {
  await inFolder((folder) => {
    const path = `${folder}\\old.txt`;
    Deno.writeTextFileSync(path, "a long old text");
    HeldFile.open(path).close();
    assertEquals(Deno.readTextFileSync(path), "a long old text");
    using file = HeldFile.open(path);
    file.empty();
    file.write(bytes("new"));
    assertEquals(Deno.readTextFileSync(path), "new");
  });
});

Deno.test("HeldFile: a file that was created and never written is removed", async () => {
  await inFolder((folder) => {
    HeldFile.open(`${folder}\\made`).close();
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("HeldFile: parts written on another thread keep their order", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}\\e`;
    using file = HeldFile.open(path);
    file.empty();
    const part = new Uint8Array(1_000_000).fill(65);
    await file.writeAsync(part);
    await file.writeAsync(bytes("end"));
    file.close();
    assertEquals(Deno.readTextFileSync(path), `${"A".repeat(1_000_000)}end`);
  });
});

Deno.test("HeldFile: a device is written and not emptied", async () => {
  using file = HeldFile.open("NUL");
  file.empty();
  file.write(bytes("x"));
  await file.writeAsync(bytes("x"));
});

Deno.test("HeldFile: a file in no folder is an error", () => {
  const error = assertThrows(() => HeldFile.open("no-such-folder\\x"), Win32Error);
  assertEquals(error.codeName, "ERROR_PATH_NOT_FOUND");
});

Deno.test("HeldFile: a write that succeeds without writing is an error, not an endless loop", async () => {
  await inFolder(async (folder) => {
    using file = HeldFile.open(`${folder}\\e`);
    file.empty();
    using _sync = substituteKernel("WriteFile$bytes", () => () => 1);
    using _async = substituteKernel("WriteFile$bytesAsync", () => () => Promise.resolve(1));
    assertThrows(() => file.write(bytes("x")), Win32Error, "WriteFile failed");
    await assertRejects(() => file.writeAsync(bytes("x")), Win32Error, "WriteFile failed");
  });
});

Deno.test("HeldFile: with append what the file holds stays, and more is written after it", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}\\log`;
    for (const text of ["one ", "two "]) {
      using file = HeldFile.open(path, { append: true });
      file.empty();
      file.write(bytes(text));
      await file.writeAsync(bytes(text));
    }
    assertEquals(Deno.readTextFileSync(path), "one one two two ");
    HeldFile.open(`${folder}\\made`, { append: true }).close();
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["log"]);
  });
});
