/**
 * What can go wrong with a job beside a failed call. Pure.
 *
 * @module
 */

/** The job was made without notifications, so none were kept for `pollNotification()`. */
export class NotRegisteredError extends Error {
  /** `"NotRegisteredError"`. */
  override readonly name: string = "NotRegisteredError";
}

/** The system took a limit without an error and does not enforce it. */
export class LimitNotAppliedError extends Error {
  /** `"LimitNotAppliedError"`. */
  override readonly name: string = "LimitNotAppliedError";
  /** The limit, as {@linkcode Limits} names it. */
  readonly limit: string;
  /** What was asked for. */
  readonly wanted: unknown;
  /** What the system gives back; `undefined` for no limit. */
  readonly found: unknown;

  /**
   * Makes the error of one limit.
   *
   * @param limit The limit's name.
   * @param values What was asked for, and what the system gives back.
   */
  constructor(limit: string, values: { readonly wanted: unknown; readonly found: unknown }) {
    super(
      `Cannot apply limit ${limit}: this system accepted ${show(values.wanted)} and keeps ` +
        show(values.found),
    );
    this.limit = limit;
    this.wanted = values.wanted;
    this.found = values.found;
  }
}

function show(value: unknown): string {
  if (value === undefined || value === null) return "none";
  return JSON.stringify(
    value,
    (_, part) => typeof part === "bigint" ? `0x${part.toString(16)}` : part,
  );
}
