/**
 * Errors of a restriction other than failed calls. Pure.
 *
 * @module
 */

/**
 * Where a restriction was found not to be in force: before anything started, in the suspended
 * process, or by a trial with the same rights.
 *
 * @example
 * ```ts
 * import type { IsolationGate } from "@jobbox/jobobject";
 *
 * const first: IsolationGate = "before the start";
 * ```
 */
export type IsolationGate = "before the start" | "in the suspended process" | "by a trial";

interface NotApplied {
  readonly gate: IsolationGate;
  readonly asked: string;
  readonly read: string;
  readonly advice?: string | undefined;
}

/**
 * Says that a restriction is not in force.
 *
 * @param found The gate, the requested and the actual value, and what to do.
 * @param what What the restriction is called.
 * @returns The message.
 */
export function notAppliedText({ advice, asked, gate, read }: NotApplied, what: string): string {
  return `Cannot start the process with ${what}: asked ${asked}, read ${read}, ${gate}; ` +
    `it was not run` + (advice === undefined ? "" : `: ${advice}`);
}

/**
 * A requested restriction is not in force. The process never ran an instruction.
 *
 * @example
 * ```ts
 * import { IsolationNotAppliedError, JobObject } from "@jobbox/jobobject";
 *
 * await using job = JobObject.create({ killOnClose: true });
 * try {
 *   job.spawn("cmd", { args: ["/c", "ver"], isolation: { privileges: [] } });
 * } catch (error) {
 *   if (!(error instanceof IsolationNotAppliedError)) throw error;
 *   console.log(error.row, error.gate, error.asked, error.read);
 * }
 * ```
 */
export class IsolationNotAppliedError extends Error {
  /** `"IsolationNotAppliedError"`. */
  override readonly name: string = "IsolationNotAppliedError";
  /** The restriction's key, such as `"admin"`. */
  readonly row: string;
  /** Where it was found. */
  readonly gate: IsolationGate;
  /** The requested restriction, as one phrase. */
  readonly asked: string;
  /** The value that was read or observed, as one phrase. */
  readonly read: string;
  /** What to do, as one phrase; `undefined` if nothing is known. */
  readonly advice: string | undefined;

  /**
   * Creates the error for one restriction.
   *
   * @param found The restriction's key, the gate, the requested and the actual value, and what to
   * do.
   * @param options `cause`: the error that came before this one.
   */
  constructor(
    found: {
      readonly row: string;
      readonly gate: IsolationGate;
      readonly asked: string;
      readonly read: string;
      readonly advice?: string;
    },
    options?: ErrorOptions,
  ) {
    const { advice, asked, gate, read, row } = found;
    super(notAppliedText(found, `isolation.${row}`), options);
    this.row = row;
    this.gate = gate;
    this.asked = asked;
    this.read = read;
    this.advice = advice;
  }
}
