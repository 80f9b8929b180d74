/**
 * Numbers for people: rounded, with a unit. Exact text that can be read back is `quantity.ts`.
 *
 * @module
 */
import { UNSEEN, withUnseen } from "../../values/shown.ts";

const SIZE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** Three significant digits, but never fewer than all digits before the point. */
function rounded(value: number): string {
  if (value >= 100) return String(Math.round(value));
  return String(Number(value.toFixed(value >= 10 ? 1 : 2)));
}

/**
 * Shows a size.
 *
 * @param bytes Bytes, 0 or more.
 * @returns Such as `"1.5 GiB"`: units of 1024.
 */
export function showSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 1023.5 would round to 1024, which is the next unit's 1.
  while (value >= (unit === 0 ? 1024 : 1023.5) && unit < SIZE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? String(Math.round(value)) : rounded(value)} ${SIZE_UNITS[unit]}`;
}

/**
 * Shows a time.
 *
 * @param ms Milliseconds, 0 or more.
 * @returns Such as `"340 ms"`, `"2.5 s"`, `"3 min 5 s"` or `"2 h"`.
 */
export function showTime(ms: number): string {
  if (ms < 999.5) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
  if (ms < 59_950) return `${Number((ms / 1000).toFixed(ms < 9995 ? 2 : 1))} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return twoUnits(seconds, ["min", "s"]);
  return twoUnits(Math.round(seconds / 60), ["h", "min"]);
}

/** A number of small units as large and small ones, 60 to 1; zeros are left out. */
function twoUnits(value: number, [large, small]: readonly [string, string]): string {
  const rest = value % 60;
  return `${Math.floor(value / 60)} ${large}${rest === 0 ? "" : ` ${rest} ${small}`}`;
}

/**
 * Shows a count.
 *
 * @param count An integer.
 * @returns The digits in groups of three, such as `"1,234,567"`.
 */
export function showCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",");
}

/**
 * Shows a limit's value or a value measured against it.
 *
 * @param value The number, or a tolerance's name.
 * @param unit The record's unit: `bytes`, `ms`, `percent`, or a plural such as `processes`.
 * @returns Such as `"64 MiB"`, `"5 s"`, `"50 %"`, `"1 process"`; a name unchanged.
 */
export function showMeasure(value: number | string, unit: string): string {
  if (typeof value === "string") return value;
  switch (unit) {
    case "bytes":
      return showSize(value);
    case "ms":
      return showTime(value);
    case "percent":
      return `${rounded(value)} %`;
    case "processes":
      return `${showCount(value)} ${value === 1 ? "process" : "processes"}`;
    default:
      return `${showCount(value)} ${unit}`;
  }
}

/**
 * Shows a value measured against a limit; exactly, if the rounded values would be the same.
 *
 * @param measured The measured value.
 * @param limit The limit.
 * @param unit The record's unit.
 * @returns Such as `"65.2 MiB"`, or `"1,025 B"` beside a limit of 1 KiB.
 */
export function showMeasured(
  measured: number | string,
  limit: number | string,
  unit: string,
): string {
  const shown = showMeasure(measured, unit);
  if (typeof measured === "string" || measured === limit || shown !== showMeasure(limit, unit)) {
    return shown;
  }
  if (unit === "bytes") return `${showCount(measured)} B`;
  if (unit === "ms") return `${showCount(Math.round(measured * 10) / 10)} ms`;
  return unit === "percent" ? `${measured} %` : shown;
}

/** From here on codes are statuses: their two highest bits are the severity. */
const STATUS_BEGINS = 2 ** 30;

/**
 * Shows an exit code.
 *
 * @param code An unsigned 32-bit code.
 * @param name The code's name, if it has one.
 * @returns Such as `"7"`, or `"0xC0000005 STATUS_ACCESS_VIOLATION"` for codes usually written in hexadecimal.
 */
export function showCode(code: number, name?: string): string {
  const digits = code >= STATUS_BEGINS
    ? `0x${code.toString(16).toUpperCase().padStart(8, "0")}`
    : String(code);
  return name === undefined ? digits : `${digits} ${name}`;
}

/**
 * Shows a limit's name in words.
 *
 * @param name A name in the programming interface, such as `jobUserTime`.
 * @returns Such as `"job user time"`.
 */
export function showName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/^cpu\b/, "CPU");
}

/**
 * Shows a command line for people: words with spaces or quotes are quoted. The text is not meant to
 * be run again.
 *
 * @param command The program and its arguments.
 * @param most The most characters: a longer line ends with "…". Windows allows 32,767.
 * @returns One line; line breaks and other control characters are shown as `\uXXXX`.
 */
export function showCommand(
  command: { readonly executable: string; readonly args: readonly string[] },
  most = Infinity,
): string {
  const line = [command.executable, ...command.args].map(showArgument).join(" ");
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

function showArgument(text: string): string {
  const visible = showText(text);
  if (visible !== "" && !/[\s"]/.test(visible)) return visible;
  // Backslashes before a quote are doubled, as on a command line; otherwise the quote would seem to end there.
  return `"${visible.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, "$&$&")}"`;
}

/**
 * Makes a text safe to show on one line of a terminal: nothing in it can move the cursor, end
 * the line, or change the direction of later text. Every text from outside goes through here before
 * it reaches a terminal, a message or a file of lines.
 *
 * @param text Any text, such as an argument, a path or a system's error.
 * @param most The most characters that are kept: a longer text ends with "…".
 * @returns The text with control characters and direction marks as `\uXXXX` or `\u{XXXXX}`.
 */
export function showText(text: string, most = Infinity): string {
  const kept = text.length <= most ? text : text.slice(0, most - 1);
  const shown = withUnseen(kept);
  return kept.length === text.length ? shown : `${shown}…`;
}

/**
 * Writes a value as JSON that is safe on a terminal and in a file of lines: `JSON.stringify` leaves
 * C1 controls, direction marks and U+2028 as they are. A reader gets the same value.
 *
 * @param value A JSON value.
 * @param indent Spaces for each level; 0 for one line.
 * @returns The JSON without a final line end.
 */
export function showJson(value: unknown, indent = 0): string {
  // A raw line break is layout: within a string it is written as \n.
  return JSON.stringify(value, null, indent).replace(
    UNSEEN,
    (mark) =>
      mark === "\n" ? mark : Array.from(
        { length: mark.length },
        (_, at) => `\\u${mark.charCodeAt(at).toString(16).padStart(4, "0")}`,
      ).join(""),
  );
}
