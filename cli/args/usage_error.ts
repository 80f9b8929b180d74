/**
 * The error of a command line or a policy that cannot be understood.
 *
 * @module
 */

/** What an error of use may name besides its message. */
export interface UsageErrorOptions {
  /** A command line that would do. */
  readonly example?: string;
  /** The error that a conversion threw. */
  readonly cause?: unknown;
}

/** The tool was called wrongly; nothing was started. */
export class UsageError extends Error {
  /** `"UsageError"`. */
  override readonly name: string = "UsageError";
  /** A command line that would do; absent when the message says all. */
  readonly example: string | undefined;

  /**
   * Makes the error of a wrong use.
   *
   * @param message What is wrong, beginning with the option's name where there is one.
   * @param options An example and the cause.
   */
  constructor(message: string, options: UsageErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.example = options.example;
  }
}
