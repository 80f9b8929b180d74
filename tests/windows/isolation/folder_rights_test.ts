import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Win32Error } from "../../../ffi/error.ts";
import { READ_RIGHTS } from "../../../isolation/access_text.ts";
import { containerSid } from "../../../isolation/capabilities.ts";
import { fullFolder, GivenFolder, UnfitFolder } from "../../../isolation/folder_rights.ts";
import { openOwnToken, readToken } from "../../../isolation/token.ts";
import { ContainerSystem } from "../../helpers/container_system.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { plantLink } from "../../helpers/planted_link.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";
import { inFolder } from "../../helpers/temporary_folder.ts";

const GRANT = { sid: containerSid("x"), rights: READ_RIGHTS };

function plain(folder: string): string {
  return Deno.realPathSync(folder).replace(/^\\\\\?\\/, "");
}

Deno.test("GivenFolder: this system keeps an entry, or the failure is detected", async () => {
  await inFolder(async (temporary) => {
    const folder = plain(temporary);
    await assertNoHandleLeft(() => {
      using given = GivenFolder.open(folder);
      using own = openOwnToken();
      const { owner, user } = readToken(own.value);
      assert([owner, user].includes(given.owner), given.owner);
      try {
        assertEquals(given.give(GRANT), "OICI 0x1200a9");
        given.takeBack(GRANT.sid);
      } catch (error) {
        assert(error instanceof UnfitFolder || error instanceof Win32Error, `${error}`);
      }
    });
  });
});

Deno.test("GivenFolder: an entry is added once and removed again; a second entry of the same container is refused", async () => {
  await inFolder((temporary) => {
    const folder = plain(temporary);
    using system = new ContainerSystem(folder);
    using given = GivenFolder.open(folder);
    const before = system.rightsOf(given.identity);
    assertEquals(given.give(GRANT), "OICI 0x1200a9");
    assertThrows(() => given.give(GRANT), UnfitFolder, "names the container already");
    given.takeBack(GRANT.sid);
    given.takeBack(GRANT.sid);
    assertEquals(system.rightsOf(given.identity), before);
  });
});

Deno.test("GivenFolder: a list that admits everyone, or is invalid, is refused", async () => {
  await inFolder((temporary) => {
    const folder = plain(temporary);
    using system = new ContainerSystem(folder);
    using given = GivenFolder.open(folder);
    for (const text of ["", "D:NO_ACCESS_CONTROL", "D:(A;;FA"]) {
      system.lists.set(given.identity, text);
      assertThrows(() => given.give(GRANT), UnfitFolder, "cannot be added to");
    }
  });
});

Deno.test("GivenFolder: a volume without access lists, and a link in the path, are refused", async () => {
  await inFolder((temporary) => {
    const folder = plain(temporary);
    {
      using _fat = substituteKernel("GetVolumeInformationByHandleW", (real) => (...args) => {
        const result = real(...args);
        (args[5] as Uint32Array)[0]! &= ~8;
        return result;
      });
      assertThrows(() => GivenFolder.open(folder), UnfitFolder, "keeps no lists of rights");
    }
    using _system = new ContainerSystem(folder);
    Deno.mkdirSync(`${folder}\\real\\in`, { recursive: true });
    using link = plantLink(`${folder}\\real`, `${folder}\\link`);
    if (!link.isReal) Deno.mkdirSync(`${folder}\\link\\in`);
    assertThrows(() => GivenFolder.open(`${folder}\\link`), UnfitFolder, "is a link");
    assertThrows(() => GivenFolder.open(`${folder}\\link\\in`), UnfitFolder, "is a link");
  });
});

Deno.test("GivenFolder: a reparse point of any kind is refused", async () => {
  await inFolder((temporary) => {
    const folder = plain(temporary);
    Deno.mkdirSync(`${folder}\\in`);
    using _reparse = substituteKernel("GetFileInformationByHandle", (real) => (handle, memory) => {
      const result = real(handle, memory);
      const view = memory as DataView;
      view.setUint32(0, view.getUint32(0, true) | 0x400, true);
      return result;
    });
    assertThrows(() => GivenFolder.open(`${folder}\\in`), UnfitFolder, "is a link");
  });
});

Deno.test("GivenFolder: while it is open, no other folder can take its place", async () => {
  await inFolder((temporary) => {
    const folder = plain(temporary);
    Deno.mkdirSync(`${folder}\\in`);
    using _system = new ContainerSystem(folder);
    using _given = GivenFolder.open(`${folder}\\in`);
    assertThrows(() => Deno.renameSync(`${folder}\\in`, `${folder}\\other`));
    assertThrows(() => Deno.removeSync(`${folder}\\in`));
  });
});

Deno.test("GivenFolder: a lock that another program holds is an error, not an endless wait", async () => {
  await inFolder((temporary) => {
    const folder = plain(temporary);
    using system = new ContainerSystem(folder);
    using given = GivenFolder.open(folder);
    using _kept = substituteKernel("WaitForSingleObject", () => () => 258);
    assertThrows(() => given.give(GRANT), Error, "another program has been changing them");
    assertEquals(system.calls, []);
  });
});

Deno.test("fullFolder: a relative folder starts at the current folder", () => {
  assertEquals(fullFolder("C:\\a\\..\\b\\"), "C:\\b\\");
  assert(fullFolder("x").endsWith("\\x"));
});
