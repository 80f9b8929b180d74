/**
 * Soft limits of a rate, which are reported only if that rate is limited and, for processors, if
 * its limit asks for the report. Pure.
 *
 * @module
 */
import { type LimitName, limitRow } from "../../job/limits/table.ts";
import { NOTIFICATION_ROWS, type NotificationRow } from "../../job/notifications/table.ts";
import { UsageError } from "./usage_error.ts";
import type { Limits, NotificationLimits } from "../../mod.ts";

/** The rows of the soft limits of a rate that are to be set. */
function watching(soft: NotificationLimits): NotificationRow[] {
  return Object.values<NotificationRow>(NOTIFICATION_ROWS)
    .filter(({ name, watches }) => watches !== undefined && isSet(soft[name]));
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/**
 * Whether a soft limit watches the rate that a limit sets.
 *
 * @param soft The soft limits.
 * @param limit The limit.
 * @returns Whether one of them does.
 */
export function watchesRate(soft: NotificationLimits, limit: LimitName): boolean {
  return watching(soft).some(({ watches }) => watches?.includes(limit));
}

/**
 * Refuses soft limits that would never be reported.
 *
 * @param soft The soft limits that are to be set.
 * @param limits The limits that will be set with them.
 * @param from Returns where a soft limit was given, by the name of its option; absent for the option.
 * @throws {UsageError} If one watches a rate that has no limit.
 */
export function checkWatchedRates(
  soft: NotificationLimits,
  limits: Limits,
  { from }: { from?: (option: string) => string | undefined } = {},
): void {
  for (const { options: [{ option }], watches = [] } of watching(soft)) {
    if (watches.some((limit) => isSet(limits[limit]))) continue;
    const [other] = watches.map((limit) => limitRow(limit).options[0].option);
    throw new UsageError(
      `${from?.(option.slice(2)) ?? option}: Cannot watch a rate that has no limit: ` +
        `add one, such as ${other}`,
    );
  }
}

/**
 * Makes the limit of the processor rate report when it is exceeded, if a soft limit watches it.
 *
 * @param limits The limits that will be set.
 * @param soft The soft limits that will be set with them.
 * @returns The same limits, or others with the notice.
 */
export function withCpuNotice(limits: Limits, soft: NotificationLimits): Limits {
  const { cpu } = limits;
  if (!isSet(soft.cpuRate) || cpu === undefined || cpu === null || cpu.notify === true) {
    return limits;
  }
  return { ...limits, cpu: { ...cpu, notify: true } };
}
