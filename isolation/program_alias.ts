/**
 * Aliases of packaged programs: files without content whose link Windows resolves itself. They cannot
 * be started with another token, so they are refused before anything is made.
 *
 * @module
 */
import { ACCESS, ERROR, FILE, FILE_ENTRY, SECURITY } from "../ffi/constants.ts";
import { failure } from "../ffi/error.ts";
import { kernel32 } from "../ffi/library.ts";
import { shown } from "../values/shown.ts";
import { type Entry, isLink, LONG, openEntry } from "./entries.ts";
import { IsolationNotAppliedError } from "./errors.ts";
import { ownerOf } from "./folder_rights.ts";
import { SID } from "./sid.ts";
import type { TokenFacts } from "./token_facts.ts";

/** More than a link can have, in bytes. */
const LINK_MAX = 16_384;
/** Tag, length, reserved; then a count of texts. */
const HEADER = 8;
const COUNT = 4;
/** The text that is the program's path: after the package and its entry point. */
const PROGRAM = 2;

/** The folder of aliases. */
const FOLDER = /\\WindowsApps\\[^\\]*$/i;

/** Who may own a program beside the user: Windows' installer, the system, administrators. */
const INSTALLERS: ReadonlySet<string> = new Set([
  SID.administrators,
  SID.system,
  "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
]);

/**
 * Reads the program that an alias stands for.
 *
 * @param link What FSCTL_GET_REPARSE_POINT gave.
 * @returns The program's path; `undefined` for a link of another kind, or one that is cut short.
 */
export function aliasTarget(link: DataView<ArrayBuffer>): string | undefined {
  if (link.byteLength < HEADER + COUNT) return undefined;
  if (link.getUint32(0, true) !== FILE_ENTRY.IO_REPARSE_TAG_APPEXECLINK) return undefined;
  const length = Math.min(link.getUint16(4, true), link.byteLength - HEADER) - COUNT;
  const units = Array.from(
    { length: Math.max(0, length >> 1) },
    (_, at) => String.fromCharCode(link.getUint16(HEADER + COUNT + 2 * at, true)),
  );
  const texts = units.join("").split("\0");
  // The last text has its own end: one that has none is cut short.
  return texts.length > PROGRAM + 1 && texts[PROGRAM] !== "" ? texts[PROGRAM] : undefined;
}

function linkOf(entry: Entry): DataView<ArrayBuffer> | undefined {
  const memory = new Uint8Array(LINK_MAX);
  const length = new Uint32Array(1);
  const code = failure(
    kernel32.DeviceIoControl(
      entry.handle.value,
      FILE_ENTRY.FSCTL_GET_REPARSE_POINT,
      null,
      0,
      memory,
      memory.byteLength,
      length,
      0n,
    ),
  );
  return code === ERROR.SUCCESS ? new DataView(memory.buffer, 0, length[0]) : undefined;
}

/**
 * Refuses a program that cannot be started with fewer rights.
 *
 * @param program The program's full path.
 * @param row The restriction that the message names.
 * @param own What our own token says; given for a container, whose program must be the user's or an
 * installed one.
 * @throws {IsolationNotAppliedError} If it is an alias, or belongs to another user.
 * @throws {Win32Error} If the system does not say.
 */
export function checkProgram(program: string, row: string, own?: TokenFacts): void {
  const path = program.startsWith("\\\\") ? program : LONG + program;
  const entry = openEntry(path, {
    rights: FILE.FILE_READ_ATTRIBUTES | (own === undefined ? 0 : ACCESS.READ_CONTROL),
    share: FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE | FILE.FILE_SHARE_DELETE,
  });
  using handle = entry.handle;
  const refuse = (read: string, advice: string): never => {
    const gate = "before the start";
    throw new IsolationNotAppliedError({ row, gate, asked: shown(program), read, advice });
  };
  const link = isLink(entry) ? linkOf(entry) : undefined;
  const target = link === undefined ? undefined : aliasTarget(link);
  if (target !== undefined || FOLDER.test(program) && entry.size === 0) {
    refuse(
      "an alias of a packaged program, which Windows starts with no other token",
      target === undefined ? "name the program's real file" : `name ${shown(target)}`,
    );
  }
  if (own === undefined) return;
  const kind = SECURITY.SE_FILE_OBJECT;
  const owner = ownerOf({ handle: handle.value, kind, what: shown(program) });
  if (owner !== own.user && owner !== own.owner && !INSTALLERS.has(owner)) {
    refuse(`a file of ${owner}, another user`, "give the container programs of your own");
  }
}
