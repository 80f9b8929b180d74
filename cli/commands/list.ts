/**
 * The tool's commands, in the order of the help.
 *
 * @module
 */
import type { Command, CommandSpec } from "../args/command.ts";
import { attachCommand } from "./attach.ts";
import { completionsCommand } from "./completions.ts";
import { doctorCommand } from "./doctor.ts";
import { eventsCommand } from "./events.ts";
import { freezeCommand, thawCommand } from "./freeze.ts";
import { helpCommand } from "./help.ts";
import { killCommand } from "./kill.ts";
import { limitsCommand } from "./limits.ts";
import { psCommand } from "./ps.ts";
import { runCommand } from "./run.ts";
import { statsCommand } from "./stats.ts";

/** Every command. */
export const COMMANDS: readonly Command[] = [
  runCommand,
  attachCommand,
  psCommand,
  statsCommand,
  limitsCommand,
  eventsCommand,
  freezeCommand,
  thawCommand,
  killCommand,
  doctorCommand,
  completionsCommand(specs),
  helpCommand(specs),
];

/** Two commands need the list that they are in. */
function specs(): readonly CommandSpec[] {
  return COMMANDS.map(({ spec }) => spec);
}
