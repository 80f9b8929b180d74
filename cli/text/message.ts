/**
 * The messages of the tool to people: one line per message, whatever it quotes.
 *
 * @module
 */
import { showText } from "./display.ts";

/** The most characters of a message: it may quote a file of any length. */
export const MOST_MESSAGE = 2000;

/**
 * Returns the message of a thrown value.
 *
 * @param error What was thrown.
 * @returns Its message, or the value as text.
 */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Returns why a file operation failed, for a message that names the file itself.
 *
 * @param error What was thrown.
 * @returns Its message without the path that Deno puts at its end.
 */
export function reasonOf(error: unknown): string {
  return messageOf(error).replace(/: \w+ '.*'$/s, "");
}

/**
 * Makes one line of a message.
 *
 * @param text The message; an error of JSON or of the system may bring several lines.
 * @returns One line of bounded length without control characters.
 */
export function oneLine(text: string): string {
  const cut = text.length > MOST_MESSAGE;
  const kept = cut ? text.slice(0, MOST_MESSAGE) : text;
  const line = showText(kept.split(/[\r\n]+/).map((part) => part.trim()).join(" ").trim());
  return cut ? `${line}…` : line;
}

/**
 * Writes a message to stderr, after the tool's name.
 *
 * @param io Where to.
 * @param error The message, or what was thrown.
 * @returns The message as it was given, for a record.
 */
export function writeMessage(
  io: { readonly stderr: { write(text: string): unknown } },
  error: unknown,
): string {
  const message = messageOf(error);
  io.stderr.write(`jobbox: ${oneLine(message)}\n`);
  return message;
}
