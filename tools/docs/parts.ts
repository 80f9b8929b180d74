/**
 * The parts of the documentation that are made from the code: `deno task docs` writes them.
 *
 * @module
 */
import { COMMANDS } from "../../cli/commands/list.ts";
import { EXIT_CODES } from "../../cli/exit_code.ts";
import { renderContainerTable, renderIsolationTable } from "./isolation_table.ts";
import { renderLimitsTable, renderNotificationLimitsTable } from "./limits_table.ts";
import { performancePictures, renderGrowth, renderSpeedTable } from "./performance_page.ts";
import { renderPromises, renderPromiseSums } from "./promises_table.ts";
import { renderCommandsTable, renderReference } from "./reference.ts";
import { renderTable } from "./table.ts";

function exitCodesTable(): string {
  return renderTable(
    ["code", "meaning", "verdict in the record"],
    EXIT_CODES.map(({ code, meaning, verdicts }) => [
      code === undefined ? "any" : String(code),
      meaning,
      verdicts.map((verdict) => `\`${verdict}\``).join(", "),
    ]),
  );
}

/** The generated parts of each page, which go between its markers. */
export const PAGES: { readonly [path: string]: { readonly [part: string]: () => string } } = {
  "docs/jobbox.md": {
    commands: () => renderCommandsTable(COMMANDS),
    reference: () => renderReference(COMMANDS),
  },
  "docs/exit-codes.md": { "exit-codes": exitCodesTable },
  "docs/isolation.md": { isolation: renderIsolationTable, container: renderContainerTable },
  "docs/limits.md": {
    limits: renderLimitsTable,
    "notification-limits": renderNotificationLimitsTable,
  },
  "docs/performance.md": { speed: () => renderSpeedTable(), growth: () => renderGrowth() },
  "docs/windows.md": { sums: () => renderPromiseSums(), promises: () => renderPromises() },
};

/**
 * Writes every generated part of a page between its markers.
 *
 * @param path The page, below the project's folder.
 * @param page Its text.
 * @returns The page with its parts up to date with the code.
 * @throws {TypeError} If a marker is missing.
 */
export function withParts(path: string, page: string): string {
  let text = page;
  for (const [name, render] of Object.entries(PAGES[path] ?? {})) {
    const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) {
      throw new TypeError(`Cannot put ${name} into ${path}: its markers are missing`);
    }
    text = `${text.slice(0, from + begin.length)}\n\n${render().trimEnd()}\n\n${text.slice(to)}`;
  }
  return text;
}

if (import.meta.main) {
  for (const page of Object.keys(PAGES)) {
    const path = new URL(`../../${page}`, import.meta.url);
    await Deno.writeTextFile(path, withParts(page, await Deno.readTextFile(path)));
  }
  await Deno.mkdir(new URL("../../docs/performance", import.meta.url), { recursive: true });
  for (const [picture, svg] of performancePictures()) {
    await Deno.writeTextFile(new URL(`../../${picture}`, import.meta.url), svg);
  }
}
