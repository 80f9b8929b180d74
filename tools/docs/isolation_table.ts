/**
 * The table of restrictions, made of the rows.
 *
 * @module
 */
import { CONTAINER_PARTS, ISOLATION_ROWS } from "../../isolation/table.ts";
import { renderTable } from "./table.ts";

/** The table of docs/isolation.md. */
export function renderIsolationTable(): string {
  return renderTable(
    ["key", "option", "takes away", "does not take away", "asked by", "shown by", "needs"],
    ISOLATION_ROWS.map((row) => [
      `\`${row.name}\``,
      `\`${row.option}${row.valueName === "" ? "" : ` ${row.valueName}`}\``,
      row.takesAway,
      row.leaves,
      row.checkedBy,
      row.shownBy,
      ["kernel32", ...row.needs].map((dll) => `${dll}.dll`).join(", "),
    ]),
  );
}

/** The table of what a container can be given. */
export function renderContainerTable(): string {
  return renderTable(
    ["key", "option", "meaning"],
    CONTAINER_PARTS.map(({ name, option, summary, valueName }) => [
      `\`${name}\``,
      `\`${option}${valueName === "" ? "" : ` ${valueName}`}\``,
      summary,
    ]),
  );
}
