import { assert, assertEquals } from "@std/assert";
import { STYLE } from "../../../../cli/report/html/style.ts";

/** The colours that are defined in a part of the style sheet. */
function colours(part: string): Map<string, [number, number, number]> {
  return new Map(
    [...part.matchAll(/--([\w-]+): #([0-9a-f]{3}|[0-9a-f]{6});/g)].map(([, name, digits = ""]) => {
      const long = digits.length === 3 ? [...digits].map((d) => d + d).join("") : digits;
      const value = parseInt(long, 16);
      return [String(name), [value >> 16, (value >> 8) & 255, value & 255]];
    }),
  );
}

/** Relative luminance, as WCAG 2 has it. */
function luminance(channels: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = channels.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: readonly number[], b: readonly number[]): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const DARK = STYLE.indexOf("@media screen and (prefers-color-scheme: dark)");
const THEMES = { light: colours(STYLE.slice(0, DARK)), dark: colours(STYLE.slice(DARK)) };

Deno.test("STYLE defines every colour that it uses, in the light and in the dark", () => {
  const used = new Set([...STYLE.matchAll(/var\(--([\w-]+)\)/g)].map(([, name]) => String(name)));
  for (const name of ["tone", "series", "bar"]) used.delete(name);
  for (const name of used) assert(THEMES.light.has(name), name);
  // The text on a bar is dark in both: the bars are light in both.
  assertEquals(
    [...THEMES.light.keys()].filter((name) => !THEMES.dark.has(name)),
    ["on-bar"],
  );
});

Deno.test("STYLE's texts have enough contrast with their backgrounds", () => {
  for (const [theme, found] of Object.entries(THEMES)) {
    const card = found.get("card");
    for (const name of ["text", "muted", "good", "bad", "limit"]) {
      const colour = found.get(name);
      assert(card && colour, name);
      assert(contrast(colour, card) >= 4.5, `${theme} ${name}: ${contrast(colour, card)}`);
    }
    const onBar = THEMES.light.get("on-bar");
    for (const name of ["bar-ok", "bar-error", "bar-crash", "bar-ended", "bar-unknown"]) {
      const bar = found.get(name);
      assert(onBar && bar, name);
      assert(contrast(onBar, bar) >= 4.5, `${theme} ${name}: ${contrast(onBar, bar)}`);
    }
  }
});
