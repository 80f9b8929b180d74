/**
 * What is fuzzed: a property that fast-check tries with random input and shrinks when it fails.
 *
 * @module
 */
import fc from "npm:fast-check@4.11.0";

/** One decoder or parser, and what must hold for any input. */
export interface Subject {
  /** Its name on the command line. */
  readonly name: string;
  /** The cases that the suite tries. */
  readonly cases: number;
  /**
   * Tries random inputs.
   *
   * @throws {Error} With the shrunk input, its seed and its path, if the property fails.
   */
  run(options: { readonly runs: number; readonly seed: number }): void;
}

/**
 * Makes a subject.
 *
 * @param name Its name.
 * @param cases The cases that the suite tries.
 * @param input The inputs.
 * @param check Throws if the property fails.
 * @param kept Inputs that are tried first every time: those that once failed.
 */
export function subject<T>(
  name: string,
  { cases, input, check, kept = [] }: {
    readonly cases: number;
    readonly input: fc.Arbitrary<T>;
    readonly check: (input: T) => void;
    readonly kept?: readonly T[];
  },
): Subject {
  return {
    name,
    cases,
    run: ({ runs, seed }) =>
      fc.assert(fc.property(input, check), {
        numRuns: runs + kept.length,
        seed,
        examples: kept.map((each): [T] => [each]),
      }),
  };
}

/** The result of a call that may refuse its input. */
export type Outcome<T> =
  | { readonly value: T; readonly refused?: never }
  | { readonly refused: Error; readonly value?: never };

type ErrorClass = new (...args: never[]) => Error;

/**
 * Calls something that may refuse its input, but only with one of some errors whose message is for
 * people.
 *
 * @param call The call.
 * @param allowed The errors.
 * @returns What it returned, or with which error it refused.
 * @throws {Error} If it failed with another error, or with a message without end.
 */
export function attempt<T>(call: () => T, ...allowed: readonly ErrorClass[]): Outcome<T> {
  try {
    return { value: call() };
  } catch (error) {
    if (!(error instanceof Error) || !allowed.some((each) => error instanceof each)) throw error;
    if (/Cannot read propert|is not a function|is not iterable/.test(error.message)) {
      throw new Error(`Cannot accept this refusal: ${error.stack}`);
    }
    if (error.message.length > 4_000) throw new Error(`The message has ${error.message.length}`);
    return { refused: error };
  }
}

/** Texts: pieces that mean something to a parser, in any order, and any UTF-16 whatever. */
export function textOf(...pieces: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map(joined) },
    { weight: 1, arbitrary: anyText() },
    {
      weight: 1,
      arbitrary: fc.array(fc.oneof(fc.constantFrom(...pieces), anyText()), { maxLength: 6 })
        .map(joined),
    },
  );
}

function joined(parts: readonly string[]): string {
  return parts.join("");
}

/** Any UTF-16, also invalid. */
export function anyText(maxLength = 20): fc.Arbitrary<string> {
  const unit = fc.oneof(
    fc.integer({ min: 0, max: 0xffff }),
    fc.integer({ min: 0, max: 0x7f }),
    fc.integer({ min: 0xd800, max: 0xdfff }),
  );
  return fc.array(unit, { maxLength }).map((units) => String.fromCharCode(...units));
}
