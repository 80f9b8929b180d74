/**
 * The list of who may use an object, as text (SDDL): entries are added and taken out, and every other
 * one stays as it is. Pure.
 *
 * @module
 */

/** A list of entries. */
export interface AccessList {
  /** Flags such as `"P"` and `"AI"`, as one word. */
  readonly flags: string;
  /** The entries, each in its parentheses, in their order. */
  readonly entries: readonly string[];
}

/** An entry that grants something to one identifier, for a folder and what is made in it. */
export interface Grant {
  /** Whom. */
  readonly sid: string;
  /** The rights, as a mask. */
  readonly rights: number;
}

/** Read and execute. */
export const READ_RIGHTS = 0x1200a9;
/** Read, execute, write and delete; not the folder's own rights and not its owner. */
export const WRITE_RIGHTS = 0x1301bf;

/** Where an entry ends: conditions have parentheses and texts of their own. */
function entryEnd(text: string, start: number): number {
  let depth = 0;
  let isText = false;
  for (let at = start; at < text.length; at++) {
    const unit = text[at];
    if (unit === '"') isText = !isText;
    if (isText) continue;
    if (unit === "(") depth++;
    if (unit === ")" && --depth === 0) return at + 1;
  }
  return -1;
}

/**
 * Reads a list.
 *
 * @param sddl The list as text, such as `"D:AI(A;;FA;;;SY)"`.
 * @returns The list; `undefined` if there is none, so that everybody may do everything, or it cannot
 * be understood.
 */
export function readAccessList(sddl: string): AccessList | undefined {
  const [start, flags = ""] = /^D:([A-Z]*)(?=\(|$)/.exec(sddl) ?? [];
  if (start === undefined || flags.includes("NO")) return undefined;
  const entries: string[] = [];
  for (let at = start.length; at < sddl.length;) {
    const end = sddl[at] === "(" ? entryEnd(sddl, at) : -1;
    if (end < 0) return undefined;
    entries.push(sddl.slice(at, end));
    at = end;
  }
  return { flags, entries };
}

/** Writes a list as text. */
export function accessText({ entries, flags }: AccessList): string {
  return `D:${flags}${entries.join("")}`;
}

/** Whether a list takes nothing from the folder above. */
export function isProtected({ flags }: AccessList): boolean {
  return flags.includes("P");
}

interface Parts {
  readonly type: string;
  readonly flags: string;
  readonly rights: string;
  readonly sid: string;
}

function parts(entry: string): Parts {
  const [type = "", flags = "", rights = "", , , sid = ""] = entry.slice(1, -1).split(";");
  return { type, flags, rights, sid };
}

function isInherited(entry: string): boolean {
  return /^(?:..)*ID/.test(parts(entry).flags);
}

/** Whether an entry is one that was added for an identifier. */
function isOwn(entry: string, sid: string): boolean {
  const { sid: found, type } = parts(entry);
  return type === "A" && found === sid && !isInherited(entry);
}

/**
 * Adds an entry: after those of the object itself, before those of the folders above, which is the
 * order that Windows keeps.
 *
 * @param list The list.
 * @param grant What to grant.
 * @returns The new list.
 */
export function withGrant(list: AccessList, { rights, sid }: Grant): AccessList {
  const entry = `(A;OICI;0x${rights.toString(16)};;;${sid})`;
  const inherited = list.entries.findIndex(isInherited);
  const at = inherited < 0 ? list.entries.length : inherited;
  return { ...list, entries: list.entries.toSpliced(at, 0, entry) };
}

/**
 * Takes out what was added for an identifier.
 *
 * @param list The list.
 * @param sid The identifier.
 * @returns The new list; the same object if it has nothing of the kind.
 */
export function withoutGrants(list: AccessList, sid: string): AccessList {
  const entries = list.entries.filter((entry) => !isOwn(entry, sid));
  return entries.length === list.entries.length ? list : { ...list, entries };
}

/**
 * Says what a list grants to an identifier by itself.
 *
 * @param list The list.
 * @param sid The identifier.
 * @returns Each entry's rights and inheritance, as `"OICI 0x1200a9"`; empty for nothing.
 */
export function grantsOf(list: AccessList, sid: string): string[] {
  return list.entries.filter((entry) => isOwn(entry, sid)).map((entry) => {
    const { flags, rights } = parts(entry);
    return `${flags} ${rights.toLowerCase()}`;
  });
}

/**
 * Whether two lists grant the same to everybody else.
 *
 * @param first A list.
 * @param second Another one.
 * @param sid Whose own entries are not looked at.
 */
export function isSameForOthers(first: AccessList, second: AccessList, sid: string): boolean {
  const others = (list: AccessList): string => withoutGrants(list, sid).entries.join("");
  return others(first) === others(second) && isProtected(first) === isProtected(second);
}
