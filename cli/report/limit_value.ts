/**
 * The value of a limit for people.
 *
 * @module
 */
import { showCount, showMeasure, showName, showSize, showText, showTime } from "../text/display.ts";
import type { JsonValue } from "../text/json.ts";

/** The units of limits that are plain numbers, by the names in the programming interface. */
const NUMBER_UNITS: ReadonlyMap<string, (value: number) => string> = new Map([
  ...["processMemory", "jobMemory", "jobMemoryLow", "min", "max", "readBytes", "writeBytes"]
    .map((name) => [name, showSize] as const),
  ...["processUserTime", "jobUserTime", "wallTime"].map((name) => [name, showTime] as const),
  ...["netBandwidth", "ioBandwidth"]
    .map((name) => [name, (value: number) => `${showSize(value)} a second`] as const),
  ["outputSize", showSize],
]);

/** The parts of a CPU limit that are not percentages. */
const CPU_COUNTS: ReadonlySet<string> = new Set(["weight", "hardCapCpus"]);

/**
 * Shows a limit's value.
 *
 * @param name The limit's name in the programming interface.
 * @param value Its value, as a record has it.
 * @returns Such as `"64 MiB"`, `"hard cap 50 %"` or `"yes"`; one line without control characters.
 */
export function showLimit(name: string, value: JsonValue): string {
  if (typeof value === "number") return (NUMBER_UNITS.get(name) ?? showCount)(value);
  if (Array.isArray(value)) return value.map((item) => showLimit(name, item)).join(", ");
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([key, part]) => {
      const percent = name === "cpu" && typeof part === "number" && !CPU_COUNTS.has(key);
      return `${showName(key)} ${percent ? showMeasure(part, "percent") : showLimit(key, part)}`;
    }).join(", ");
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  return showText(String(value));
}

/** The limits that notifications report, by the notification's type. */
const LIMITS_OF_HITS: ReadonlyMap<string, string> = new Map([
  ["jobMemoryLimit", "jobMemory"],
  ["processMemoryLimit", "processMemory"],
  ["activeProcessLimit", "activeProcesses"],
  ["endOfJobTime", "jobUserTime"],
  ["endOfProcessTime", "processUserTime"],
]);

/**
 * Finds the limit that a notification reports.
 *
 * @param type The notification's type.
 * @returns The limit's name in `job.limits`; `undefined` if it reports none.
 */
export function limitOfHit(type: string): string | undefined {
  return LIMITS_OF_HITS.get(type);
}
