/**
 * Small faults that are put into a source file, one at a time.
 *
 * @module
 */

/** One fault. */
export interface Mutant {
  /** Where, from 1. */
  readonly line: number;
  /** What was done. */
  readonly what: string;
  /** The whole file with it. */
  readonly source: string;
}

/** A way to break a line: the pattern of what is broken, and what stands there then. */
type Operator = readonly [what: string, pattern: RegExp, replace: (found: string) => string];

const SWAPPED: Readonly<Record<string, string>> = {
  "===": "!==",
  "!==": "===",
  " >= ": " > ",
  " <= ": " < ",
  " < ": " <= ",
  " > ": " >= ",
  "&&": "||",
  "||": "&&",
  "true": "false",
  "false": "true",
  ".min": ".max",
  ".max": ".min",
  " + ": " - ",
  " - ": " + ",
};

const swap = (found: string): string => SWAPPED[found] ?? found;

const OPERATORS: readonly Operator[] = [
  ["swap a comparison", /[!=]==/g, swap],
  ["loosen a comparison", / [<>]=? (?=[\w(-])/g, swap],
  ["swap and, or", /&&|\|\|/g, swap],
  ["swap a truth", /(?<=[:=?(] |return )(?:true|false)\b/g, swap],
  ["drop a not", /(?<=[( ])!(?=[\w(])/g, () => ""],
  ["swap fields", /\.(?:min|max)\b/g, swap],
  ["swap plus, minus", / [+-] (?=[\w(])/g, swap],
  ["drop a flag", / \| (?=[A-Z(])[\w.()]+/g, () => ""],
  ["keep a flag", / & ~\w+/g, () => ""],
  ["change a number", /(?<=[ (,:=])\d[\d_]*n?(?=[,;) ])/g, another],
  ["leave no sooner", /^ +(?:if \(.*\) )?return;$/g, () => ""],
  ["drop a call", /^ +(?:await )?(?:this\.)?#?[\w.#?!]+\(.*\);$/g, () => ""],
];

/** A number next to it. */
function another(number: string): string {
  const plain = number.replaceAll("_", "");
  return plain.endsWith("n") ? `${BigInt(plain.slice(0, -1)) + 1n}n` : String(Number(plain) + 1);
}

/** The values of rows that can be mistaken for each other. */
const ROW_KEYS = ["flag", "field", "measured", "part", "option", "since", "prefix"];

/** Lines that hold no decision. */
const IDLE = /^\s*(?:\*|\/\/|\/\*|import |export (?:type|interface|\*)|\} from |$)/;

/** A line with the inside of its texts, and its comment, made blank. */
function masked(line: string): string {
  return line.replace(
    /"(?:[^"\\]|\\.)*"|`(?:[^`\\$]|\\.)*`/g,
    (text) => text[0] + "\u2400".repeat(text.length - 2) + text[0],
  ).replace(/\/\/.*$/, (comment) => "\u2400".repeat(comment.length));
}

/** Whether each line belongs to a type, of which nothing is left at run time. */
function typeLines(lines: readonly string[]): boolean[] {
  let end: RegExp | undefined;
  return lines.map((line) => {
    const found = /^(?:export )?(interface|type) /.exec(line);
    if (found !== null && !/[;}]$/.test(line)) {
      end = found[1] === "interface" || line.endsWith("{") ? /^\}/ : /;$/;
    } else if (end !== undefined) {
      if (end.test(line)) end = undefined;
    } else return found !== null;
    return true;
  });
}

/** Faults of a table: a value of a row becomes the next one that another row has. */
function rowFaults(lines: readonly string[]): { at: number; what: string; line: string }[] {
  return ROW_KEYS.flatMap((key) => {
    const pattern = new RegExp(`^( +(?:\\.\\.\\.)?${key}: )("?[\\w.-]+"?)(,)$`);
    const rows = lines.flatMap((line, at) => {
      const found = pattern.exec(line);
      return found === null ? [] : [{ at, found }];
    });
    const values = [...new Set(rows.map(({ found }) => found[2]!))];
    if (values.length < 2) return [];
    return rows.map(({ at, found: [, before, value, after] }) => {
      const next = values[(values.indexOf(value!) + 1) % values.length]!;
      return { at, what: `swap ${key}`, line: `${before}${next}${after}` };
    });
  });
}

/** Faults of helpers of a table that name a field: `bytesAt("JobMemoryLimit")`. */
function helperFaults(lines: readonly string[]): { at: number; what: string; line: string }[] {
  const pattern = /^( +\.\.\.\w+At\()("\w+")(\),)$/;
  const rows = lines.flatMap((line, at) => {
    const found = pattern.exec(line);
    return found === null ? [] : [{ at, found }];
  });
  const values = [...new Set(rows.map(({ found }) => found[2]!))];
  return rows.map(({ at, found: [, before, value, after] }) => {
    const next = values[(values.indexOf(value!) + 1) % values.length]!;
    return { at, what: "swap a field", line: `${before}${next}${after}` };
  }).filter(({ at, line }) => line !== lines[at]);
}

/**
 * Makes every fault that a file can have.
 *
 * @param source The file.
 * @returns The faults, in the order of the lines.
 */
export function mutantsOf(source: string): Mutant[] {
  const lines = source.split("\n");
  const types = typeLines(lines);
  const faults = [...rowFaults(lines), ...helperFaults(lines)];
  for (const [at, line] of lines.entries()) {
    if (IDLE.test(line) || types[at]) continue;
    for (const [what, pattern, replace] of OPERATORS) {
      for (const found of masked(line).matchAll(pattern)) {
        const text = line.slice(found.index, found.index + found[0].length);
        const after = line.slice(found.index + text.length);
        faults.push({ at, what, line: line.slice(0, found.index) + replace(text) + after });
      }
    }
  }
  return faults.filter(({ at, line }) => line !== lines[at])
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, what, line }) => ({
      line: at + 1,
      what,
      source: lines.with(at, line).join("\n"),
    }));
}
