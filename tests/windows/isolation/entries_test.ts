import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Win32Error } from "../../../ffi/error.ts";
import {
  deleteEntry,
  isFolder,
  isGone,
  isLink,
  isSame,
  namesIn,
  openEntry,
  ownMaker,
} from "../../../isolation/entries.ts";
import { plantLink } from "../../helpers/planted_link.ts";
import { inFolder } from "../../helpers/temporary_folder.ts";

Deno.test("openEntry: reports the kind of an entry, its real path, and its contents", async () => {
  await inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}\\file`, "four");
    const above = openEntry(folder);
    const file = openEntry(`${folder}\\file`);
    try {
      assertEquals([isFolder(above), isFolder(file), isLink(file)], [true, false, false]);
      assertEquals([file.size, file.links], [4, 1]);
      assertEquals(namesIn(above.handle.value, "Cannot list it"), ["file"]);
      assert(isSame(file.real, `${above.real}\\FILE`), file.real);
    } finally {
      above.handle.close();
      deleteEntry(file);
      file.handle.close();
    }
    assertThrows(() => openEntry(`${folder}\\file`), Win32Error, "ERROR_FILE_NOT_FOUND");
  });
});

Deno.test("openEntry: a link is not where its name says, or says that it is one", async () => {
  await inFolder((folder) => {
    Deno.mkdirSync(`${folder}\\target`);
    using _link = plantLink(`${folder}\\target`, `${folder}\\link`);
    const [above, entry] = [openEntry(folder), openEntry(`${folder}\\link`)];
    assert(isLink(entry) || !isSame(entry.real, `${above.real}\\link`), entry.real);
    for (const { handle } of [above, entry]) handle.close();
  });
});

Deno.test("isGone: false for this process, true for another start of its id and for an unused id", () => {
  const own = ownMaker();
  assertEquals(own.pid, Deno.pid);
  assertEquals(isGone(own), false);
  assertEquals(isGone({ ...own, start: own.start - 1 }), true);
  assertEquals(isGone({ pid: 4_294_967_292, start: 1 }), true);
});
