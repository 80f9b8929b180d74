import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { BIRTH } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { UnsupportedPlatformError } from "../../../../ffi/unsupported_platform.ts";
import { capabilitySid, containerSid } from "../../../../isolation/capabilities.ts";
import { ownMaker } from "../../../../isolation/entries.ts";
import { GivenFolder } from "../../../../isolation/folder_rights.ts";
import { IsolationNotAppliedError } from "../../../../isolation/errors.ts";
import type { Container } from "../../../../isolation/isolation.ts";
import { sweepJournals } from "../../../../isolation/journal.ts";
import { containerName } from "../../../../isolation/journal_format.ts";
import { ContainerWork } from "../../../../isolation/rows/container.ts";
import { SID } from "../../../../isolation/sid.ts";
import { openOwnToken, readToken } from "../../../../isolation/token.ts";
import type { TokenFacts } from "../../../../isolation/token_facts.ts";
import type { Born, Draft } from "../../../../isolation/work.ts";
import { MISSING_FUNCTIONS } from "../../../helpers/bound_kernel.ts";
import { BEFORE, ContainerSystem, type Fate, Killed } from "../../../helpers/container_system.ts";
import { runIsolated } from "../../../helpers/isolated_runs.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { inFolder } from "../../../helpers/temporary_folder.ts";

const NAME = "jobbox.4294967292.1.0123456789abcdef";
const HAS_CONTAINERS = !MISSING_FUNCTIONS.includes("DeleteAppContainerProfile");

function ownFacts(): TokenFacts {
  using token = openOwnToken();
  return readToken(token.value);
}

function make(wanted: Container = {}, name = NAME): ContainerWork {
  return new ContainerWork(ownFacts(), { name, wanted, isRehearsal: false });
}

/** The journals that are there. */
function journals(local: string): string[] {
  try {
    return [...Deno.readDirSync(`${local}\\jobbox\\acl`)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Runs a test with a system of containers and two folders to be given. */
async function withSystem(
  body: (system: ContainerSystem, wanted: Required<Pick<Container, "read" | "write">>) => void,
): Promise<void> {
  await inFolder((folder) => {
    const full = Deno.realPathSync(folder).replace(/^\\\\\?\\/, "");
    for (const name of ["local", "in", "out"]) Deno.mkdirSync(`${full}\\${name}`);
    using system = new ContainerSystem(`${full}\\local`);
    body(system, { read: [`${full}\\in`], write: [`${full}\\out`] });
  });
}

function assertNothingLeft(system: ContainerSystem): void {
  assertEquals([...system.profiles], []);
  assertEquals([...system.lists.values()].filter((text) => text !== BEFORE), []);
  assertEquals(journals(Deno.env.get("LOCALAPPDATA")!), []);
}

/** What a command in a container does to files, on a system that has them. */
async function assertEffect(): Promise<void> {
  await inFolder(async (temporary) => {
    const folder = Deno.realPathSync(temporary).replace(/^\\\\\?\\/, "");
    const [given, kept, closed] = ["in", "out", "closed"].map((name) => `${folder}\\${name}`);
    for (const path of [given!, kept!, closed!]) {
      Deno.mkdirSync(path);
      Deno.writeTextFileSync(`${path}\\text`, "a text");
    }
    const rightsOf = (path: string): string => {
      using folder = GivenFolder.open(path);
      return folder.rights;
    };
    const before = rightsOf(kept!);
    const script = `type "${given}\\text">"${kept}\\read"&type "${closed}\\text">"${kept}\\copy"` +
      `&echo x>"${given}\\new"&echo x>"${closed}\\new"&echo x>nul&&echo x>"${kept}\\new"`;
    const container = { read: [given!], write: [kept!] };
    const { left } = await runIsolated({ container }, ["/d", "/c", script], { command: "cmd.exe" });
    assertEquals(left, []);
    const read = (path: string): string => Deno.readTextFileSync(path).trim();
    assertEquals([read(`${kept}\\read`), read(`${kept}\\copy`), read(`${kept}\\new`)], [
      "a text",
      "",
      "x",
    ]);
    for (const path of [`${given}\\new`, `${closed}\\new`]) {
      assertThrows(() => Deno.statSync(path), Deno.errors.NotFound);
    }
    assertEquals(rightsOf(kept!), before);
  });
}

Deno.test("container: is in force, or is refused by a system without containers, and nothing is created", async () => {
  if (HAS_CONTAINERS) {
    const { left, restrictions } = await runIsolated({ container: {} }, ["exit", "0"]);
    assertEquals(
      restrictions[0]!.shown,
      "a folder that was given was read and written, another one was not; a port of jobbox was " +
        "not reached",
    );
    assertEquals(left, []);
    return await assertEffect();
  }
  await inFolder((folder) => {
    const before = Deno.env.get("LOCALAPPDATA")!;
    Deno.env.set("LOCALAPPDATA", folder);
    try {
      assertThrows(() => make(), UnsupportedPlatformError, "AppContainer");
      assertEquals([...Deno.readDirSync(folder)], []);
    } finally {
      Deno.env.set("LOCALAPPDATA", before);
    }
  });
});

Deno.test("container: the journal is on the disk before anything is created, and is deleted last (order only)", async () => {
  await withSystem((system, wanted) => {
    const work = make(wanted);
    const made = ["journal", "text", "flush", "profile", "entry", "entry"];
    assertEquals(system.calls, made);
    assertEquals([...system.profiles], [NAME]);
    const sid = containerSid(NAME);
    const lists = [...system.lists.values()];
    assertEquals(lists.map((text) => text.includes(sid)), [true, true]);
    assert(lists[0]!.includes(`(A;OICI;0x1200a9;;;${sid})(A;OICIID;`), lists[0]);
    assert(lists[1]!.includes(`(A;OICI;0x1301bf;;;${sid})(A;OICIID;`), lists[1]);
    assertEquals(work.tidy(), []);
    assertEquals(system.calls, [...made, "no entry", "no entry", "no profile", "no journal"]);
    assertNothingLeft(system);
    // The second time does nothing.
    assertEquals(work.tidy(), []);
    assertEquals(system.calls.length, made.length + 4);
  });
});

Deno.test("container: each call fails in turn, and nothing is left (order only)", async () => {
  await withSystem((system, wanted) => {
    for (let failing = 1; failing <= 6; failing++) {
      system.revive();
      system.fate = (call): Fate => call === failing ? "refused" : "done";
      assertThrows(() => make(wanted), Win32Error, "ERROR_ACCESS_DENIED");
      assertNothingLeft(system);
    }
  });
});

Deno.test("container: no handle is left, whether it is created or refused (order only)", async () => {
  await withSystem((system, wanted) => {
    make(wanted)[Symbol.dispose]();
    void assertNothingLeft(system);
  });
  await inFolder(async (folder) => {
    const full = Deno.realPathSync(folder).replace(/^\\\\\?\\/, "");
    Deno.mkdirSync(`${full}\\out`);
    using system = new ContainerSystem(full);
    await assertNoHandleLeft(() => make({ write: [`${full}\\out`] })[Symbol.dispose]());
    await assertNoHandleLeft(() => {
      system.revive();
      system.fate = (call) => call === 5 ? "refused" : "done";
      assertThrows(() => make({ write: [`${full}\\out`] }), Win32Error);
    });
  });
});

Deno.test("container: after a kill at any call, the next run removes everything (order only)", async () => {
  await withSystem((system, wanted) => {
    const { acl, own } = { acl: `${Deno.env.get("LOCALAPPDATA")}\\jobbox\\acl`, own: ownFacts() };
    const steps = [...Array(10).keys()].map((at) => at + 1);
    for (const killed of steps) {
      system.revive();
      system.fate = (call): Fate => call === killed ? "dead" : "done";
      try {
        make(wanted).tidy();
      } catch (error) {
        assert(error instanceof Killed, `${error}`);
      }
      assertEquals(system.calls.length, killed);
      system.revive();
      const told = sweepJournals(acl, own);
      // One that is torn is put aside: nothing was made before it was whole.
      assertEquals(told.length, killed === 2 ? 1 : 0, `${killed}: ${told}`);
      for (const name of journals(Deno.env.get("LOCALAPPDATA")!)) {
        assert(name.endsWith(".corrupt"), name);
        Deno.removeSync(`${acl}\\${name}`);
      }
      assertNothingLeft(system);
      assertEquals(sweepJournals(acl, own), []);
    }
  });
});

Deno.test("container: a busy profile is deleted at a later attempt, or reported and left to the next run", async () => {
  await withSystem((system) => {
    const work = make();
    system.busy = 3;
    assertEquals(work.tidy(), []);
    assertNothingLeft(system);
    const other = make();
    system.busy = 20;
    const [left, ...more] = other.tidy();
    assert(left?.startsWith(`Cannot delete the container ${NAME}: `), left);
    assertEquals(more, []);
    assertEquals(journals(Deno.env.get("LOCALAPPDATA")!), [`${NAME}.json`]);
    assertEquals(make({}, NAME.replace("0123", "4567")).tidy(), []);
    assertNothingLeft(system);
  });
});

Deno.test("container: two runs that share a folder have an entry each (order only)", async () => {
  await withSystem((system, { write }) => {
    // Of a process that is there: what it has made is no leftover to the other run.
    const [one = "", other = ""] = [1, 2].map((byte) =>
      containerName(ownMaker(), new Uint8Array(8).fill(byte))
    );
    const [first, second] = [make({ write }, one), make({ read: write }, other)];
    const text = (): string => [...system.lists.values()].join("");
    assert([one, other].every((name) => text().includes(containerSid(name))), text());
    assertEquals(first.tidy(), []);
    assertEquals([text().includes(containerSid(one)), text().includes(containerSid(other))], [
      false,
      true,
    ]);
    assertEquals(second.tidy(), []);
    assertNothingLeft(system);
  });
});

Deno.test("container: a system that only pretends to add an entry is detected", async () => {
  await withSystem((system, wanted) => {
    system.forgets = true;
    const error = assertThrows(() => make(wanted), IsolationNotAppliedError);
    assertEquals(error.gate, "before the start");
    assert(error.read.endsWith("says nothing afterwards"), error.read);
    assertNothingLeft(system);
  });
});

Deno.test("container: unsuitable folders are refused before anything is created", async () => {
  await withSystem((system, { write: [folder = ""] }) => {
    Deno.writeTextFileSync(`${folder}\\file`, "x");
    const refused: [Container, string][] = [
      [{ write: ["C:\\Windows"] }, "of Windows"],
      [{ read: [Deno.env.get("USERPROFILE")!] }, "user's own folder"],
      [{ write: [`${Deno.env.get("LOCALAPPDATA")}\\..`] }, "writes down"],
      [{ read: [`${folder}\\file`] }, "is no folder"],
      [{ read: ["."], write: [".."] }, "cannot be read-only"],
    ];
    for (const [wanted, said] of refused) {
      const { read } = assertThrows(() => make(wanted), IsolationNotAppliedError);
      assert(read.includes(said), read);
    }
    assertThrows(() => make({ read: [`${folder}\\none`] }), Win32Error, "ERROR_FILE_NOT_FOUND");
    const facts = { ...ownFacts(), user: "S-1-5-21-1-2-3-1001", owner: "S-1-5-21-1-2-3-1001" };
    const wanted = { read: [folder] };
    const other = assertThrows(
      () => new ContainerWork(facts, { name: NAME, wanted, isRehearsal: false }),
      IsolationNotAppliedError,
    );
    assert(other.read.endsWith("another user"), other.read);
    const contained = { ...ownFacts(), container: "S-1-15-2-1" };
    assertThrows(
      () => new ContainerWork(contained, { name: NAME, wanted, isRehearsal: false }),
      IsolationNotAppliedError,
      "jobbox is in a container",
    );
    // A rehearsal looks at everything and makes nothing.
    new ContainerWork(ownFacts(), { name: NAME, wanted, isRehearsal: true })[Symbol.dispose]();
    assertEquals(system.calls, []);
    assertNothingLeft(system);
  });
});

Deno.test("container: sets its attributes, and checks the suspended process", async () => {
  await withSystem((system) => {
    const work = make({ network: ["internet"], capabilities: ["lpacCom"] });
    const draft = { attributes: [] } as unknown as Draft;
    work.apply(draft);
    const sid = containerSid(NAME);
    assertEquals(draft.container, sid);
    assertEquals(
      draft.attributes.map(([attribute, value]) => [attribute, (value as Uint8Array).byteLength]),
      [
        [BIRTH.PROC_THREAD_ATTRIBUTE_SECURITY_CAPABILITIES, 24],
        [BIRTH.PROC_THREAD_ATTRIBUTE_ALL_APPLICATION_PACKAGES_POLICY, 4],
      ],
    );
    const token = {
      container: sid,
      lessPrivileged: true,
      integrity: SID.low,
      capabilities: [capabilitySid("lpacCom"), "S-1-15-3-1"],
    };
    const read = (change: Partial<TokenFacts>): string =>
      work.readBack({ token: { ...token, ...change } } as Born);
    assertEquals(
      read({}),
      `a less privileged container with internetClient, lpacCom, ${sid}, in C:\\AC`,
    );
    const deviations: [Partial<TokenFacts>, string][] = [
      [{ container: undefined }, "no container"],
      [{ container: "S-1-15-2-1" }, "the container S-1-15-2-1"],
      [{ lessPrivileged: false }, "an ordinary container"],
      [{ lessPrivileged: undefined }, "not known"],
      [{ capabilities: ["S-1-15-3-1"] }, "the capabilities S-1-15-3-1"],
      [{ capabilities: [] }, "the capabilities none"],
      [{ capabilities: [...token.capabilities, "S-1-15-3-2"] }, "S-1-15-3-2"],
      [{ integrity: SID.medium }, "the level medium"],
    ];
    for (const [change, said] of deviations) {
      assertThrows(() => read(change), IsolationNotAppliedError, said);
    }
    assertEquals(work.tidy(), []);
    assertNothingLeft(system);
  });
});
