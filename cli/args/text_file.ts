/**
 * The text files that a user writes for the tool: policies and files of variables. One reader for
 * both: strict UTF-8, with or without a byte order mark.
 *
 * @module
 */
import { shown } from "../../values/shown.ts";
import type { Io } from "../terminal/io.ts";
import { reasonOf } from "../text/message.ts";
import { UsageError } from "./usage_error.ts";

/** The most bytes of such a file. */
export const TEXT_FILE_MAX = 16 * 1024 ** 2;

/** Byte order marks of other encodings; longer ones first, because they begin like shorter ones. */
const FOREIGN: readonly (readonly [name: string, mark: readonly number[]])[] = [
  ["UTF-32", [255, 254, 0, 0]],
  ["UTF-32", [0, 0, 254, 255]],
  ["UTF-16", [255, 254]],
  ["UTF-16", [254, 255]],
];

const LINE_FEED = 10;

function foreignEncoding(bytes: Uint8Array): string | undefined {
  const marked = FOREIGN.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte));
  if (marked !== undefined) return marked[0];
  // Without a mark: an ASCII character is one byte and a NUL, in either order.
  const [first, second] = bytes;
  const wide = first !== undefined && second !== undefined && (first === 0) !== (second === 0);
  return wide ? "UTF-16" : undefined;
}

function lineOf(bytes: Uint8Array, at: number): number {
  let line = 1;
  for (let i = 0; i < at; i++) if (bytes[i] === LINE_FEED) line++;
  return line;
}

/** The first line that is not UTF-8. No byte of a longer character is a line feed. */
function brokenLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let start = 0;
  for (let line = 1;; line++) {
    const feed = bytes.indexOf(LINE_FEED, start);
    try {
      decoder.decode(bytes.subarray(start, feed < 0 ? bytes.length : feed));
    } catch {
      return line;
    }
    if (feed < 0) return line;
    start = feed + 1;
  }
}

/**
 * Decodes a text file.
 *
 * @param bytes Its content.
 * @param path Its path, for messages.
 * @returns The text without the byte order mark.
 * @throws {UsageError} If it is not UTF-8, or holds a NUL; the message names file and line.
 */
export function decodeText(bytes: Uint8Array, path: string): string {
  const refuse = (line: number, problem: string): never => {
    throw new UsageError(`${path}:${line}: Cannot read it: ${problem}`);
  };
  const foreign = foreignEncoding(bytes);
  if (foreign !== undefined) refuse(1, `the file is ${foreign}; save it as UTF-8`);
  const nul = bytes.indexOf(0);
  if (nul >= 0) refuse(lineOf(bytes, nul), "it contains a NUL character");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse(brokenLine(bytes), "it is not UTF-8; save the file as UTF-8");
  }
}

/**
 * Reads a text file that an option names.
 *
 * @param path The file.
 * @param from The option, for messages.
 * @param io Reads it.
 * @returns Its text.
 * @throws {UsageError} If it cannot be read, is too large or is not UTF-8.
 */
export function readText(
  path: string,
  { from, io }: { readonly from: string; readonly io: Pick<Io, "readFile"> },
): string {
  let bytes: Uint8Array;
  try {
    bytes = io.readFile(path, TEXT_FILE_MAX + 1);
  } catch (cause) {
    throw new UsageError(`${from}: Cannot read ${shown(path)}: ${reasonOf(cause)}`, { cause });
  }
  if (bytes.length > TEXT_FILE_MAX) {
    throw new UsageError(`${from}: Cannot read ${shown(path)}: it is larger than 16 MiB`);
  }
  return decodeText(bytes, path);
}
