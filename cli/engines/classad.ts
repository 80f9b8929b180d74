/**
 * Reads the ClassAd files that HTCondor puts beside a job: `Name = Value`, one attribute a line (the
 * "old" syntax).
 *
 * Only numbers, strings and booleans are read. Anything else is an expression, which only HTCondor
 * can evaluate.
 *
 * @module
 */

/** The value of an attribute. */
export type ClassAdValue =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "expression"; readonly value: string };

/** A ClassAd that cannot be read. */
export class ClassAdError extends SyntaxError {
  /** `"ClassAdError"`. */
  override readonly name: string = "ClassAdError";
  /** Whether the text stops in the middle, as a file does whose disk was full. */
  readonly isTorn: boolean;

  /**
   * Makes the error.
   *
   * @param message What is wrong, beginning with the line.
   * @param isTorn Whether the text stops in the middle.
   */
  constructor(message: string, isTorn = false) {
    super(message);
    this.isTorn = isTorn;
  }
}

/** The attributes of a ClassAd; names have no case. */
export type ClassAd = ReadonlyMap<string, ClassAdValue>;

const ATTRIBUTE = /^\s*([A-Za-z_][\w.]*)\s*=(?![=?!])\s*(.*?)\s*$/s;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A quoted string whose only escape is a quote after a backslash. */
const STRING = /^"((?:\\"|[^"])*)"$/s;

/**
 * Whether a string begins in a text and does not end there. A quote after a backslash is an escaped one,
 * except at the end, where the string may just end with a backslash, as a folder does.
 */
function isOpen(text: string): boolean {
  if (!text.startsWith('"')) return false;
  let open = false;
  for (let at = 0; at < text.length; at++) {
    if (open && text[at] === "\\" && text[at + 1] === '"') at++;
    else if (text[at] === '"') open = !open;
  }
  return open && (text.length < 2 || !text.endsWith('"'));
}

function valueOf(text: string): ClassAdValue {
  if (NUMBER.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? { kind: "number", value } : { kind: "expression", value: text };
  }
  const inner = STRING.exec(text)?.[1];
  if (inner !== undefined) return { kind: "string", value: inner.replaceAll('\\"', '"') };
  if (/^(?:true|false)$/i.test(text)) return { kind: "boolean", value: /^t/i.test(text) };
  return { kind: "expression", value: text };
}

/**
 * Reads a ClassAd.
 *
 * @param text The whole file; each line ends with a line feed, or a carriage return before it.
 * @returns The attributes by their names in lower case.
 * @throws {ClassAdError} If the text stops in the middle, a line is no attribute, or an attribute has
 * two values.
 */
export function parseClassAd(text: string): ClassAd {
  const ad = new Map<string, ClassAdValue>();
  const lines = text.split("\n");
  const torn = (line: number): never => {
    throw new ClassAdError(`line ${line}: The text stops in the middle of the line`, true);
  };
  // The text after the last line feed: whole files have none.
  if (lines.pop() !== "") torn(lines.length + 1);
  for (let at = 0; at < lines.length; at++) {
    const start = at;
    let line = lines[at]!.replace(/\r$/, "");
    if (line.trim() === "") continue;
    // A string can hold line feeds.
    if (isOpen(line.slice(line.indexOf("=") + 1).trimStart())) {
      do {
        if (++at === lines.length) torn(start + 1);
        line += `\n${lines[at]!.replace(/\r$/, "")}`;
      } while (isOpen(`"${lines[at]!.replace(/\r$/, "")}`));
    }
    const [, name, written] = ATTRIBUTE.exec(line) ?? [];
    if (name === undefined || written === undefined || written === "") {
      throw new ClassAdError(`line ${start + 1}: Expected "Name = Value"`);
    }
    const key = name.toLowerCase();
    const read = valueOf(written);
    const earlier = ad.get(key);
    if (earlier !== undefined && earlier.value !== read.value) {
      throw new ClassAdError(`line ${start + 1}: ${name} has two values`);
    }
    ad.set(key, read);
  }
  return ad;
}
