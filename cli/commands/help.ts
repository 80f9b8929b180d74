/**
 * `jobbox help`: the help of the tool or of one command.
 *
 * @module
 */
import { type Command, commandHelp, type CommandSpec, toolHelp } from "../args/command.ts";
import { UsageError } from "../args/usage_error.ts";
import { shown } from "../../values/shown.ts";
import { suggestion } from "../args/suggestion.ts";

/**
 * Makes `jobbox help`.
 *
 * @param specs Returns the tool's commands; called when needed, since it is one of them.
 * @returns The command; it is asked for the command to explain, or `undefined` for the tool.
 */
export function helpCommand(specs: () => readonly CommandSpec[]): Command<CommandSpec | undefined> {
  return {
    spec: {
      name: "help",
      summary: "show the help of the tool or of one command",
      usage: "[COMMAND]",
      example: "jobbox help run",
      options: [],
      get words() {
        return specs().map(({ name }) => name);
      },
    },
    parse: ({ positionals }) => {
      const [name, extra] = positionals;
      if (extra !== undefined) {
        throw new UsageError(`Unexpected argument ${shown(extra)}: help takes one command`);
      }
      if (name === undefined) return undefined;
      const names = specs().map((spec) => spec.name);
      const spec = specs().find((each) => each.name === name);
      if (spec !== undefined) return spec;
      const meant = suggestion(name, names);
      throw new UsageError(
        `Unknown command ${shown(name)}` + (meant === undefined ? "" : `: did you mean ${meant}?`),
      );
    },
    execute: (spec, io) => {
      const width = io.columns();
      io.stdout.write(spec === undefined ? toolHelp(specs(), width) : commandHelp(spec, width));
      return Promise.resolve(0);
    },
  };
}
