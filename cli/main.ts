/**
 * The tool: finds the command, makes a value of its arguments, does it, answers the exit code.
 *
 * @module
 */
import { nearest, parseArgs } from "./args/args.ts";
import { type Command, commandHelp, HELP_OPTION, toolHelp } from "./args/command.ts";
import { COMMANDS } from "./commands/list.ts";
import { FAILURE_CODE } from "./exit_code.ts";
import type { Io } from "./terminal/io.ts";
import { messageOf, MOST_MESSAGE, writeMessage } from "./text/message.ts";
import { UsageError } from "./args/usage_error.ts";
import { VERSION } from "./version.ts";

const EXAMPLE = "jobbox run -- cmd /c echo hello";

function findCommand(name: string): Command {
  const command = COMMANDS.find(({ spec }) => spec.name === name);
  if (command !== undefined) return command;
  const what = name.startsWith("-") ? "option" : "command";
  const known = what === "option" ? ["--help", "--version"] : COMMANDS.map(({ spec }) => spec.name);
  const meant = nearest(name, known);
  throw new UsageError(
    `Unknown ${what} ${name}` + (meant === undefined ? "" : `: did you mean ${meant}?`),
    { example: EXAMPLE },
  );
}

/** Finds out what is to be done. */
function prepare(args: readonly string[], io: Io): () => Promise<number> | number {
  const [first, ...rest] = args;
  const print = (text: string) => (): number => {
    io.stdout.write(text);
    return 0;
  };
  if (first === undefined) throw new UsageError("No command given", { example: EXAMPLE });
  if (first === "--version" && rest.length === 0) return print(`jobbox ${VERSION}\n`);
  if (first === "--help" || first === "-h" || first === "help") {
    const [about] = rest;
    return print(
      about === undefined
        ? toolHelp(COMMANDS.map(({ spec }) => spec), io.columns())
        : commandHelp(findCommand(about).spec, io.columns()),
    );
  }
  const command = findCommand(first);
  const { spec } = command;
  const parsed = parseArgs(rest, [...spec.options, HELP_OPTION], {
    example: spec.example,
    ...spec.stopEarly === undefined ? {} : { stopEarly: spec.stopEarly },
  });
  if (parsed.options.some(({ name }) => name === "help")) {
    return print(commandHelp(spec, io.columns()));
  }
  return async () => {
    try {
      return await command.execute(command.parse(parsed, io), io);
    } catch (error) {
      if (!(error instanceof UsageError) || error.example !== undefined) throw error;
      throw new UsageError(error.message, { example: spec.example, cause: error });
    }
  };
}

/**
 * Runs the tool.
 *
 * @param args The command line without the program.
 * @param io The world.
 * @returns The exit code, unsigned 32-bit.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const code = await execute(args, io);
  try {
    await io.stdout.flush();
  } catch (error) {
    writeMessage(io, `Cannot write to stdout: ${messageOf(error)}`);
    return FAILURE_CODE;
  } finally {
    // There is nowhere left to say that stderr fails.
    await io.stderr.flush().catch(() => {});
  }
  return code;
}

async function execute(args: readonly string[], io: Io): Promise<number> {
  try {
    return await prepare(args, io)();
  } catch (error) {
    const example = error instanceof UsageError && error.example !== undefined
      ? ` (example: ${error.example})`
      : "";
    writeMessage(io, `${messageOf(error).slice(0, MOST_MESSAGE - example.length)}${example}`);
    return FAILURE_CODE;
  }
}
