/**
 * The word that was probably meant.
 *
 * @module
 */
import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import { misspelled } from "../../values/options.ts";

/** The longest word that is compared: the time grows with its length. */
const WORD_MAX = 40;

/**
 * Finds the word that was probably meant: the only one that begins like this, one with a typing
 * error, or the closest one if at most a third of the letters differ.
 *
 * @param word The word as written; nothing is similar to a word of more than 40 units.
 * @param known The words that there are.
 * @returns The word; `undefined` if none is close.
 */
export function suggestion(word: string, known: readonly string[]): string | undefined {
  if (word.length > WORD_MAX || known.length === 0) return undefined;
  const begins = known.filter((candidate) => word.length > 2 && candidate.startsWith(word));
  if (begins.length === 1) return begins[0];
  const slip = misspelled(word, known);
  if (slip !== undefined) return slip;
  const closest = closestString(word, known);
  const distance = levenshteinDistance(word.toLowerCase(), closest.toLowerCase());
  return distance <= Math.floor(word.length / 3) ? closest : undefined;
}
