/**
 * The rounds of `main.ts`, within Windows: measures, prints, and writes the results to a file.
 *
 * @module
 */
import { type Curve, growthParts } from "./growth.ts";
import { type MeasuredLoad, measureSamples } from "./load.ts";
import { type MeasuredRow, measureRow, type RowGroup, type Spread } from "./measure.ts";
import type { Programs } from "./programs.ts";
import { callRows } from "./rows/calls.ts";
import { lifeRows } from "./rows/life.ts";
import { startRows } from "./rows/starts.ts";
import { showTime } from "./show.ts";

/** What `main.ts` asks for. */
export interface Request {
  /** The programs. */
  readonly programs: Programs;
  /** How many rounds count. */
  readonly rounds: number;
  /** The beginnings of the names to measure; all if empty. */
  readonly only: readonly string[];
  /**
   * What the kernel is: rows are measured on the system's own, but samples need job statistics,
   * which Wine has with jobsim only.
   */
  readonly kernel: "system" | "jobsim";
  /** The file to write. */
  readonly output: string;
}

/** What was measured. */
export interface Results {
  /** The rows with baselines. */
  readonly rows: MeasuredRow[];
  /** What work takes of a processor while it goes on. */
  readonly load: MeasuredLoad[];
  /** How cost grows. */
  readonly growth: Curve[];
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function showRatio({ median, low, high }: Spread): string {
  return `${median.toFixed(2)} x (${low.toFixed(2)}-${high.toFixed(2)})`;
}

function sayRow({ name, time, compared }: MeasuredRow): void {
  say(`${name.padEnd(20)} ${showTime(time.median)}`);
  for (const { name: side, time: theirs, ratio, aim } of compared) {
    const aimed = aim === undefined ? "" : `, aim ${aim}${ratio.median <= aim ? "" : ": MISSED"}`;
    say(`  ${side.padEnd(28)} ${showTime(theirs.median).padStart(9)}  ${showRatio(ratio)}${aimed}`);
  }
}

function sayCurve({ name, across, points, stopped, unit }: Curve): void {
  const show = (value: number): string => unit === "ns" ? showTime(value) : `${value} B`;
  say(`${name.padEnd(20)} ${points.map(({ x, value }) => `${x}: ${show(value)}`).join(", ")}`);
  if (stopped !== undefined) say(`  by ${across}; ${stopped}`);
}

if (import.meta.main) {
  const { programs, rounds, only, kernel, output }: Request = JSON.parse(Deno.args[0]!);
  const load: MeasuredLoad[] = [];
  const isWanted = ({ name }: { readonly name: string }): boolean =>
    (kernel === "jobsim") === (name === "samples") &&
    (only.length === 0 || only.some((word) => name.startsWith(word)));
  const rows: MeasuredRow[] = [];
  const groups: readonly ((programs: Programs) => RowGroup)[] = [lifeRows, startRows, callRows];
  for (const group of groups) {
    using made = group(programs);
    for (const row of made.rows.filter(isWanted)) {
      const measured = await measureRow(row, rounds);
      rows.push(measured);
      sayRow(measured);
    }
  }
  if (isWanted({ name: "samples" })) {
    for (const measured of await measureSamples(programs, rounds)) {
      load.push(measured);
      const { aim, name, share, time } = measured;
      const found = `${showTime(time.median)}, ${share.median} % of a processor`;
      say(`${name.padEnd(20)} ${found}, aim ${aim}${share.median <= aim ? "" : ": MISSED"}`);
    }
  }
  const growth: Curve[] = [];
  for (const part of growthParts(programs).filter(isWanted)) {
    for (const curve of await part.measure()) {
      growth.push(curve);
      sayCurve(curve);
    }
  }
  const results: Results = { rows, load, growth };
  Deno.writeTextFileSync(output, JSON.stringify(results));
  Deno.exit(0);
}
