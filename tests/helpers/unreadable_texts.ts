import { assertStringIncludes, assertThrows } from "@std/assert";

/** Texts that are not quantities. */
export const RUBBISH: readonly string[] = [
  "",
  " ",
  "abc",
  "-1",
  "+1",
  "1e3",
  "0x10",
  "1,5",
  ".5",
  "5.",
  "1 ",
  " 1",
  "NaN",
];

/** Each text is refused as of another form. */
export function refuses(parse: (text: string) => unknown, texts: readonly string[]): void {
  for (const text of texts) {
    const error = assertThrows(() => parse(text), SyntaxError);
    assertStringIncludes(error.message, `Cannot read ${JSON.stringify(text)}: expected`);
  }
}

/** Each text is refused as no value. */
export function isTooMuch(parse: (text: string) => unknown, texts: readonly string[]): void {
  for (const text of texts) {
    const error = assertThrows(() => parse(text), RangeError);
    assertStringIncludes(error.message, JSON.stringify(text));
  }
}
