/**
 * Values as JSON. Pure.
 *
 * @module
 */

/** A JSON value. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | JsonObject;

/** An object of JSON values. */
export interface JsonObject {
  /** A value by its name. */
  readonly [key: string]: JsonValue;
}

/**
 * Turns limits into JSON: masks become `"0x…"`, absent values are left out.
 *
 * @param value Limits, or any object of plain values.
 * @returns An object of JSON values.
 */
export function toJsonObject(value: object): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const [key, field] of Object.entries(value)) {
    if (field !== undefined) result[key] = toJsonValue(field);
  }
  return result;
}

function toJsonValue(value: unknown): JsonValue {
  if (typeof value === "bigint") return `0x${value.toString(16)}`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(toJsonValue);
  if (typeof value === "object" && value !== null) return toJsonObject(value);
  if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") {
    return value;
  }
  return null;
}
