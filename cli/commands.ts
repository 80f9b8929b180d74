/**
 * The tool's commands, in the order of the help.
 *
 * @module
 */
import type { Command } from "./command.ts";
import { attachCommand } from "./commands/attach.ts";
import { completionsCommand } from "./commands/completions.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { eventsCommand } from "./commands/events.ts";
import { freezeCommand, thawCommand } from "./commands/freeze.ts";
import { killCommand } from "./commands/kill.ts";
import { limitsCommand } from "./commands/limits.ts";
import { psCommand } from "./commands/ps.ts";
import { runCommand } from "./commands/run.ts";
import { statsCommand } from "./commands/stats.ts";

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
  completionsCommand(() => COMMANDS.map(({ spec }) => spec)),
];
