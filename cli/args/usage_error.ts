/**
 * The error of a command line or a policy that cannot be understood.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";

/** The tool was called wrongly; nothing was started. */
export class UsageError extends Error {
  /** `"UsageError"`. */
  override readonly name: string = "UsageError";

  /**
   * Makes the error of a wrong use.
   *
   * @param message What is wrong, beginning with the option's name where there is one.
   * @param options The error that a conversion threw.
   */
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, defined({ cause: options.cause }));
  }
}
