/**
 * The doctor's results as an ad of the machine, in the form of a `STARTD_CRON` job of HTCondor, so
 * that jobs can ask for machines whose limits hold.
 *
 * @module
 */
import { conclude } from "./advice.ts";
import type { CheckResult, CheckStatus } from "./check.ts";
import type { DoctorHost } from "./render.ts";

/**
 * What an ad says of a check. What was only accepted, or could not be checked, is not known: a
 * machine must not be chosen for it.
 */
const VALUES: Readonly<Record<CheckStatus, "true" | "false" | "undefined">> = {
  works: "true",
  kept: "undefined",
  ineffective: "false",
  refused: "false",
  failed: "undefined",
};

/**
 * Returns the name of a check's attribute.
 *
 * @param id The check's name, such as `"cpu-rate"`.
 * @returns The name, such as `"JobboxCpuRate"`.
 */
export function attributeOf(id: string): string {
  return `Jobbox${id.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}`;
}

/** A string of an ad, which is one line. Both syntaxes of ads read one without escapes alike. */
function quoted(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, " ");
  return `"${line.replaceAll('"', "'").replaceAll("\\", "/")}"`;
}

/**
 * Writes the ad.
 *
 * @param results What the checks found.
 * @param options The system, and the tool's version.
 * @returns One attribute a line, and the line that ends the ad: a part of it is never published.
 */
export function machineAd(
  results: readonly CheckResult[],
  options: { readonly host: DoctorHost; readonly version: string },
): string {
  const { host: { windows, wine }, version } = options;
  const attributes: [name: string, value: string][] = [
    ["HasJobbox", "true"],
    ["JobboxVersion", quoted(version)],
    ["JobboxLimits", quoted(conclude(results))],
    ["JobboxWindows", windows === undefined ? "undefined" : quoted(windows)],
    ["JobboxWine", wine === undefined ? "undefined" : quoted(wine)],
    ...results.map(({ id, status }): [string, string] => [attributeOf(id), VALUES[status]]),
  ];
  return `${attributes.map(([name, value]) => `${name} = ${value}\n`).join("")}-\n`;
}
