/**
 * The tested promises of Windows, for people and for programs: made for a
 * bug report, without user names and paths.
 *
 * @module
 */
import { type PromiseResult, type Verdict, VERDICTS } from "../../job/conformance/promise.ts";
import { AREAS, PROMISES } from "../../job/conformance/promises.ts";
import { tryPromises } from "../../job/conformance/trials.ts";
import { isColoured } from "../terminal/colour.ts";
import type { Io } from "../terminal/io.ts";
import { showJson } from "../text/display.ts";
import { oneLine } from "../text/message.ts";

const COLOURS: Readonly<Record<Verdict, string>> = {
  kept: "\x1b[32m",
  different: "\x1b[36m",
  broken: "\x1b[31m",
  "not triable": "\x1b[33m",
};

const RESET = "\x1b[39m";

/** The columns of the verdict and of the name. */
const VERDICT_WIDTH = 13;
const ID_WIDTH = 26;

/** What a mark after a name means. */
const OPEN_MARK = "*";

/** The system that the verdicts are about. */
export interface ConformanceSystem {
  /** jobbox's version. */
  readonly jobbox: string;
  /** The version of its Deno. */
  readonly deno: string;
  /** The version that Windows reports; absent if it does not. */
  readonly windows?: string;
  /** The version of Wine; absent on Windows. */
  readonly wine?: string;
  /** The architecture of the processors, such as `"x86_64"`. */
  readonly architecture: string;
  /** The logical processors. */
  readonly processors: number;
}

/** A promise for programs. */
export interface PromiseReport {
  /** Its name. */
  readonly promise: string;
  /** What was found. */
  readonly verdict: Verdict;
  /** What was seen. */
  readonly seen: string;
  /** The promise as a sentence. */
  readonly sentence: string;
  /** Its part of the table. */
  readonly area: string;
  /** Who promises it. */
  readonly source: string;
  /** The consequence if it is false. */
  readonly consequence: string;
  /** Whether no documentation describes it. */
  readonly open: boolean;
  /** Which test shows how jobbox handles it. */
  readonly test: string;
  /** What tried it. */
  readonly trial: string;
  /** The system that was tested. */
  readonly system: ConformanceSystem;
}

/**
 * Combines the results for programs.
 *
 * @param results What the trials found.
 * @param system The system.
 * @returns one object per promise, to be written as a JSON array.
 */
export function conformanceReport(
  results: readonly PromiseResult[],
  system: ConformanceSystem,
): PromiseReport[] {
  return results.map(({ promise, seen, verdict }) => ({
    promise: promise.id,
    verdict,
    seen: oneLine(seen),
    sentence: promise.sentence,
    area: promise.area,
    source: promise.source,
    consequence: promise.consequence,
    open: promise.open ?? false,
    test: promise.test,
    trial: promise.trial,
    system,
  }));
}

/**
 * Renders the line of one promise.
 *
 * @param result What its trial found.
 * @param colour Whether the verdict is coloured.
 * @returns The line.
 */
export function renderPromise(result: PromiseResult, colour: boolean): string {
  const { promise, seen, verdict } = result;
  const word = verdict.padEnd(VERDICT_WIDTH);
  const shown = colour ? `${COLOURS[verdict]}${word}${RESET}` : word;
  const name = `${promise.id}${promise.open ? OPEN_MARK : ""}`.padEnd(ID_WIDTH - 1);
  return `  ${shown}${name} ${oneLine(seen)}\n`;
}

/**
 * Renders the text below the table: broken promises, their consequences, and the sums.
 *
 * @param results What the trials found.
 * @param seconds How long they took.
 * @returns Lines.
 */
export function renderSums(results: readonly PromiseResult[], seconds: number): string {
  const lines: string[] = [];
  const broken = results.filter(({ verdict }) => verdict === "broken");
  if (broken.length > 0) lines.push("\nBroken, and what follows\n");
  for (const { promise } of broken) {
    lines.push(`  ${promise.id}: ${promise.sentence} If not: ${promise.consequence}\n`);
  }
  const sums = VERDICTS.map((word) => {
    const count = results.filter(({ verdict }) => verdict === word).length;
    return `${count} ${word}`;
  });
  lines.push(`\n${results.length} promises: ${sums.join(", ")} (${seconds.toFixed(1)} s)\n`);
  if (results.some(({ promise }) => promise.open)) {
    lines.push(
      `${OPEN_MARK} not documented by Microsoft: please report what your Windows does.\n`,
    );
  }
  return lines.join("");
}

/**
 * Tests every promise and writes the results.
 *
 * @param system The system.
 * @param options Whether the results are for a program.
 * @param io The world.
 * @returns The exit code: always 0.
 */
export async function conform(
  system: ConformanceSystem,
  { json }: { readonly json: boolean },
  io: Io,
): Promise<number> {
  const colour = isColoured(io);
  const start = io.elapsed();
  let area: string | undefined;
  const results = await tryPromises(PROMISES, (result) => {
    if (json) return;
    const heading = AREAS[result.promise.area];
    if (heading !== area) io.stdout.write(`\n${heading}\n`);
    area = heading;
    io.stdout.write(renderPromise(result, colour));
  });
  io.stdout.write(
    json
      ? `${showJson(conformanceReport(results, system), 2)}\n`
      : renderSums(results, (io.elapsed() - start) / 1000),
  );
  return 0;
}
