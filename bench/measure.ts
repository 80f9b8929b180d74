/**
 * How the benchmark measures: every side of a row runs once in every round, so that whatever else
 * the machine does meets all alike, and each baseline is compared within its round. Pure.
 *
 * @module
 */

/** One way to do the work of a row. */
export interface Side {
  /** Its name, such as `"Deno.Command"`. */
  readonly name: string;
  /** Does the work; returns how many nanoseconds one piece of it took. */
  run(): number | Promise<number>;
}

/** A side to compare with. */
export interface Baseline extends Side {
  /** The highest ratio that is aimed at; absent if the row is only shown beside it. */
  readonly aim?: number;
}

/** One line of work. */
export interface Row {
  /** Its name for `--only`, unique. */
  readonly name: string;
  /** The work in words. */
  readonly work: string;
  /** How jobbox does it. */
  readonly ours: Side;
  /** What it is compared with. */
  readonly baselines: readonly Baseline[];
}

/** Rows that share what they measure with. */
export interface RowGroup extends Disposable {
  /** The rows. */
  readonly rows: readonly Row[];
}

/** A median and the middle half around it. */
export interface Spread {
  /** The middle value. */
  readonly median: number;
  /** A quarter of the values is below. */
  readonly low: number;
  /** A quarter of the values is above. */
  readonly high: number;
}

/** A baseline as it was measured. */
export interface ComparedRow {
  /** The side's name. */
  readonly name: string;
  /** Nanoseconds of one piece of work. */
  readonly time: Spread;
  /** Our time divided by its time, within each round. */
  readonly ratio: Spread;
  /** The highest ratio that is aimed at. */
  readonly aim?: number;
}

/** A row as it was measured. */
export interface MeasuredRow {
  /** Its name. */
  readonly name: string;
  /** The work in words. */
  readonly work: string;
  /** The name of our side. */
  readonly ours: string;
  /** How many rounds were measured. */
  readonly rounds: number;
  /** Nanoseconds of one piece of work. */
  readonly time: Spread;
  /** The baselines. */
  readonly compared: readonly ComparedRow[];
}

/**
 * Returns the value below which a share of the values is, between two of them if need be.
 *
 * @param values At least one.
 * @param share 0 to 1.
 * @returns The quantile.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new RangeError("Cannot take of no values");
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * Returns the median and the quartiles.
 *
 * @param values At least one.
 * @returns The spread, to four significant digits.
 */
export function spreadOf(values: readonly number[]): Spread {
  const at = (share: number): number => Number(quantile(values, share).toPrecision(4));
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/**
 * Measures a row: one round to warm up, then as many as asked.
 *
 * @param row The row.
 * @param rounds How many rounds count.
 * @returns The medians.
 */
export async function measureRow(row: Row, rounds: number): Promise<MeasuredRow> {
  const sides: readonly Side[] = [row.ours, ...row.baselines];
  const times = new Map(sides.map((side) => [side, [] as number[]]));
  for (let round = -1; round < rounds; round++) {
    // Each round begins with another side: what runs first in a round has colder caches.
    for (let turn = 0; turn < sides.length; turn++) {
      const side = sides[(turn + round + 1) % sides.length]!;
      const time = await side.run();
      if (!(time > 0)) {
        throw new RangeError(`Cannot measure ${row.name}: ${side.name} gave ${time}`);
      }
      if (round >= 0) times.get(side)!.push(time);
    }
  }
  const own = times.get(row.ours)!;
  return {
    name: row.name,
    work: row.work,
    ours: row.ours.name,
    rounds,
    time: spreadOf(own),
    compared: row.baselines.map((side) => {
      const theirs = times.get(side)!;
      return {
        name: side.name,
        time: spreadOf(theirs),
        ratio: spreadOf(own.map((time, round) => time / theirs[round]!)),
        ...side.aim === undefined ? {} : { aim: side.aim },
      };
    }),
  };
}

/**
 * Measures work that is done many times at once.
 *
 * @param count How many times.
 * @param work What one time does.
 * @returns Nanoseconds of one time.
 */
export function perCall(count: number, work: () => void): number {
  const begin = performance.now();
  for (let i = 0; i < count; i++) work();
  return (performance.now() - begin) * 1e6 / count;
}

/**
 * The same for work that is waited for.
 *
 * @param count How many times.
 * @param work What one time does.
 * @returns Nanoseconds of one time.
 */
export async function perTurn(count: number, work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  for (let i = 0; i < count; i++) await work();
  return (performance.now() - begin) * 1e6 / count;
}
