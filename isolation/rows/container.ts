/**
 * The restriction `container`: an AppContainer of Windows, made for one start.
 *
 * Theory of operation. The container's identifier follows from its name, so that all that is going
 * to be made is known before it is made: it is written down first (`journal.ts`), then the profile is
 * made, then each folder gets its entry. What a killed run leaves is taken back by the next one. The
 * way back is the same in reverse, and the journal goes last, only when everything else is gone.
 *
 * @module
 */
import { BIRTH } from "../../ffi/constants.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { NativeMemory } from "../../process/native_memory.ts";
import { shown } from "../../values/shown.ts";
import { READ_RIGHTS, WRITE_RIGHTS } from "../access_text.ts";
import { capabilitySid, containerSid, NETWORK_CAPABILITIES } from "../capabilities.ts";
import { tryContainer } from "../container_trial.ts";
import { IsolationNotAppliedError } from "../errors.ts";
import { sweepFolders } from "../fresh_folder.ts";
import { fullFolder, GivenFolder, UnfitFolder } from "../folder_rights.ts";
import {
  type FolderAccess,
  folderContradiction,
  folderProblem,
  type Places,
} from "../folder_rules.ts";
import type { Container } from "../isolation.ts";
import { JournalFile, sweepJournals, takeBack } from "../journal.ts";
import { findPlaces } from "../places.ts";
import {
  bindContainerFunctions,
  CapabilityList,
  createProfile,
  deleteProfile,
  profileFolder,
} from "../profile.ts";
import { levelText, SID, sidBytes } from "../sid.ts";
import type { TokenFacts } from "../token_facts.ts";
import type { Born, Draft, TrialRoom, Work } from "../work.ts";

const CAPABILITIES = struct(STRUCTS, "SECURITY_CAPABILITIES");

/** Without it few programs start. */
const USUAL: readonly string[] = ["registryRead"];

const RIGHTS: { readonly [A in FolderAccess]: number } = {
  read: READ_RIGHTS,
  write: WRITE_RIGHTS,
};

interface Given {
  readonly folder: GivenFolder;
  readonly access: FolderAccess;
}

/** `container` at work. */
export class ContainerWork implements Work {
  readonly row = "container";
  readonly asked: string;
  readonly #name: string;
  readonly #sid: string;
  readonly #isLess: boolean;
  readonly #names: readonly string[];
  readonly #capabilities: CapabilityList;
  readonly #hasNetwork: boolean;
  readonly #memory = new DisposableStack();
  readonly #given: Given[] = [];
  readonly #left: string[] = [];
  #journal: JournalFile | undefined;
  #isMade = false;
  #folder = "";

  /**
   * Checks everything, writes down what is going to be made, and makes it.
   *
   * @param own What our own token says.
   * @param container Its name, what it may do, and whether nothing is to be made.
   * @throws {UnsupportedPlatformError} If the system has no containers.
   * @throws {IsolationNotAppliedError} If a folder cannot be given, or is not given then.
   * @throws {Win32Error} If the system refuses something.
   */
  constructor(
    own: TokenFacts,
    { isRehearsal, name, wanted }: {
      readonly name: string;
      readonly wanted: Container;
      readonly isRehearsal: boolean;
    },
  ) {
    const { capabilities = USUAL, lessPrivileged = true, network = [] } = wanted;
    this.#isLess = lessPrivileged;
    this.#hasNetwork = network.length > 0;
    this.#names = [...network.map((word) => NETWORK_CAPABILITIES[word]), ...capabilities];
    this.#name = name;
    this.#sid = containerSid(this.#name);
    const kind = lessPrivileged ? "a less privileged container" : "an ordinary container";
    this.asked = `${kind} with ${this.#names.join(", ") || "no capability"}`;
    if (own.container !== undefined) {
      this.#fail("before the start", "jobbox is in a container, where no other can be made");
    }
    bindContainerFunctions();
    this.#capabilities = this.#memory.use(new CapabilityList(this.#names.map(capabilitySid)));
    try {
      const places = findPlaces();
      this.#open(wanted, own, places);
      if (!isRehearsal) this.#make(own, places);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Opens the folders and checks them; nothing is changed. */
  #open({ read = [], write = [] }: Container, own: TokenFacts, places: Places): void {
    const full = { read: read.map(fullFolder), write: write.map(fullFolder) };
    const problem = folderContradiction(full.read, full.write);
    if (problem !== undefined) this.#refuseFolder(full.read.join(", "), problem);
    for (const access of ["read", "write"] as const) {
      for (const path of full[access]) {
        const unfit = folderProblem(path, access, places);
        if (unfit !== undefined) this.#refuseFolder(`to ${access} ${shown(path)}`, unfit);
        this.#onFolder(path, access, () => {
          const folder = GivenFolder.open(path);
          this.#given.push({ folder, access });
          if (folder.owner !== own.user && folder.owner !== own.owner) {
            throw new UnfitFolder(`it belongs to ${folder.owner}, another user`);
          }
        });
      }
    }
  }

  #make(own: TokenFacts, places: Places): void {
    this.#left.push(...sweepFolders(), ...sweepJournals(places.journals, own));
    this.#journal = JournalFile.write(places.journals, {
      name: this.#name,
      folders: this.#given.map(({ folder: { identity, path } }) => ({ path, identity })),
    });
    // Also one that is made half-way is to be deleted.
    this.#isMade = true;
    const sid = createProfile(this.#name, this.#capabilities);
    if (sid !== this.#sid) this.#fail("before the start", `the container ${sid}`);
    this.#folder = profileFolder(sid);
    for (const { access, folder } of this.#given) {
      this.#onFolder(folder.path, access, () => {
        folder.give({ sid: this.#sid, rights: RIGHTS[access] });
      });
    }
  }

  #onFolder(path: string, access: FolderAccess, act: () => void): void {
    try {
      act();
    } catch (error) {
      if (error instanceof UnfitFolder) {
        this.#refuseFolder(`to ${access} ${shown(path)}`, error.message);
      }
      throw error;
    }
  }

  #refuseFolder(asked: string, read: string): never {
    const { row } = this;
    throw new IsolationNotAppliedError({ row, gate: "before the start", asked, read });
  }

  apply(draft: Draft): void {
    const sid = this.#memory.use(NativeMemory.of(sidBytes(this.#sid)));
    const list = this.#memory.use(NativeMemory.of(this.#capabilities.bytes));
    const view = CAPABILITIES.encode({
      AppContainerSid: sid.address,
      Capabilities: this.#capabilities.count === 0 ? 0n : list.address,
      CapabilityCount: this.#capabilities.count,
      Reserved: 0,
    });
    draft.attributes.push([
      BIRTH.PROC_THREAD_ATTRIBUTE_SECURITY_CAPABILITIES,
      new Uint8Array(view.buffer),
    ]);
    if (this.#isLess) {
      const { PROCESS_CREATION_ALL_APPLICATION_PACKAGES_OPT_OUT: out } = BIRTH;
      draft.attributes.push([
        BIRTH.PROC_THREAD_ATTRIBUTE_ALL_APPLICATION_PACKAGES_POLICY,
        new Uint8Array(Uint32Array.of(out).buffer),
      ]);
    }
    draft.container = this.#sid;
  }

  readBack({ token }: Born): string {
    const gate = "in the suspended process";
    const { capabilities, container, integrity, lessPrivileged } = token;
    if (container === undefined) this.#fail(gate, "no container");
    if (container !== this.#sid) this.#fail(gate, `the container ${container}`);
    if (lessPrivileged === undefined) this.#fail(gate, "a container of a kind that is not known");
    if (lessPrivileged !== this.#isLess) {
      const kind = lessPrivileged ? "a less privileged container" : "an ordinary container";
      this.#fail(gate, kind);
    }
    const wanted = this.#names.map(capabilitySid).sort().join(", ");
    const found = [...capabilities].sort().join(", ");
    if (wanted !== found) this.#fail(gate, `the capabilities ${found || "none"}`);
    if (integrity !== SID.low) this.#fail(gate, `the level ${levelText(integrity)}`);
    return `${this.asked}, ${container}, in ${this.#folder}`;
  }

  trial(room: TrialRoom): string {
    const shows = tryContainer(room, this.#sid, !this.#hasNetwork);
    return typeof shows === "string" ? shows : this.#fail("by a trial", shows.problem);
  }

  #fail(gate: IsolationNotAppliedError["gate"], read: string): never {
    const { asked, row } = this;
    throw new IsolationNotAppliedError({ row, gate, asked, read });
  }

  /** Takes back what was made, in reverse; the journal stays when something is still there. */
  tidy(): string[] {
    const left: string[] = [];
    const tell = (text: string | undefined): void => void (text === undefined || left.push(text));
    const journal = this.#journal;
    this.#journal = undefined;
    using folders = new DisposableStack();
    for (const { folder } of this.#given) folders.use(folder);
    const given = this.#given.splice(0);
    this.#memory.dispose();
    if (journal !== undefined) {
      for (const { folder } of given) tell(takeBack(folder, this.#sid));
      if (this.#isMade) tell(deleteProfile(this.#name));
      if (left.length === 0) tell(journal.delete());
    }
    return [...this.#left.splice(0), ...left];
  }

  /** Takes everything back; what is left then is in the journal, which a later run reads. */
  [Symbol.dispose](): void {
    this.tidy();
  }
}
