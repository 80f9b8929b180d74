import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Win32Error } from "../../../ffi/error.ts";
import { containerSid } from "../../../isolation/capabilities.ts";
import { ownMaker } from "../../../isolation/entries.ts";
import { GivenFolder } from "../../../isolation/folder_rights.ts";
import { JournalFile, sweepJournals } from "../../../isolation/journal.ts";
import {
  containerName,
  type JournalFolder,
  writeJournal,
} from "../../../isolation/journal_format.ts";
import { openOwnToken, readToken } from "../../../isolation/token.ts";
import type { TokenFacts } from "../../../isolation/token_facts.ts";
import { BEFORE, ContainerSystem } from "../../helpers/container_system.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { plantLink } from "../../helpers/planted_link.ts";
import { inFolder } from "../../helpers/temporary_folder.ts";

/** Of a process that is not there. */
const NAME = "jobbox.4294967292.1.0123456789abcdef";

function ownFacts(): TokenFacts {
  using token = openOwnToken();
  return readToken(token.value);
}

interface Trial {
  readonly system: ContainerSystem;
  /** The folder of the journals. */
  readonly acl: string;
  /** A folder with an entry for the container {@linkcode NAME}. */
  readonly given: JournalFolder;
  readonly names: () => string[];
}

/** Runs a test with a folder of journals, and a folder that a killed run has given. */
async function withJournals(body: (trial: Trial) => void): Promise<void> {
  await inFolder((temporary) => {
    const folder = Deno.realPathSync(temporary).replace(/^\\\\\?\\/, "");
    const acl = `${folder}\\jobbox\\acl`;
    Deno.mkdirSync(acl, { recursive: true });
    Deno.mkdirSync(`${folder}\\out`);
    using system = new ContainerSystem(folder);
    const path = `${folder}\\out`;
    using open = GivenFolder.open(path);
    const { identity } = open;
    open[Symbol.dispose]();
    system.lists.set(identity, entry(containerSid(NAME)));
    system.profiles.add(NAME);
    const names = (): string[] => [...Deno.readDirSync(acl)].map(({ name }) => name).sort();
    body({ system, acl, given: { path, identity }, names });
  });
}

function entry(sid: string): string {
  return BEFORE.replace("(A;OICIID", `(A;OICI;0x1301bf;;;${sid})(A;OICIID`);
}

Deno.test("JournalFile: is on the disk as written, exclusive, and gone when it is deleted", async () => {
  await withJournals(({ acl, given, names }) => {
    const journal = { name: NAME, folders: [given] };
    const file = JournalFile.write(acl, journal);
    assertEquals(Deno.readTextFileSync(`${acl}\\${NAME}.json`), writeJournal(journal));
    assertThrows(() => JournalFile.write(acl, journal), Win32Error, "EXISTS");
    assertEquals([file.delete(), names()], [undefined, []]);
    // One that is gone needs no deletion.
    assertEquals(file.delete(), undefined);
  });
});

Deno.test("sweepJournals: removes what a killed run has granted, and leaves no handle", async () => {
  await withJournals(({ acl, given, names, system }) => {
    JournalFile.write(acl, { name: NAME, folders: [given] });
    assertEquals(sweepJournals(acl, ownFacts()), []);
    assertEquals([system.rightsOf(given.identity), [...system.profiles], names()], [
      BEFORE,
      [],
      [],
    ]);
  });
  await inFolder(async (folder) => {
    const full = Deno.realPathSync(folder).replace(/^\\\\\?\\/, "");
    using _system = new ContainerSystem(full);
    const own = ownFacts();
    await assertNoHandleLeft(() => {
      JournalFile.write(`${full}\\jobbox\\acl`, { name: NAME, folders: [] });
      assertEquals(sweepJournals(`${full}\\jobbox\\acl`, own), []);
    });
  });
});

Deno.test("sweepJournals: without a folder there is nothing to remove", () => {
  assertEquals(sweepJournals("C:\\no such folder\\acl", ownFacts()), []);
});

Deno.test("sweepJournals: the journals of a running process are left alone", async () => {
  await withJournals(({ acl, given, names, system }) => {
    const name = containerName(ownMaker(), new Uint8Array(8));
    system.lists.set(given.identity, entry(containerSid(name)));
    const file = JournalFile.write(acl, { name, folders: [given] });
    assertEquals(sweepJournals(acl, ownFacts()), []);
    assertEquals([system.rightsOf(given.identity), names()], [
      entry(containerSid(name)),
      [`${name}.json`],
    ]);
    file.delete();
  });
});

Deno.test("sweepJournals: a journal that is incomplete, forged or another user's is set aside and ignored", async () => {
  const whole = { name: NAME, folders: [] };
  const texts = [
    "",
    writeJournal(whole).slice(0, -3),
    "\0".repeat(100),
    writeJournal({ ...whole, name: NAME.replace("0123", "4567") }),
    "x".repeat(1024 * 1024 + 1),
  ];
  await withJournals(({ acl, given, names, system }) => {
    const untouched = system.rightsOf(given.identity);
    for (const text of texts) {
      Deno.writeTextFileSync(`${acl}\\${NAME}.json`, text);
      const [told, ...more] = sweepJournals(acl, ownFacts());
      assert(told?.includes("was put aside as .corrupt, and not acted on"), told);
      assertEquals([more, names()], [[], [`${NAME}.json.corrupt`]]);
      // The next run has nothing to do with it.
      assertEquals(sweepJournals(acl, ownFacts()), []);
      Deno.removeSync(`${acl}\\${NAME}.json.corrupt`);
    }
    JournalFile.write(acl, { name: NAME, folders: [given] });
    const other = "S-1-5-21-1-2-3-1001";
    const administrator = ownFacts().owner === "S-1-5-32-544";
    const [told] = sweepJournals(acl, { ...ownFacts(), user: other, owner: other });
    // What administrators own is everybody's of them.
    if (!administrator) {
      assert(told?.includes("it belongs to "), told);
      assertEquals([system.rightsOf(given.identity), [...system.profiles]], [untouched, [NAME]]);
    }
  });
});

Deno.test("sweepJournals: a forged journal can remove only the rights of the container that it is named after", async () => {
  await withJournals(({ acl, given, names, system }) => {
    const others = `D:AI(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;${containerSid("jobbox.1.1.x")})`;
    system.lists.set(given.identity, others);
    system.profiles.add("Microsoft.Edge");
    JournalFile.write(acl, { name: NAME, folders: [given] });
    assertEquals(sweepJournals(acl, ownFacts()), []);
    assertEquals(system.rightsOf(given.identity), others);
    assertEquals([[...system.profiles], names()], [["Microsoft.Edge"], []]);
  });
});

Deno.test("sweepJournals: a folder that is gone, replaced or a link is reported once", async () => {
  await withJournals(({ acl, given, names, system }) => {
    const gone = { path: `${given.path}\\none`, identity: given.identity };
    JournalFile.write(acl, { name: NAME, folders: [gone] });
    assertEquals([sweepJournals(acl, ownFacts()), names()], [[], []]);
    JournalFile.write(acl, { name: NAME, folders: [{ ...given, identity: "1-2-3" }] });
    const before = system.rightsOf(given.identity);
    const [told] = sweepJournals(acl, ownFacts());
    assert(told?.includes("another folder is there by now"), told);
    assertEquals([system.rightsOf(given.identity), names()], [before, []]);
    const link = `${given.path}\\link`;
    using _link = plantLink(acl, link);
    JournalFile.write(acl, { name: NAME, folders: [{ path: link, identity: given.identity }] });
    const [linked] = sweepJournals(acl, ownFacts());
    assert(linked?.startsWith("Cannot take a container out of the rights of"), linked);
    assertEquals([system.rightsOf(given.identity), names()], [before, []]);
  });
});

Deno.test("sweepJournals: a folder whose drive is not there is reported, and tried again", async () => {
  await withJournals(({ acl, given, names, system }) => {
    const drives = "ABDEFGHIJKLMNOPQRSTUVWXY".split("").map((letter) => `${letter}:`);
    const drive = drives.find((name) => {
      try {
        return !Deno.statSync(`${name}\\`);
      } catch (error) {
        return error instanceof Deno.errors.NotFound;
      }
    });
    const folder = { path: `${drive}\\work`, identity: given.identity };
    JournalFile.write(acl, { name: NAME, folders: [folder] });
    for (let run = 0; run < 2; run++) {
      const [told, ...more] = sweepJournals(acl, ownFacts());
      assert(told?.includes("ERROR_PATH_NOT_FOUND"), told);
      assertEquals([more, names()], [[], [`${NAME}.json`]]);
    }
    assertEquals([...system.profiles], []);
  });
});

Deno.test("sweepJournals: what cannot be removed stays in the journal for the next run", async () => {
  await withJournals(({ acl, given, names, system }) => {
    JournalFile.write(acl, { name: NAME, folders: [given] });
    system.revive();
    system.fate = (call) => call === 1 ? "refused" : "done";
    const [told, ...more] = sweepJournals(acl, ownFacts());
    assert(told?.endsWith("SetSecurityInfo: ERROR_ACCESS_DENIED"), told);
    assertEquals([more, names()], [[], [`${NAME}.json`]]);
    system.revive();
    assertEquals([sweepJournals(acl, ownFacts()), names()], [[], []]);
    assertEquals(system.rightsOf(given.identity), BEFORE);
  });
});
