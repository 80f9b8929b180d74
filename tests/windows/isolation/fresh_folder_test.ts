import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { FreshFolder, sweepFolders, temporaryFolder } from "../../../isolation/fresh_folder.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { plantLink } from "../../helpers/planted_link.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

function isThere(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== undefined;
  } catch (error) {
    assert(error instanceof Deno.errors.NotFound);
    return false;
  }
}

Deno.test("FreshFolder: a new folder with its process in its name", () => {
  const folder = FreshFolder.create();
  const [name] = folder.path.split("\\").slice(-1);
  assert(Deno.statSync(folder.path).isDirectory);
  assert(new RegExp(`^jobbox-${Deno.pid}-\\d+-[0-9a-f]{32}$`).test(name!), name);
  assertEquals(folder.path, `${temporaryFolder()}\\${name}`);
  assertEquals([folder.remove(), isThere(folder.path)], [[], false]);
  // What is gone needs no deletion.
  assertEquals(folder.remove(), []);
});

Deno.test("FreshFolder: files of any name, read-only files and deep folders are deleted, and no handle is left", async () => {
  await assertNoHandleLeft(() => {
    const folder = FreshFolder.create();
    const long = `\\\\?\\${folder.path}\\${Array(60).fill("a-long-name").join("\\")}`;
    Deno.mkdirSync(long, { recursive: true });
    Deno.writeTextFileSync(`${long}\\x`, "x");
    for (let at = 0; at < 300; at++) Deno.writeTextFileSync(`${folder.path}\\ü${at}`, "x");
    Deno.writeTextFileSync(`${folder.path}\\kept`, "x");
    Deno.chmodSync(`${folder.path}\\kept`, 0o444);
    assertEquals([folder.remove(), isThere(folder.path)], [[], false]);
  });
});

Deno.test("FreshFolder: the target of a planted link is not deleted", () => {
  const outside = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${outside}\\keep.txt`, "keep");
  const folder = FreshFolder.create();
  {
    using planted = plantLink(outside, `${folder.path}\\link`);
    const left = folder.remove();
    assertEquals(Deno.readTextFileSync(`${outside}\\keep.txt`), "keep");
    if (!planted.isReal) {
      assertEquals(left.length, 1);
      assert(left[0]!.includes("it is a link to somewhere else"), left[0]);
    }
  }
  folder.remove();
  Deno.removeSync(outside, { recursive: true });
});

Deno.test("FreshFolder: files that cannot be deleted are reported, in at most ten sentences", () => {
  const folder = FreshFolder.create();
  for (let at = 0; at < 20; at++) Deno.writeTextFileSync(`${folder.path}\\${at}`, "x");
  {
    using _fault = substituteKernel("SetFileInformationByHandle", () => () => {
      kernel32.SetLastError(ERROR.ACCESS_DENIED);
      return 0;
    });
    const left = folder.remove();
    assertEquals(left.length, 10);
    assert(left[0]!.endsWith("SetFileInformationByHandle: ERROR_ACCESS_DENIED"), left[0]);
  }
  assertEquals(folder.remove(), []);
});

Deno.test("FreshFolder: a name that already exists is not used", () => {
  const folder = FreshFolder.create();
  using _fault = substituteKernel("CreateDirectoryW", () => () => {
    kernel32.SetLastError(ERROR.ALREADY_EXISTS);
    return 0;
  });
  assertThrows(() => FreshFolder.create(), Win32Error, "ERROR_ALREADY_EXISTS");
  folder.remove();
});

Deno.test("sweepFolders: deletes only what processes that are gone have left", () => {
  const random = "0123456789abcdef0123456789abcdef";
  const own = FreshFolder.create();
  const temporary = temporaryFolder();
  // No process has the id of the idle one's neighbour, nor did ours start then.
  const orphans = [`jobbox-4294967294-1-${random}`, `jobbox-${Deno.pid}-1-${random}`]
    .map((name) => `${temporary}\\${name}`);
  const strangers = [`jobbox-${Deno.pid}-1-short`, `myjobbox-1-1-${random}`]
    .map((name) => `${temporary}\\${name}`);
  for (const path of [...orphans, ...strangers]) Deno.mkdirSync(path);
  Deno.writeTextFileSync(`${orphans[0]}\\x`, "x");
  assertEquals(sweepFolders(), []);
  assertEquals(orphans.map(isThere), [false, false]);
  assertEquals([...strangers, own.path].map(isThere), [true, true, true]);
  for (const path of strangers) Deno.removeSync(path);
  own.remove();
});
