/**
 * What is written down before anything is made for a container, so that a later run can take back
 * what a killed one has left. Pure.
 *
 * Theory of operation. A journal may be torn, or written by the command itself, which can have the
 * same user. So it never says whose rights to take out of a list: that identifier is derived from the
 * container's name, which must be one of jobbox's own and the name of the file. The worst that a
 * forged journal can do is to take a container's rights from a folder that it names.
 *
 * @module
 */
import { folderShapeProblem } from "./folder_rules.ts";

/** A folder whose list of rights gets an entry. */
export interface JournalFolder {
  /** Its path. */
  readonly path: string;
  /** Which folder it is: the volume's serial number and the folder's index. */
  readonly identity: string;
}

/** A journal. */
export interface Journal {
  /** The container's name. */
  readonly name: string;
  /** The folders. */
  readonly folders: readonly JournalFolder[];
}

/** The process that made a container. */
export interface Maker {
  /** Its id. */
  readonly pid: number;
  /** Its start, in ms. */
  readonly start: number;
}

/** How a journal's file ends. */
export const JOURNAL_SUFFIX = ".json";

const VERSION = 1;
/** The most bytes of a journal that is read. */
export const JOURNAL_MAX = 1024 * 1024;

const NAME = /^jobbox\.(\d{1,10})\.(\d{1,15})\.[0-9a-f]{16}$/;
const IDENTITY = /^[0-9a-f]{1,8}(?:-[0-9a-f]{1,8}){2}$/;

/**
 * Names a container.
 *
 * @param maker The process that makes it.
 * @param random Eight bytes that nobody can guess.
 * @returns At most 64 characters of those that Windows takes.
 */
export function containerName({ pid, start }: Maker, random: Uint8Array): string {
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `jobbox.${pid}.${start}.${hex}`;
}

/**
 * Reads who made a container.
 *
 * @param name The container's name.
 * @returns The process; `undefined` for a name that jobbox does not give.
 */
export function makerOf(name: string): Maker | undefined {
  const [, pid, start] = NAME.exec(name) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), start: Number(start) };
}

/** Writes a journal as text. */
export function writeJournal({ folders, name }: Journal): string {
  const plain = folders.map(({ identity, path }) => ({ path, identity }));
  return `${JSON.stringify({ version: VERSION, name, folders: plain })}\n`;
}

function isFolder(value: unknown): value is JournalFolder {
  if (typeof value !== "object" || value === null) return false;
  const { identity, path, ...rest } = value as Record<string, unknown>;
  return typeof path === "string" && folderShapeProblem(path) === undefined &&
    typeof identity === "string" && IDENTITY.test(identity) && Object.keys(rest).length === 0;
}

/**
 * Reads a journal.
 *
 * @param text Its text.
 * @param name The name that its file has.
 * @returns The journal; `undefined` for one that is torn or no journal.
 */
export function readJournal(text: string, name: string): Journal | undefined {
  if (makerOf(name) === undefined || !text.endsWith("}\n")) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { folders, name: said, version } = value as Record<string, unknown>;
  if (version !== VERSION || said !== name) return undefined;
  if (!Array.isArray(folders) || !folders.every(isFolder)) return undefined;
  return { name, folders };
}
