import { assert, assertEquals } from "@std/assert";
import {
  containerName,
  makerOf,
  readJournal,
  writeJournal,
} from "../../isolation/journal_format.ts";

const NAME = "jobbox.12.3456.0123456789abcdef";
const FOLDERS = [
  { path: "C:\\out folder\\ü", identity: "a1b2-0-ff" },
  { path: 'D:\\x\\"y', identity: "1-2-3" },
];

Deno.test("containerName: is at most as long as Windows allows, and is read back", () => {
  const maker = { pid: 4294967295, start: 999999999999999 };
  const name = containerName(maker, new Uint8Array(8).fill(255));
  assert(/^[-_. A-Za-z0-9]{1,64}$/.test(name), name);
  assertEquals(makerOf(name), maker);
  for (const other of ["", "jobbox", `${name}0`, `x${name}`, name.toUpperCase(), `..\\${name}`]) {
    assertEquals(makerOf(other), undefined, other);
  }
});

Deno.test("readJournal: reads what was written, and refuses any part of it", () => {
  const journal = { name: NAME, folders: FOLDERS.slice(0, 1) };
  const text = writeJournal(journal);
  assertEquals(readJournal(text, NAME), journal);
  for (let length = 0; length < text.length; length++) {
    assertEquals(readJournal(text.slice(0, length), NAME), undefined, `${length} units`);
  }
  assertEquals(readJournal("\0".repeat(text.length), NAME), undefined);
  assertEquals(readJournal(`${text}x`, NAME), undefined);
});

Deno.test("readJournal: a file that is not jobbox's own is refused", () => {
  const whole = { version: 1, name: NAME, folders: [{ path: "C:\\x", identity: "1-2-3" }] };
  const read = (value: unknown, name = NAME): unknown =>
    readJournal(`${JSON.stringify(value)}\n`, name);
  assert(read(whole) !== undefined);
  const folder = (change: object): unknown => ({
    ...whole,
    folders: [{ ...whole.folders[0], ...change }],
  });
  const forged: unknown[] = [
    null,
    [],
    { ...whole, version: 2 },
    { ...whole, name: "jobbox.1.1.0000000000000000" },
    { ...whole, folders: {} },
    { ...whole, folders: [null] },
    folder({ path: "\\\\server\\share" }),
    folder({ path: "C:\\" }),
    folder({ path: "relative" }),
    folder({ path: 1 }),
    folder({ identity: "" }),
    folder({ identity: "../x" }),
    // Nobody's identifier is taken from it.
    folder({ sid: "S-1-5-32-544" }),
  ];
  for (const value of forged) assertEquals(read(value), undefined, JSON.stringify(value));
  assertEquals(read({ ...whole, name: "Microsoft.Edge" }, "Microsoft.Edge"), undefined);
});
