import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { HeldFile } from "../../../../process/io/held_file.ts";
import { inFolder } from "../../../helpers/temporary_folder.ts";
import { checkReplaceable, replaceFile } from "../../../../cli/terminal/record_file.ts";

const RECORD = new TextEncoder().encode("record\n");

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("replaceFile: the file contains exactly the bytes", async () => {
  await inFolder((folder) => {
    const path = `${folder}\\r.json`;
    assertEquals(replaceFile(path, RECORD), undefined);
    assertEquals(Deno.readTextFileSync(path), "record\n");
    Deno.writeTextFileSync(path, "forged ".repeat(1000));
    assertEquals(replaceFile(path, RECORD), undefined);
    assertEquals(Deno.readTextFileSync(path), "record\n");
    assertEquals(names(folder), ["r.json"]);
  });
});

Deno.test("replaceFile: a folder in its place is moved aside", async () => {
  await inFolder((folder) => {
    const path = `${folder}\\r.json`;
    Deno.mkdirSync(path);
    Deno.writeTextFileSync(`${path}\\kept`, "x");
    const aside = replaceFile(path, RECORD);
    assert(aside);
    assertEquals(Deno.readTextFileSync(path), "record\n");
    assertEquals(Deno.readTextFileSync(`${aside}\\kept`), "x");
  });
});

Deno.test("replaceFile: without its folder it fails and leaves nothing", async () => {
  await inFolder((folder) => {
    assertThrows(() => replaceFile(`${folder}\\no\\r.json`, RECORD));
    assertEquals(names(folder), []);
  });
});

Deno.test("replaceFile: if another program holds the file, the error says where the bytes are", async () => {
  await inFolder((folder) => {
    const path = `${folder}\\r.json`;
    using held = HeldFile.open(path);
    held.empty();
    const error = assertThrows(() => replaceFile(path, RECORD), Error);
    const [, where] = /the new file is (.+\.tmp)$/.exec(error.message) ?? [];
    assert(where, error.message);
    assertEquals(Deno.readTextFileSync(where), "record\n");
  });
});

Deno.test("checkReplaceable: changes nothing, and refuses what cannot be written", async () => {
  await inFolder((folder) => {
    const old = `${folder}\\old.json`;
    Deno.writeTextFileSync(old, "old");
    checkReplaceable(old);
    checkReplaceable(`${folder}\\new.json`);
    checkReplaceable("NUL");
    assertEquals(names(folder), ["old.json"]);
    assertEquals(Deno.readTextFileSync(old), "old");
    assertThrows(() => checkReplaceable(`${folder}\\no\\x.json`));
    assertThrows(() => checkReplaceable(folder), Deno.errors.IsADirectory);
    assertThrows(() => checkReplaceable(`${old}:stream`), Error, "stream inside a file");
  });
});

Deno.test("replaceFile: a device is written to", () => {
  assertEquals(replaceFile("NUL", RECORD), undefined);
});
