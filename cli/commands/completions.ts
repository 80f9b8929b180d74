/**
 * `jobbox completions`: the completions for a shell, made from the commands' tables.
 *
 * @module
 */
import { shown } from "../../values/shown.ts";
import type { Command, CommandSpec } from "../args/command.ts";
import { UsageError } from "../args/usage_error.ts";
import { bashCompletions } from "../completions/bash.ts";
import { fishCompletions } from "../completions/fish.ts";
import { powershellCompletions } from "../completions/powershell.ts";
import { zshCompletions } from "../completions/zsh.ts";

const RENDERERS = {
  powershell: powershellCompletions,
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
} as const;

/** A shell that completions are written for. */
export type Shell = keyof typeof RENDERERS;

/** Every shell that completions are written for. */
export const SHELLS = Object.keys(RENDERERS) as readonly Shell[];

/**
 * Writes a shell's completions.
 *
 * @param shell The shell.
 * @param specs The tool's commands.
 * @returns A script for the shell.
 */
export function renderCompletions(shell: Shell, specs: readonly CommandSpec[]): string {
  return RENDERERS[shell](specs);
}

/**
 * Makes `jobbox completions`.
 *
 * @param specs Returns the tool's commands; called when needed, since it is one of them.
 * @returns The command.
 */
export function completionsCommand(specs: () => readonly CommandSpec[]): Command<Shell> {
  return {
    spec: {
      name: "completions",
      summary: "print completions for a shell",
      usage: SHELLS.join("|"),
      example: "jobbox completions powershell",
      options: [],
      words: SHELLS,
      notes: [
        {
          title: "How to load them",
          rows: [
            ["powershell", "jobbox completions powershell | Out-String | Invoke-Expression"],
            ["bash", 'eval "$(jobbox completions bash)"'],
            ["zsh", "source <(jobbox completions zsh), after compinit"],
            ["fish", "jobbox completions fish | source"],
          ],
        },
      ],
    },
    parse: ({ positionals }) => {
      const [name, ...rest] = positionals;
      const shell = SHELLS.find((each) => each === name);
      if (name === undefined) {
        throw new UsageError(`No shell given: choose one of ${SHELLS.join(", ")}`);
      }
      if (shell === undefined || rest.length > 0) {
        throw new UsageError(
          `Cannot complete for ${shown(rest[0] ?? name)}: expected one of ${SHELLS.join(", ")}`,
        );
      }
      return shell;
    },
    execute: (shell, io) => {
      io.stdout.write(renderCompletions(shell, specs()));
      return Promise.resolve(0);
    },
  };
}
