/**
 * The parts of the README that are made from the code: `deno task readme` writes them.
 *
 * @module
 */
import { COMMANDS } from "../../cli/commands/list.ts";
import { EXIT_CODES } from "../../cli/exit_code.ts";
import { renderLimitsTable, renderNotificationLimitsTable } from "./limits_table.ts";

/** A Markdown table. */
function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}

function commandsTable(): string {
  return table(
    ["command", "what it does", "example"],
    COMMANDS.map(({ spec }) => [`\`${spec.name}\``, spec.summary, `\`${spec.example}\``]),
  );
}

function exitCodesTable(): string {
  return table(
    ["code", "meaning", "verdict in the record"],
    EXIT_CODES.map(({ code, meaning, verdicts }) => [
      code === undefined ? "any" : String(code),
      meaning,
      verdicts.map((verdict) => `\`${verdict}\``).join(", "),
    ]),
  );
}

/** What stands between each pair of markers. */
export const PARTS: { readonly [name: string]: () => string } = {
  commands: commandsTable,
  "exit-codes": exitCodesTable,
  limits: renderLimitsTable,
  "notification-limits": renderNotificationLimitsTable,
};

/**
 * Puts every part between its markers.
 *
 * @param readme The README.
 * @returns The README with the parts as the code has them.
 * @throws {TypeError} If a marker is missing.
 */
export function withParts(readme: string): string {
  let text = readme;
  for (const [name, render] of Object.entries(PARTS)) {
    const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) {
      throw new TypeError(`Cannot put ${name} into the README: its markers are missing`);
    }
    text = `${text.slice(0, from + begin.length)}\n\n${render().trimEnd()}\n\n${text.slice(to)}`;
  }
  return text;
}

if (import.meta.main) {
  const path = new URL("../../README.md", import.meta.url);
  await Deno.writeTextFile(path, withParts(await Deno.readTextFile(path)));
}
