/**
 * Security identifiers, as text and as the bytes that Windows has. Pure.
 *
 * @module
 */

/** Identifiers that are the same on every system. */
export const SID = {
  administrators: "S-1-5-32-544",
  system: "S-1-5-18",
  ownerRights: "S-1-3-4",
  untrusted: "S-1-16-0",
  low: "S-1-16-4096",
  medium: "S-1-16-8192",
  high: "S-1-16-12288",
} as const;

/** Bytes before the parts: revision, count, and the authority. */
const HEADER = 8;
const PART = 4;
/** The most parts that Windows takes. */
const PARTS_MAX = 15;

/**
 * Encodes an identifier.
 *
 * @param text Such as `"S-1-5-32-544"`.
 * @returns Its bytes.
 * @throws {TypeError} If it has another type.
 */
export function sidBytes(text: string): Uint8Array<ArrayBuffer> {
  const [, authority, rest = ""] = /^S-1-(\d{1,15})((?:-\d{1,10})*)$/.exec(text) ?? [];
  const parts = rest.split("-").slice(1).map(Number);
  const isInRange = Number(authority) < 2 ** 48 && parts.every((part) => part < 2 ** 32);
  if (authority === undefined || !isInRange || parts.length > PARTS_MAX) {
    throw new TypeError(`Cannot encode ${JSON.stringify(text)}: it is not a security identifier`);
  }
  const view = new DataView(new ArrayBuffer(HEADER + PART * parts.length));
  view.setUint8(0, 1);
  view.setUint8(1, parts.length);
  const wide = Number(authority);
  view.setUint16(2, Math.floor(wide / 2 ** 32));
  view.setUint32(4, wide % 2 ** 32);
  for (const [at, part] of parts.entries()) view.setUint32(HEADER + PART * at, part, true);
  return new Uint8Array(view.buffer);
}

/**
 * Decodes an identifier.
 *
 * @param view Memory that holds it.
 * @param offset Where it begins, in bytes.
 * @returns Its text, and its bytes' count.
 * @throws {RangeError} If the memory does not hold one at this place.
 */
export function readSid(view: DataView, offset: number): { text: string; length: number } {
  const fits = (length: number): boolean => offset >= 0 && offset + length <= view.byteLength;
  if (!fits(HEADER) || view.getUint8(offset) !== 1) {
    throw new RangeError(`Cannot read a security identifier at byte ${offset}: there is none`);
  }
  const count = view.getUint8(offset + 1);
  const length = HEADER + PART * count;
  if (count > PARTS_MAX || !fits(length)) {
    throw new RangeError(`Cannot read a security identifier at byte ${offset}: it is cut short`);
  }
  const authority = view.getUint16(offset + 2) * 2 ** 32 + view.getUint32(offset + 4);
  const parts = Array.from(
    { length: count },
    (_, at) => view.getUint32(offset + HEADER + PART * at, true),
  );
  return { text: ["S-1", authority, ...parts].join("-"), length };
}

const LEVELS: { readonly [sid: string]: string } = {
  [SID.untrusted]: "untrusted",
  [SID.low]: "low",
  [SID.medium]: "medium",
  [SID.high]: "high",
  "S-1-16-8448": "medium plus",
  "S-1-16-16384": "system",
};

/**
 * Names an integrity level for people.
 *
 * @param sid Its identifier.
 * @returns Such as `"low (S-1-16-4096)"`.
 */
export function levelText(sid: string): string {
  const word = LEVELS[sid];
  return word === undefined ? sid : `${word} (${sid})`;
}

/**
 * The number of an integrity level; the higher it is, the more may be written to.
 *
 * @param sid Its identifier.
 * @returns The number, such as 4096 for low.
 * @throws {TypeError} If it is not a level.
 */
export function levelNumber(sid: string): number {
  const [, number] = /^S-1-16-(\d+)$/.exec(sid) ?? [];
  if (number === undefined) {
    throw new TypeError(`Cannot read the level of ${sid}: it is not a level`);
  }
  return Number(number);
}
