/**
 * A system that has containers and keeps lists of rights, for tests of the order of calls: it keeps
 * what it is told and enforces nothing. It counts the calls that change something, fails at one of
 * them, or is dead from one on, as after a kill.
 */
import { ERROR, FILE, SECURITY } from "../../ffi/constants.ts";
import { advapi32, kernel32, ole32, userenv } from "../../ffi/library.ts";
import { decodeWide, encodeWide } from "../../ffi/strings.ts";
import { containerSid } from "../../isolation/capabilities.ts";
import { sidBytes } from "../../isolation/sid.ts";
import { identityOfHandle } from "../../process/io/file_identity.ts";
import { NativeMemory } from "../../process/native_memory.ts";
import { DescriptorTexts } from "./descriptor_texts.ts";
import { substituteFunction, substituteKernel, supplyFunction } from "./substituted_kernel.ts";

const E_ACCESSDENIED = -2147024891;

/** The variables by which folders are found: those for temporary files too, where runs sweep. */
const FOLDERS = ["LOCALAPPDATA", "TMP", "TEMP"];

/** What a folder has before anybody gives it. */
export const BEFORE = "D:AI(A;OICI;FA;;;SY)(A;OICIID;FA;;;BA)";

/** Whether a call at its number is done, refused, or done by nobody since the process is gone. */
export type Fate = "done" | "refused" | "dead";

/** Thrown in the place of the end of the process. */
export class Killed extends Error {}

/** A system with containers, until it is disposed of. */
export class ContainerSystem implements Disposable {
  /** The profiles that are there. */
  readonly profiles = new Set<string>();
  /** The lists of rights that were changed, by folder. */
  readonly lists = new Map<string, string>();
  /** The calls that changed something, in their order. */
  readonly calls: string[] = [];
  /** How often a profile is too busy to be deleted. */
  busy = 0;
  /** What happens to a call, by its number from 1 on. */
  fate: (call: number) => Fate = () => "done";
  /** Whether lists of rights are forgotten, as by a system that only says yes. */
  forgets = false;
  #isDead = false;
  readonly #undo = new DisposableStack();
  readonly #memory = new DisposableStack();
  readonly #folders = FOLDERS.map((name) => [name, Deno.env.get(name)] as const);

  /**
   * Puts it in the place of the real one.
   *
   * @param local Where `%LOCALAPPDATA%` is meanwhile, and temporary files: what other tests left in
   * the usual folder is none of its business.
   */
  constructor(local: string) {
    for (const name of FOLDERS) Deno.env.set(name, local);
    this.#userenv();
    this.#rights();
    this.#files();
  }

  /** Ends being dead: another process comes. */
  revive(): void {
    this.#isDead = false;
    this.fate = () => "done";
    this.calls.length = 0;
  }

  /** The rights of a folder as text. */
  rightsOf(identity: string): string {
    return this.lists.get(identity) ?? BEFORE;
  }

  /** Counts a call, and says whether it is done. */
  #step(call: string): boolean {
    if (this.#isDead) return false;
    this.calls.push(call);
    const fate = this.fate(this.calls.length);
    if (fate !== "dead") return fate === "done";
    this.#isDead = true;
    throw new Killed(call);
  }

  #userenv(): void {
    const use = this.#undo.use.bind(this.#undo);
    use(supplyFunction(userenv, "CreateAppContainerProfile", (name, ...rest) => {
      const text = decodeWide(name as Uint16Array);
      if (!this.#step("profile")) return E_ACCESSDENIED;
      this.profiles.add(text);
      const memory = this.#memory.use(NativeMemory.of(sidBytes(containerSid(text))));
      (rest.at(-1) as BigUint64Array)[0] = memory.address;
      return 0;
    }));
    use(supplyFunction(userenv, "DeleteAppContainerProfile", (name) => {
      // A process that is gone does not try again.
      if (this.#isDead) return 0;
      if (!this.#step("no profile")) return E_ACCESSDENIED;
      if (this.busy-- > 0) return E_ACCESSDENIED;
      this.profiles.delete(decodeWide(name as Uint16Array));
      return 0;
    }));
    use(supplyFunction(userenv, "GetAppContainerFolderPath", (_sid, path) => {
      const text = new Uint8Array(encodeWide("C:\\AC").buffer);
      (path as BigUint64Array)[0] = this.#memory.use(NativeMemory.of(text)).address;
      return 0;
    }));
    // The memory is freed with this object.
    use(substituteFunction(advapi32, "FreeSid", () => () => 0n));
    use(substituteFunction(ole32, "CoTaskMemFree", () => () => {}));
  }

  #rights(): void {
    const use = this.#undo.use.bind(this.#undo);
    const isList = (kind: number, parts: number): boolean =>
      kind === SECURITY.SE_FILE_OBJECT && (parts & SECURITY.DACL_SECURITY_INFORMATION) !== 0;
    const texts = use(new DescriptorTexts());
    use(
      substituteFunction(advapi32, "GetSecurityInfo", (real) => (handle, kind, parts, ...rest) => {
        if (!isList(kind, parts)) return real(handle, kind, parts, ...rest);
        const text = this.rightsOf(identityOfHandle(handle)!);
        texts.give(rest.at(-1) as BigUint64Array<ArrayBuffer>, text);
        return ERROR.SUCCESS;
      }),
    );
    // The text of a list that is going to be set, by its address.
    const given = new Map<bigint, string>();
    use(substituteFunction(
      advapi32,
      "ConvertStringSecurityDescriptorToSecurityDescriptorW",
      (real) => (text, revision, memory, size) => {
        const result = real(text, revision, memory, size);
        given.set((memory as BigUint64Array)[0]!, decodeWide(text as Uint16Array));
        return result;
      },
    ));
    use(substituteFunction(advapi32, "GetSecurityDescriptorDacl", (real) => (address, ...rest) => {
      const result = real(address, ...rest);
      given.set((rest[1] as BigUint64Array)[0]!, given.get(address) ?? "");
      return result;
    }));
    use(
      substituteFunction(advapi32, "SetSecurityInfo", (real) => (handle, kind, parts, ...rest) => {
        if (!isList(kind, parts)) return real(handle, kind, parts, ...rest);
        const text = given.get(rest[2])!;
        const identity = identityOfHandle(handle)!;
        const isMore = text.length > this.rightsOf(identity).length;
        if (!this.#step(isMore ? "entry" : "no entry")) return ERROR.ACCESS_DENIED;
        if (!this.forgets) this.lists.set(identity, text);
        return ERROR.SUCCESS;
      }),
    );
  }

  /** Files: the calls that make, write and delete a journal. */
  #files(): void {
    const use = this.#undo.use.bind(this.#undo);
    use(substituteKernel("GetVolumeInformationByHandleW", (real) => (...args) => {
      const result = real(...args);
      (args[5] as Uint32Array)[0]! |= 8;
      return result;
    }));
    const refused = (result: number): number => {
      kernel32.SetLastError(ERROR.ACCESS_DENIED);
      return result;
    };
    const isJournal = (path: unknown): boolean => decodeWide(path as Uint16Array).endsWith(".json");
    use(substituteKernel("CreateFileW", (real) => (path, access, share, sa, how, ...rest) => {
      if (how === FILE.CREATE_NEW && isJournal(path) && !this.#step("journal")) {
        refused(0);
        return 0xffff_ffff_ffff_ffffn;
      }
      return real(path, access, share, sa, how, ...rest);
    }));
    use(substituteKernel("WriteFile$bytes", (real) => (handle, bytes, length, ...rest) => {
      const isText = (bytes as Uint8Array)[0] === 0x7b;
      if (isText && !this.#step("text")) return refused(0);
      return real(handle, bytes, length, ...rest);
    }));
    use(
      substituteKernel(
        "FlushFileBuffers",
        (real) => (handle) => this.#step("flush") ? real(handle) : refused(0),
      ),
    );
    use(
      substituteKernel(
        "SetFileInformationByHandle",
        (real) => (...args) => this.#step("no journal") ? real(...args) : refused(0),
      ),
    );
  }

  /** Puts the real system back. */
  [Symbol.dispose](): void {
    this.#undo.dispose();
    this.#memory.dispose();
    for (const [name, value] of this.#folders) {
      if (value !== undefined) Deno.env.set(name, value);
      else Deno.env.delete(name);
    }
  }
}
