/**
 * Progress lines on stderr; stdout belongs to the program that is run.
 *
 * @module
 */

const encoder = new TextEncoder();

/**
 * Prints one line on stderr.
 *
 * @param text What is being done, how large it is.
 */
export function progress(text: string): void {
  writeStderr(`jobbox host: ${text}\n`);
}

/**
 * Writes text to stderr as it is.
 *
 * @param text The text.
 */
export function writeStderr(text: string): void {
  let rest = encoder.encode(text);
  while (rest.length > 0) rest = rest.subarray(Deno.stderr.writeSync(rest));
}
