/**
 * The one error of the host: something is missing that it cannot provision.
 *
 * @module
 */

/** Says in one line what the host could not do and how the reader can mend it. */
export class HostError extends Error {
  /** The class name, for printing. */
  override readonly name = "HostError";
  /** What the reader can do about it. */
  readonly mend: string;

  /**
   * @param message What could not be done, with what was wanted and what is there.
   * @param mend What the reader can do about it, as a command where there is one.
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
    return `jobbox host: ${this.message}; to mend it: ${this.mend}`.replaceAll(/\s*\n\s*/g, " ");
  }
}
