/**
 * The base of a compiled program: Deno's `denort.exe`, which `deno compile` puts the program into.
 *
 * `deno compile` takes any file that DENORT_BIN names, for any target. A base for another processor
 * or of another Deno makes a program that does not start, so it is checked first.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Deno's name of each processor. */
export const TARGETS = {
  x64: "x86_64-pc-windows-msvc",
  arm64: "aarch64-pc-windows-msvc",
} as const;

/** A processor that jobbox is compiled for. */
export type Target = keyof typeof TARGETS;

/** The machine of a PE file. */
const MACHINES: ReadonlyMap<number, Target> = new Map([[0x8664, "x64"], [0xaa64, "arm64"]]);
const SECTION_BYTES = 40;

/** Only `deno` itself contains this text. */
const MARK_OF_DENO = "DENORT_BIN";

/** What is wrong, and what to do. */
export interface Problem {
  /** What is wrong. */
  readonly problem: string;
  /** What the reader can do about it. */
  readonly mend: string;
}

/**
 * Returns what is wrong with a base.
 *
 * @param bytes The file.
 * @param wanted The processor to compile for, and the version of the Deno that compiles.
 * @returns The problem, to follow the file's name; `undefined` for a suitable base.
 */
export function problemOfBase(
  bytes: Uint8Array<ArrayBuffer>,
  wanted: { readonly target: Target; readonly version: string },
): Problem | undefined {
  const { target, version } = wanted;
  const mend = `set DENORT_BIN to denort.exe of Deno ${version} for ${TARGETS[target]}, or unset ` +
    "it so that Deno fetches that";
  const machine = machineOf(bytes);
  if (machine === undefined) return { problem: "it is not a complete Windows executable", mend };
  const own = MACHINES.get(machine);
  if (own !== target) {
    return { problem: `it is for ${own ?? `machine 0x${machine.toString(16)}`}`, mend };
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.includes(MARK_OF_DENO)) {
    return { problem: "it is Deno itself, not the base of compiled programs", mend };
  }
  const found = versionOf(buffer);
  if (found === undefined) return { problem: "it does not state its Deno version", mend };
  if (found === version) return undefined;
  return {
    problem: `it is for Deno ${found}, but Deno ${version} compiles`,
    mend: `${mend}, or compile with npx -y deno@${found}`,
  };
}

/** The machine of a PE file; `undefined` if it is not one, or ends before its sections do. */
function machineOf(bytes: Uint8Array<ArrayBuffer>): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    const start = view.getUint32(0x3c, true);
    if (view.getUint16(0) !== 0x4d5a || view.getUint32(start) !== 0x50450000) return undefined;
    const count = view.getUint16(start + 6, true);
    const sections = start + 24 + view.getUint16(start + 20, true);
    for (let at = sections; at < sections + count * SECTION_BYTES; at += SECTION_BYTES) {
      const end = view.getUint32(at + 16, true) + view.getUint32(at + 20, true);
      if (end > bytes.length) return undefined;
    }
    return view.getUint16(start + 4, true);
  } catch (error) {
    // It ends before its header does.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * The version of Deno in a program that `deno compile` made for Windows.
 *
 * @param bytes The file.
 * @returns The version; `undefined` for anything else.
 */
export function denoVersionOf(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  if (machineOf(bytes) === undefined) return undefined;
  return versionOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}

/** The version in Deno's user-agent name. */
function versionOf(buffer: Buffer): string | undefined {
  for (let at = buffer.indexOf("Deno/"); at >= 0; at = buffer.indexOf("Deno/", at + 1)) {
    const found = /^Deno\/(\d+\.\d+\.\d+)/.exec(buffer.toString("latin1", at, at + 40));
    if (found !== null) return found[1];
  }
  return undefined;
}
