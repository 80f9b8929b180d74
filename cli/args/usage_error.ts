/**
 * The error of a command line or a policy that cannot be understood.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";

/** The command line or a policy is wrong; nothing was started. */
export class UsageError extends Error {
  /** `"UsageError"`. */
  override readonly name: string = "UsageError";

  /**
   * Makes the error.
   *
   * @param message What is wrong, beginning with the option's name where there is one.
   * @param options The error that a conversion threw.
   */
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, defined({ cause: options.cause }));
  }
}
