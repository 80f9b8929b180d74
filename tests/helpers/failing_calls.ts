/**
 * Lets each call of some functions fail, one after the other.
 *
 * @module
 */
import { ERROR } from "../../ffi/constants.ts";
import { kernel32 } from "../../ffi/library.ts";
import { assertNoHandleLeft } from "./open_handles.ts";
import { substituteFunction } from "./substituted_kernel.ts";

/** A function that can fail. */
export interface Failing {
  /** Its library, such as `advapi32`. */
  readonly library: object;
  /** Its name. */
  readonly name: string;
  /** What it gives when it fails; the last error is set as well. */
  readonly gives: number | bigint;
  /** Whether the system does it all the same, since nobody could do without. */
  readonly isDone?: boolean;
}

/** The error of a call that fails: no refusal, which a test may expect. */
export const FAULT = ERROR.NO_SYSTEM_RESOURCES;

/** What is tried with calls that fail. */
export interface FailingTrial {
  /** Makes the calls; what it throws is given to `check`. */
  readonly act: () => void;
  /** Looks at the error, `undefined` for none, and at what is left; the functions work again. */
  readonly check: (name: string, error: unknown) => void;
  /** How many calls of each function fail at most. */
  readonly times?: number;
  /** Whether handles may be closed some time later. */
  readonly late?: boolean;
}

/**
 * Runs a trial once for each call of the functions, which fails, until there is no further one. No
 * handle may be left each time.
 *
 * @param functions The functions.
 * @param trial What is tried.
 * @returns The names of the calls that failed, each as often as it did.
 */
export async function failEachInTurn(
  functions: readonly Failing[],
  { act, check, late = false, times = 12 }: FailingTrial,
): Promise<string[]> {
  const failed: string[] = [];
  for (const { gives, isDone = false, library, name } of functions) {
    for (let failing = 1; failing <= times; failing++) {
      let calls = 0;
      let error: unknown;
      await assertNoHandleLeft(
        () => {
          [calls, error] = [0, undefined];
          using _fault = substituteFunction(
            library,
            name as never,
            (real) =>
              ((...args: unknown[]) => {
                const make = real as (...args: unknown[]) => unknown;
                if (++calls !== failing) return make(...args);
                if (isDone) make(...args);
                kernel32.SetLastError(FAULT);
                return gives;
              }) as never,
          );
          try {
            act();
          } catch (thrown) {
            error = thrown;
          }
        },
        `call ${failing} of ${name}`,
        { late },
      );
      if (calls < failing) break;
      check(name, error);
      failed.push(name);
    }
  }
  return failed;
}
