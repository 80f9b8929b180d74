/**
 * Limits as text, each in the form that its option accepts.
 *
 * @module
 */
import type { AnyRow } from "../../job/limits/row.ts";
import { LIMIT_ROWS } from "../../job/limits/table.ts";
import { NOTIFICATION_ROWS } from "../../job/notifications/table.ts";
import type { JsonObject } from "./json.ts";
import type { LimitsInForce, NotificationLimits } from "../../mod.ts";

/** A limit in force, for people. */
export interface ShownLimit {
  /** The option that sets it. */
  readonly option: string;
  /** Its value as the option accepts it; `"on"` for a switch. */
  readonly value: string;
  /** What happens when it is reached. */
  readonly whenReached: string;
}

/**
 * Names the option of a limit or a restriction without its dashes.
 *
 * @param named The option with its dashes.
 * @returns Such as `"memory"`.
 */
export function bare({ option }: { readonly option: string }): string {
  return option.replace(/^--/, "");
}

/** Whether a value limits something: a switch that is off does not. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false;
}

function showRow(row: AnyRow, value: unknown): ShownLimit[] {
  if (!isSet(value)) return [];
  const whenReached = row.whenReached.replaceAll("`", "");
  return row.options.flatMap(({ option, key, form }) => {
    const part = key === undefined ? value : (value as Record<string, unknown>)[key];
    return isSet(part) ? [{ option, value: form.format(part), whenReached }] : [];
  });
}

/**
 * Shows the limits of a table in its order.
 *
 * @param table The rows.
 * @param values The limits, in the form of the programming interface or a record.
 * @returns One entry per option that would set them.
 */
export function showTable(table: Readonly<Record<string, AnyRow>>, values: object): ShownLimit[] {
  const byName = values as Record<string, unknown>;
  return Object.values(table).flatMap((row) => showRow(row, byName[row.name]));
}

/**
 * Shows limits in the order of their tables.
 *
 * @param limits The limits in force, in the form of the programming interface or a record.
 * @param notificationLimits The soft limits in force, likewise.
 * @returns One entry per option that would set them, including unknown limits.
 */
export function showLimits(
  limits: LimitsInForce | JsonObject,
  notificationLimits: NotificationLimits | JsonObject,
): ShownLimit[] {
  const names: unknown = limits.unknown;
  const whenReached = limits.unknownReason instanceof Error ? limits.unknownReason.message : "";
  const unknown = Object.values<AnyRow>(LIMIT_ROWS)
    .filter(({ name }) => Array.isArray(names) && names.includes(name))
    .flatMap(({ options }) => options)
    .map(({ option }) => ({ option, value: "unknown", whenReached }));
  return [
    ...showTable(LIMIT_ROWS, limits),
    ...unknown,
    ...showTable(NOTIFICATION_ROWS, notificationLimits),
  ];
}
