/**
 * Kinds of values: how the values of a limit are written as text and read, checked and compared.
 * A row of a table of limits names its kind, and nobody else asks what kind it is. Pure.
 *
 * @module
 */
import { describe } from "./options.ts";
import { shown } from "./shown.ts";
import {
  formatCpuList,
  formatDuration,
  formatPercent,
  formatSize,
  parseCount,
  parseCpuList,
  parseDuration,
  parsePercent,
  parseSize,
} from "./quantity.ts";
import { cpusToMask, maskToCpus, MILLISECONDS_MAX, millisecondsToTicks } from "./units.ts";
import {
  checkArray,
  checkChoice,
  checkInteger,
  checkKeys,
  checkMask,
  checkNumber,
  type NumberRange,
  textOf,
} from "./check.ts";

/** How a value is written as text. */
export interface TextForm<V = unknown> {
  /** Its type in JSON: text for all that has a unit. */
  readonly json: "boolean" | "integer" | "string";
  /** A text that it takes. */
  readonly example: string;
  /** The words that it takes, where they are few. */
  readonly words?: readonly string[];
  /** The numbers that fit, where it is a number. */
  readonly range?: NumberRange;
  /** Whether it takes several of its words. */
  readonly isList?: boolean;
  /**
   * Reads a text.
   *
   * @throws {SyntaxError} If it is not of this form.
   * @throws {RangeError} If the value does not come out even.
   */
  parse(text: string): V;
  /** Writes a value as {@linkcode parse} reads it; also one of a record, where masks are text. */
  format(value: V): string;
}

/** How the values of one kind are written, read, checked and compared. */
export interface ValueKind<V = unknown> extends TextForm<V> {
  /** Whether more than a value can be used, so that the help says what happens then. */
  readonly isAmount?: boolean;
  /**
   * Refuses what is not such a value.
   *
   * @throws {TypeError} If it is of the wrong type.
   * @throws {RangeError} If it is out of range.
   */
  check(field: string, value: unknown): void;
  /** Whether a value that was read back is the one that was set. */
  same(wanted: V, found: V): boolean;
}

/** Smallest memory limit in bytes: less rounds down to no page at all. */
export const MEMORY_MIN = 4096;

/** The system keeps memory limits in pages of so many bytes. */
const PAGE = 4096;

/** The shortest time in milliseconds: one tick of the system. */
const TIME_MIN = 0.0001;

function unreadable(text: string, wanted: string): SyntaxError {
  return new SyntaxError(`Cannot read ${shown(text)}: wanted ${wanted}`);
}

function equal(wanted: unknown, found: unknown): boolean {
  return textOf(wanted) === textOf(found);
}

function samePages(wanted: number, found: number): boolean {
  return found <= wanted && wanted - found < PAGE;
}

/**
 * A size in bytes, kept to the byte.
 *
 * @param min The smallest.
 * @returns The kind.
 */
export function bytes(min: number): ValueKind<number> {
  const range = { min, max: Number.MAX_SAFE_INTEGER, unit: "bytes" };
  return {
    json: "string",
    example: "64M",
    range,
    isAmount: true,
    parse: parseSize,
    format: formatSize,
    check: (field, value) => checkInteger(field, value, range),
    same: equal,
  };
}

/** A size in bytes of which the system keeps whole pages, rounded down. */
export const MEMORY: ValueKind<number> = { ...bytes(MEMORY_MIN), same: samePages };

/** A smaller and a larger number. */
export interface NumberPair {
  /** The smaller one. */
  readonly min: number;
  /** The larger one. */
  readonly max: number;
}

/** Two of {@linkcode MEMORY}, the smaller first. */
export const MEMORY_RANGE: ValueKind<NumberPair> = {
  json: "string",
  example: "1M..64M",
  isAmount: true,
  parse: (text) => {
    const [min, max, ...rest] = text.split("..");
    if (min === undefined || max === undefined || rest.length > 0) {
      throw unreadable(text, "two sizes such as 1M..64M");
    }
    return { min: parseSize(min), max: parseSize(max) };
  },
  format: ({ min, max }) => `${formatSize(min)}..${formatSize(max)}`,
  check: (field, value) => {
    const { min, max } = checkKeys(field, value, ["min", "max"]);
    MEMORY.check(`${field}.min`, min);
    MEMORY.check(`${field}.max`, max);
    if ((min as number) > (max as number)) {
      throw new RangeError(
        `Cannot set ${field}.min: expected at most ${field}.max, ${max}, got ${min}`,
      );
    }
  },
  same: (wanted, found) => samePages(wanted.min, found.min) && samePages(wanted.max, found.max),
};

const TIMES = { min: TIME_MIN, max: MILLISECONDS_MAX, unit: "milliseconds" };

/** A length of time in milliseconds. */
export const TIME: ValueKind<number> = {
  json: "string",
  example: "30s",
  range: TIMES,
  isAmount: true,
  parse: parseDuration,
  format: formatDuration,
  check: (field, value) => {
    checkNumber(field, value, TIMES);
    millisecondsToTicks(value, field);
  },
  same: equal,
};

/** A {@linkcode TIME} to which the system may add what was used before it was set. */
export const TIME_FROM_NOW: ValueKind<number> = {
  ...TIME,
  same: (wanted, found) => found >= wanted,
};

/**
 * A whole number.
 *
 * @param range The numbers that fit.
 * @returns The kind.
 */
export function count(range: NumberRange): ValueKind<number> {
  return {
    json: "integer",
    example: String(Math.max(range.min, Math.min(range.max, 8))),
    range,
    isAmount: true,
    parse: parseCount,
    format: String,
    check: (field, value) => checkInteger(field, value, range),
    same: equal,
  };
}

/** A share of the whole machine, in percent. */
export const PERCENT: TextForm<number> = {
  json: "string",
  example: "50%",
  parse: parsePercent,
  // Of a pair, the one that is reserved may be none.
  format: (value) => value === 0 ? "0" : formatPercent(value),
};

/** A number of processors, perhaps with a fraction. */
export const PROCESSORS: TextForm<number> = {
  json: "string",
  example: "1.5",
  parse: (text) => {
    if (!/^\d+(\.\d+)?$/.test(text)) throw unreadable(text, "a number such as 1.5");
    return Number(text);
  },
  format: String,
};

/** A mask is a bigint, and in a record its digits as text. */
function formatMask(mask: bigint | string): string {
  if (typeof mask === "string" && !/^0x[0-9a-f]{1,16}$/.test(mask)) return mask;
  return formatCpuList(maskToCpus(BigInt(mask)));
}

/** Processors of one group, a bit each. */
export const MASK: ValueKind<bigint> = {
  json: "string",
  example: "0-3",
  parse: (text) => cpusToMask(parseCpuList(text)),
  format: formatMask,
  check: checkMask,
  same: equal,
};

/** Processors of one group. */
export interface GroupMask {
  /** The group's number. */
  readonly group: number;
  /** Its processors, a bit each. */
  readonly mask: bigint;
}

/** The highest processor group: one less than the mark of all groups. */
const GROUP_MAX = 0xfffe;

function parseGroup(text: string): GroupMask {
  const [group, cpus, ...rest] = text.split(":");
  if (group === undefined || cpus === undefined || rest.length > 0) {
    throw unreadable(text, "a processor group and its processors such as 0:0-3");
  }
  return { group: parseCount(group), mask: MASK.parse(cpus) };
}

/** Processors by group. */
export const GROUP_MASKS: ValueKind<readonly GroupMask[]> = {
  json: "string",
  example: "0:0-3",
  parse: (text) => text.split(";").map(parseGroup),
  format: (groups) => groups.map(({ group, mask }) => `${group}:${formatMask(mask)}`).join(";"),
  check: (field, value) => {
    const groups = checkArray(field, value);
    const seen = new Set<unknown>();
    for (const [at, entry] of groups.entries()) {
      const name = `${field}[${at}]`;
      const { group, mask } = checkKeys(name, entry, ["group", "mask"]);
      checkInteger(`${name}.group`, group, { min: 0, max: GROUP_MAX, unit: "" });
      checkMask(`${name}.mask`, mask);
      if (seen.has(group)) {
        throw new RangeError(`Cannot set ${name}.group: expected each group once, got ${group}`);
      }
      seen.add(group);
    }
    if (groups.length === 0) {
      throw new RangeError(`Cannot set ${field}: expected at least one group, got none`);
    }
  },
  same: equal,
};

function parseWord<W extends string>(text: string, words: readonly W[]): W {
  const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw unreadable(text, words.join(", "));
}

/**
 * One of several words.
 *
 * @param words The words.
 * @returns The kind.
 */
export function choice<W extends string>(words: readonly W[]): ValueKind<W> {
  return {
    json: "string",
    example: words[0] ?? "",
    words,
    parse: (text) => parseWord(text, words),
    format: String,
    check: (field, value) => checkChoice(field, value, words),
    same: equal,
  };
}

/**
 * Several of some words.
 *
 * @param words The words.
 * @returns The kind.
 */
export function choices<W extends string>(words: readonly W[]): ValueKind<readonly W[]> {
  return {
    json: "string",
    example: words[0] ?? "",
    words,
    isList: true,
    parse: (text) => text === "" ? [] : text.split(",").map((word) => parseWord(word, words)),
    format: (list) => list.join(","),
    check: (field, value) => {
      for (const [at, item] of checkArray(field, value).entries()) {
        checkChoice(`${field}[${at}]`, item, words);
      }
    },
    same: equal,
  };
}

/** On, or not there. */
export const SWITCH: ValueKind<boolean> = {
  json: "boolean",
  example: "on",
  parse: (text) => {
    if (text === "" || text === "on") return true;
    throw unreadable(text, "on or none");
  },
  format: () => "on",
  check: (field, value) => {
    if (typeof value !== "boolean") {
      throw new TypeError(`Cannot set ${field}: expected a boolean, got ${describe(value)}`);
    }
  },
  same: equal,
};
