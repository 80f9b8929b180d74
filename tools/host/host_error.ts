/**
 * The error of the host: something is missing that it cannot provision.
 *
 * @module
 */

/** Says in one line what the host could not do and how to fix it. */
export class HostError extends Error {
  /** The class name, for printing. */
  override readonly name = "HostError";
  /** How to fix it. */
  readonly mend: string;

  /**
   * @param message The action that failed, with the expected and the actual state.
   * @param mend How to fix it, if possible as a command.
   */
  constructor(message: string, mend: string) {
    super(message);
    this.mend = mend;
  }

  /**
   * The line for the terminal.
   *
   * @returns One line without its end.
   */
  toLine(): string {
    return `jobbox host: ${this.message}; to fix it: ${this.mend}`.replaceAll(/\s*\n\s*/g, " ");
  }
}
