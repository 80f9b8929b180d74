import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { ACCESS, FILE } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { OwnedHandle } from "../../../ffi/handle.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { encodeWide } from "../../../ffi/strings.ts";
import { deleteByHandle, identityOf, informationOf } from "../../../process/open_file.ts";
import { inFolder } from "../../helpers/temporary_folder.ts";

function open(path: string, rights: number): OwnedHandle {
  const value = kernel32.CreateFileW(
    encodeWide(path, "a path"),
    rights,
    FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE | FILE.FILE_SHARE_DELETE,
    null,
    FILE.OPEN_EXISTING,
    FILE.FILE_FLAG_BACKUP_SEMANTICS,
    0n,
  );
  return new OwnedHandle(value, path);
}

Deno.test("informationOf, identityOf: two handles of one file agree, and two files differ", async () => {
  await inFolder((folder) => {
    const [one, other] = [`${folder}\\one`, `${folder}\\other`];
    for (const path of [one, other]) Deno.writeTextFileSync(path, "four");
    using first = open(one, FILE.FILE_READ_ATTRIBUTES);
    using again = open(one.toUpperCase(), FILE.FILE_READ_ATTRIBUTES);
    using second = open(other, FILE.FILE_READ_ATTRIBUTES);
    const [a, b, c] = [first, again, second].map(({ value }) =>
      informationOf(value, "Cannot look")
    );
    assertEquals([a!.nFileSizeLow, identityOf(a!) === identityOf(b!)], [4, true]);
    assertEquals(identityOf(a!) === identityOf(c!), false);
  });
  assertThrows(() => informationOf(0n, "Cannot look"), Win32Error, "Cannot look");
});

Deno.test("deleteByHandle: the file is gone with its handle, and without the right it stays", async () => {
  await inFolder((folder) => {
    const path = `${folder}\\file`;
    Deno.writeTextFileSync(path, "");
    {
      using file = open(path, FILE.FILE_READ_ATTRIBUTES);
      assertEquals(deleteByHandle(file.value), 0);
    }
    Deno.statSync(path);
    {
      using file = open(path, ACCESS.DELETE);
      assertEquals(deleteByHandle(file.value), 1);
    }
    assertThrows(() => Deno.statSync(path), Deno.errors.NotFound);
  });
});
