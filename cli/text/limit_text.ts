/**
 * Limits as text: each in the very form in which its option takes it.
 *
 * @module
 */
import { LIMIT_ROWS } from "../../job/limits/table.ts";
import type { LimitText, OptionVariant, ValueKind } from "../../job/limits/row.ts";
import type { LimitsInForce } from "../../job/limits/limits.ts";
import type { NotificationLimits } from "../../job/notifications/notification_limits.ts";
import { NOTIFICATION_ROWS } from "../../job/notifications/table.ts";
import type { JsonObject } from "../report/record.ts";
import { formatCpuList, formatDuration, formatPercent, formatSize } from "./quantity.ts";
import { maskToCpus } from "../../job/units.ts";

/** A limit in force, for people. */
export interface ShownLimit {
  /** The option that sets it. */
  readonly option: string;
  /** Its value as the option takes it; `"on"` for a switch. */
  readonly value: string;
  /** What happens when it is reached. */
  readonly whenReached: string;
}

interface Row extends LimitText {
  readonly name: string;
  readonly kind: ValueKind;
  readonly variants?: readonly OptionVariant[];
}

/** A mask is a bigint, and in a record its digits as text. */
function showCpus(mask: bigint | string): string {
  if (typeof mask === "string" && !/^0x[0-9a-f]{1,16}$/.test(mask)) return mask;
  return formatCpuList(maskToCpus(BigInt(mask)));
}

function showVariant(kind: OptionVariant["kind"], value: unknown): string {
  if (kind === "switch") return "on";
  return kind === "percent" && value !== 0 ? formatPercent(value as number) : String(value);
}

function showValue(kind: ValueKind, value: unknown): string {
  switch (kind) {
    case "bytes":
      return formatSize(value as number);
    case "milliseconds":
      return formatDuration(value as number);
    case "mask":
      return showCpus(value as bigint | string);
    case "byteRange": {
      const { min, max } = value as { min: number; max: number };
      return `${formatSize(min)}..${formatSize(max)}`;
    }
    case "groupMasks":
      return (value as { group: number; mask: bigint | string }[])
        .map(({ group, mask }) => `${group}:${showCpus(mask)}`).join(";");
    case "choices":
      return (value as string[]).join(",");
    case "rateTolerance": {
      const { tolerance = "high", interval = "short" } = value as Record<string, string>;
      return `${tolerance},${interval}`;
    }
    case "switch":
      return "on";
    case "count":
    case "choice":
      return String(value);
    case "cpu":
      throw new TypeError("A row with several options has no value of its own");
  }
}

function showRow(row: Row, value: unknown): ShownLimit[] {
  if (value === undefined || value === null || value === false) return [];
  const whenReached = row.whenReached.replaceAll("`", "");
  if (row.variants === undefined) {
    return [{ option: row.option, value: showValue(row.kind, value), whenReached }];
  }
  const parts = value as Record<string, unknown>;
  return row.variants.filter(({ key }) => parts[key] !== undefined && parts[key] !== false)
    .map(({ key, kind, option }) => ({
      option,
      value: showVariant(kind, parts[key]),
      whenReached,
    }));
}

/**
 * Shows limits in the order of their tables.
 *
 * @param limits The limits in force, as the programming interface or a record has them.
 * @param notificationLimits The soft limits in force, likewise.
 * @returns One entry an option that would set them, and one for each limit that is not known.
 */
export function showLimits(
  limits: LimitsInForce | JsonObject,
  notificationLimits: NotificationLimits | JsonObject,
): ShownLimit[] {
  const hard = Object.values(LIMIT_ROWS) as unknown as Row[];
  const soft = Object.values(NOTIFICATION_ROWS) as unknown as Row[];
  const of = (values: object) => (row: Row): ShownLimit[] =>
    showRow(row, (values as Record<string, unknown>)[row.name]);
  const names: unknown = limits.unknown;
  const whenReached = limits.unknownReason instanceof Error ? limits.unknownReason.message : "";
  const unknown = hard.filter(({ name }) => Array.isArray(names) && names.includes(name))
    .map(({ option }) => ({ option, value: "unknown", whenReached }));
  return [...hard.flatMap(of(limits)), ...unknown, ...soft.flatMap(of(notificationLimits))];
}
