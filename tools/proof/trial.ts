/**
 * What the commands of proof share.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Writes a line. */
export function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

/**
 * Reads a number of the command line.
 *
 * @param option Its name, for the message.
 * @param text The text; the number is `fallback` if it is absent.
 * @param fallback The number without it.
 * @throws {RangeError} If it is not a whole number of 1 or more.
 */
export function positiveInteger(
  option: string,
  text: string | undefined,
  fallback: number,
): number {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= 1) return number;
  throw new RangeError(`${option}: expected a whole number of 1 or more, got "${text}"`);
}
