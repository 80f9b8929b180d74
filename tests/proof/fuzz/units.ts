/** Numbers with units, and every other text that an option takes. */
import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.11.0";
import { LIMIT_ROWS } from "../../../job/limits/table.ts";
import { NOTIFICATION_ROWS } from "../../../job/notifications/table.ts";
import { parseCpuList, parsePercent } from "../../../values/cpus.ts";
import { MILLISECONDS_MAX, parseDuration } from "../../../values/duration.ts";
import { parseCount, parseSize } from "../../../values/quantity.ts";
import type { TextForm } from "../../../values/value_kind.ts";
import { exactShare, exactSize, exactTime } from "./exact_numbers.ts";
import { attempt, type Subject, subject, textOf } from "./subject.ts";

const PIECES = [
  ..."0 1 2 7 9 00 64 100 1024 4096 65535 4294967295 4294967296 9007199254740991".split(" "),
  ...". .. , : ; - + e E % _ ' 0x 1.5 0.0001 0.5 0.333 .5 5. 1e3 NaN Infinity".split(" "),
  ..."B K KB KiB k kib M MB MiB G GiB T TiB P d h m s ms us min M S MS".split(" "),
  ..."none on off true null high low".split(" "),
  ...[" ", "\t", "\n", "\0", "\u00a0", "٣", "５", "½", "ı", "K"],
];

const MS = 10_000n;

/** A parser of a number gives exactly what the model says, or refuses. */
function exact(
  text: string,
  { parse, model, toUnits, least = 0n, most }: {
    readonly parse: (text: string) => number;
    readonly model: (text: string) => bigint | "not exact" | undefined;
    /** The number in the model's units. */
    readonly toUnits: (value: number) => bigint;
    readonly least?: bigint;
    readonly most: bigint;
  },
): void {
  const meant = model(text);
  const { value, refused } = attempt(() => parse(text), SyntaxError, RangeError);
  if (meant === undefined) assert(refused instanceof SyntaxError, `${value}`);
  else if (meant === "not exact" || meant < least || meant > most) {
    assert(refused instanceof RangeError, `${value} for ${meant}`);
  } else assertEquals(value === undefined ? refused : toUnits(value), meant);
}

/** Ticks that a number of milliseconds holds exactly. */
function isExactTime(ticks: bigint): boolean {
  return ticks <= 10n ** 15n || ticks % MS === 0n;
}

const FORMS: readonly (readonly [name: string, form: TextForm])[] = [
  ...Object.values(LIMIT_ROWS),
  ...Object.values(NOTIFICATION_ROWS),
].flatMap(({ name, options }) =>
  options.map(({ option, form }) => [`${name} ${option}`, form as TextForm] as const)
);

export const UNITS: readonly Subject[] = [
  subject("sizes", {
    cases: 1_500,
    input: textOf(...PIECES),
    check: (text) =>
      exact(text, {
        parse: parseSize,
        model: exactSize,
        toUnits: BigInt,
        most: BigInt(Number.MAX_SAFE_INTEGER),
      }),
  }),
  subject("times", {
    cases: 1_500,
    input: textOf(...PIECES),
    check: (text) =>
      exact(text, {
        parse: parseDuration,
        model: (each) => {
          const ticks = exactTime(each);
          return typeof ticks !== "bigint" || isExactTime(ticks) ? ticks : "not exact";
        },
        toUnits: (value) =>
          Number.isInteger(value) ? BigInt(value) * MS : BigInt(Math.round(value * 10_000)),
        most: BigInt(MILLISECONDS_MAX) * MS,
      }),
  }),
  subject("shares", {
    cases: 1_000,
    input: textOf(...PIECES, "%", "50%", "100%", "100.01%", "0.01%", "0.001%"),
    check: (text) =>
      exact(text, {
        parse: parsePercent,
        model: exactShare,
        toUnits: (value) => BigInt(Math.round(value * 100)),
        least: 1n,
        most: 10_000n,
      }),
  }),
  subject("counts", {
    cases: 1_000,
    input: textOf(...PIECES),
    check: (text) =>
      exact(text, {
        parse: parseCount,
        model: (each) => /^[0-9]+$/.test(each) ? BigInt(each) : undefined,
        toUnits: BigInt,
        most: 2n ** 32n - 1n,
      }),
  }),
  subject("processor-lists", {
    cases: 1_000,
    input: textOf(..."0 1 2 7 63 64 99 4294967296 - , : ; 0-3 3-0 0,0 0-63".split(" "), " ", "\n"),
    check: (text) => {
      const { value } = attempt(() => parseCpuList(text), SyntaxError, RangeError);
      if (value === undefined) return;
      const meant = text.split(",").flatMap((part) => {
        const [from, to = from] = part.split("-").map(Number);
        return Array.from({ length: to! - from! + 1 }, (_, at) => from! + at);
      });
      assertEquals(value, [...new Set(meant)].toSorted((a, b) => a - b));
    },
  }),
  subject("option-values", {
    cases: 2_000,
    input: fc.record({
      form: fc.constantFrom(...FORMS),
      text: fc.oneof(
        textOf(...PIECES),
        fc.constantFrom(...FORMS.map(([, { example }]) => example)),
      ),
    }),
    check: ({ form: [, form], text: given }) => {
      const { value } = attempt(() => form.parse(given), SyntaxError, RangeError);
      if (value === undefined) return;
      // What it writes reads as the same value, which is written the same.
      const text = form.format(value);
      assertEquals(form.format(form.parse(text)), text);
    },
  }),
];
