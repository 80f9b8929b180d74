/**
 * The tool's commands, in the order of the help.
 *
 * @module
 */
import type { Command } from "./command.ts";
import { runCommand } from "./commands/run.ts";

/** Every command. */
export const COMMANDS: readonly Command[] = [runCommand];
