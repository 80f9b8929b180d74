/**
 * Writes a file completely or not at all, because other runs may be reading it.
 *
 * @module
 */

/**
 * Replaces a file's text in one step.
 *
 * @param path The file; it need not exist, its folder must.
 * @param text The new text.
 */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}`;
  Deno.writeTextFileSync(temporary, text);
  Deno.renameSync(temporary, path);
}
