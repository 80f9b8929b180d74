/**
 * The doctor's results for people and for programs.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { conclude, type Conclusion, CONCLUSIONS } from "./advice.ts";
import { oneLine } from "../text/message.ts";
import { type CheckArea, type CheckResult, type CheckStatus, isPresent } from "./check.ts";
import { wrapText } from "../text/table.ts";

/** The names of the statuses in the table. */
const WORDS: Readonly<Record<CheckStatus, string>> = {
  works: "ok",
  kept: "accepted",
  ineffective: "no effect",
  refused: "refused",
  failed: "failed",
};

const COLOURS: Readonly<Record<CheckStatus, string>> = {
  works: "\x1b[32m",
  kept: "\x1b[36m",
  ineffective: "\x1b[31m",
  refused: "\x1b[33m",
  failed: "\x1b[31m",
};

const RESET = "\x1b[39m";

/** The columns of the status and of the name. */
const STATUS_WIDTH = 11;
const ID_WIDTH = 28;

const HEADINGS: Readonly<Record<CheckArea, string>> = {
  job: "Jobs",
  limits: "Limits",
  "soft limits": "Soft limits",
  isolation: "Isolation",
  host: "This host",
};

/** How a table is to be drawn. */
export interface TableStyle {
  /** Whether the statuses are coloured. */
  readonly colour: boolean;
  /** The columns to fill. */
  readonly columns: number;
}

/**
 * Renders the heading of a part of the table.
 *
 * @param area The part.
 * @returns An empty line and the heading.
 */
export function renderHeading(area: CheckArea): string {
  return `\n${HEADINGS[area]}\n`;
}

/**
 * Renders one row.
 *
 * @param result What a check found.
 * @param style How to draw.
 * @returns One line, and below it what to do, where there is something to do.
 */
export function renderRow(result: CheckResult, style: TableStyle): string {
  const { id, status, detail, advice } = result;
  const word = WORDS[status].padEnd(STATUS_WIDTH);
  const indent = 2 + STATUS_WIDTH + ID_WIDTH;
  const width = Math.max(30, style.columns - indent - 1);
  const shown = style.colour ? `${COLOURS[status]}${word}${RESET}` : word;
  const more = advice === undefined ? [] : wrapText(`advice: ${advice}`, width);
  const [first = "", ...rest] = [...wrapText(oneLine(detail), width), ...more];
  return [
    `  ${shown}${id.padEnd(ID_WIDTH - 1)} ${first}\n`,
    ...rest.map((line) => `${" ".repeat(indent)}${line}\n`),
  ].join("");
}

/**
 * Renders the text below the table.
 *
 * @param results What the checks found.
 * @param needed The names that were asked for, if any.
 * @returns One or two sentences, each a line; empty if there is nothing to say.
 */
export function renderConclusion(
  results: readonly CheckResult[],
  needed: readonly string[] | undefined,
): string {
  const lines: string[] = [];
  const conclusion = CONCLUSIONS[conclude(results)];
  if (needed === undefined && conclusion !== "") lines.push(conclusion);
  if (needed !== undefined) {
    const missing = missingOf(results, needed);
    const untested = results.filter(({ id, status }) => status === "kept" && needed.includes(id))
      .map(({ id }) => id);
    if (missing.length > 0) lines.push(`Missing: ${missing.join(", ")}.`);
    else if (untested.length === 0) lines.push("Everything named by --need works.");
    else lines.push(`Accepted, but the effect is not tested here: ${untested.join(", ")}.`);
  }
  return lines.map((line) => `\n${line}\n`).join("");
}

/**
 * Finds the names that were asked for and are missing.
 *
 * @param results What the checks found.
 * @param needed The names that were asked for.
 * @returns Those whose check found that it neither works nor is kept.
 */
export function missingOf(results: readonly CheckResult[], needed: readonly string[]): string[] {
  const present = new Set(results.filter(({ status }) => isPresent(status)).map(({ id }) => id));
  return needed.filter((id) => !present.has(id));
}

/** The name of the JSON form. */
export const DOCTOR_SCHEMA = "urn:jobbox:doctor:1" as const;

/** The system that the results are about. */
export interface DoctorHost {
  /** The version that Windows reports, such as `"10.0.19045"`; absent if it does not. */
  readonly windows?: string;
  /** The version of Wine, such as `"10.0"`; absent on Windows. */
  readonly wine?: string;
  /** Its logical processors. */
  readonly processors: number;
}

/** The results for programs. */
export interface DoctorReport {
  /** The form. */
  readonly schema: typeof DOCTOR_SCHEMA;
  /** The form's version. */
  readonly version: 1;
  /** What made it. */
  readonly tool: { readonly name: "jobbox"; readonly version: string };
  /** The system that they are about. */
  readonly host: DoctorHost;
  /** How far limits are enforced. */
  readonly conclusion: Conclusion;
  /** What each check found. */
  readonly checks: readonly CheckResult[];
  /** What was asked for; absent when nothing was. */
  readonly needed?: readonly string[];
  /** What of it is missing; absent when nothing was asked for. */
  readonly missing?: readonly string[];
}

/**
 * Combines the results for programs.
 *
 * @param results What the checks found.
 * @param options The system, the tool's version, and the names that were asked for.
 * @returns The report, to be written as JSON.
 */
export function doctorReport(
  results: readonly CheckResult[],
  options: {
    readonly host: DoctorHost;
    readonly version: string;
    readonly needed: readonly string[] | undefined;
  },
): DoctorReport {
  const { host, needed, version } = options;
  return {
    schema: DOCTOR_SCHEMA,
    version: 1,
    tool: { name: "jobbox", version },
    host,
    conclusion: conclude(results),
    checks: results,
    ...defined({ needed, missing: needed && missingOf(results, needed) }),
  };
}
