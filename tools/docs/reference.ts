/**
 * The reference of the tool's commands in the documentation, made from their tables.
 *
 * @module
 */
import {
  type Command,
  HELP_OPTION,
  type HelpSection,
  optionSections,
} from "../../cli/args/command.ts";
import { renderTable } from "./table.ts";

/** A heading's anchor, as sites that render Markdown generate it. */
function anchor(name: string): string {
  return `#jobbox-${name}`;
}

function section({ title, rows }: HelpSection): string {
  // Only text that is typed literally is code.
  const lines = rows.map((
    [term, meaning],
  ) => [term.startsWith("-") ? `\`${term}\`` : term, meaning]);
  return `**${title}**\n\n${renderTable(["", ""], lines)}`;
}

function command({ spec }: Command): string {
  const { name, summary, usage, example, options, notes = [] } = spec;
  const parts = [...optionSections([...options, HELP_OPTION]), ...notes];
  return [
    `### jobbox ${name}`,
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    `\`\`\`text\njobbox ${name} ${usage}\n\`\`\``,
    `Example: \`${example}\``,
    ...parts.map(section),
  ].join("\n\n");
}

/**
 * Renders the table of the commands.
 *
 * @param commands The commands.
 * @returns Markdown: what each does, an example, and a link to its part of the reference.
 */
export function renderCommandsTable(commands: readonly Command[]): string {
  return renderTable(
    ["command", "what it does", "example"],
    commands.map(({ spec }) => [
      `[\`${spec.name}\`](${anchor(spec.name)})`,
      spec.summary,
      `\`${spec.example}\``,
    ]),
  );
}

/**
 * Renders the reference of the commands.
 *
 * @param commands The commands.
 * @returns Markdown: for each its usage, an example, its options and its notes.
 */
export function renderReference(commands: readonly Command[]): string {
  return commands.map(command).join("\n\n");
}
