/**
 * The tool: finds the command, parses its arguments, runs it and returns the exit code.
 *
 * @module
 */
import { defined } from "../values/defined.ts";
import { type Command, commandHelp, HELP_OPTION } from "./args/command.ts";
import { buildOf } from "./build.ts";
import { runCommand } from "./commands/run.ts";
import { argumentsByName } from "./engines/table.ts";
import { FAILURE_CODE } from "./exit_code.ts";
import type { Io, Runtime } from "./terminal/io.ts";
import { realIo } from "./terminal/real_io.ts";
import { showJson } from "./text/display.ts";
import { messageOf, MOST_MESSAGE, writeMessage } from "./text/message.ts";
import { UsageError } from "./args/usage_error.ts";
import { VERSION } from "./version.ts";
import { suggestion } from "./args/suggestion.ts";
import { parseArgs } from "./args/settings.ts";

/** The command of a name; `jobbox run` starts without loading the others. */
async function commandNamed(name: string | undefined): Promise<Command | undefined> {
  if (name === runCommand.spec.name) return runCommand;
  const { COMMANDS } = await import("./commands/list.ts");
  return COMMANDS.find(({ spec }) => spec.name === name);
}

async function findCommand(name: string): Promise<Command> {
  const command = await commandNamed(name);
  if (command !== undefined) return command;
  const { COMMANDS } = await import("./commands/list.ts");
  if (/^(?:-?-?version|-v)$/i.test(name)) {
    throw new UsageError(
      `Unknown ${name.startsWith("-") ? "option" : "command"} ${name}: ` +
        "did you mean --version?",
    );
  }
  const what = name.startsWith("-") ? "option" : "command";
  const known = what === "option" ? ["--help", "--version"] : COMMANDS.map(({ spec }) => spec.name);
  const meant = suggestion(name, known);
  throw new UsageError(
    `Unknown ${what} ${name}` + (meant === undefined ? "" : `: did you mean ${meant}?`),
  );
}

function refuse(word: string, beside: string): never {
  const why = word === "--json" ? "its output is not data" : "it must be used alone";
  throw new UsageError(`Cannot take ${word} with ${beside}: ${why}`);
}

/** A `--json` before the command means the same as after it. */
function withJson([command, ...rest]: readonly string[]): string[] {
  if (command === undefined) {
    throw new UsageError("No command given: --json needs one");
  }
  return [command, "--json", ...rest];
}

function versions({ compiled, ...runtime }: Runtime): Record<string, unknown> {
  return { name: "jobbox", version: VERSION, ...runtime, build: buildOf(compiled) };
}

/** Finds out what to do. */
async function prepare(
  args: readonly string[],
  io: Io,
): Promise<() => Promise<number> | number> {
  const [first, ...rest] = args;
  const print = (text: string) => (): number => {
    io.stdout.write(text);
    return 0;
  };
  if (first === undefined) throw new UsageError("No command given");
  if (first === "--json") return await prepare(withJson(rest), io);
  if (first === "--version") {
    const [asked, extra = asked] = rest;
    if (extra !== undefined && (asked !== "--json" || rest.length > 1)) refuse(extra, first);
    return print(
      asked === "--json" ? `${showJson(versions(io.runtime()))}\n` : `jobbox ${VERSION}\n`,
    );
  }
  if (first === "--help" || first === "-h") return await prepare(["help", ...rest], io);
  const command = await findCommand(first);
  const { spec } = command;
  if (!spec.options.some(({ name }) => name === "json") && rest.includes("--json")) {
    throw new UsageError(`Cannot take --json with ${first}: its output is not data`);
  }
  const understand = async <T>(read: () => T): Promise<T> => {
    try {
      return read();
    } catch (error) {
      if (error instanceof Error) await command.refused?.(rest, error, io, { keepsFiles: false });
      throw error;
    }
  };
  const parsed = await understand(() =>
    parseArgs(rest, [...spec.options, HELP_OPTION], {
      ...defined({ stopEarly: spec.stopEarly, elsewhere: spec.elsewhere }),
    })
  );
  if (parsed.options.some(({ name }) => name === "help")) {
    return print(commandHelp(spec, io.columns()));
  }
  const value = await understand(() => command.parse(parsed, io));
  return async () => {
    try {
      return await command.execute(value, io);
    } catch (error) {
      if (error instanceof Error) await command.refused?.(rest, error, io, { keepsFiles: true });
      throw error;
    }
  };
}

/** Only the executable has a name of its own. */
function ownArguments(): readonly string[] {
  return Deno.build.standalone ? argumentsByName(Deno.execPath(), Deno.args) : Deno.args;
}

/**
 * Runs the tool.
 *
 * @param args The command line without the program; this process's own when absent.
 * @param io The world; the real one when absent.
 * @returns The exit code, unsigned 32-bit.
 */
export async function main(
  args: readonly string[] = ownArguments(),
  io: Io = realIo(),
): Promise<number> {
  const code = await execute(args, io);
  try {
    await io.stdout.flush();
  } catch (error) {
    writeMessage(io, `Cannot write to stdout: ${messageOf(error)}`);
    return FAILURE_CODE;
  } finally {
    // There is nowhere left to report that stderr fails.
    await io.stderr.flush().catch(() => {});
  }
  return code;
}

async function execute(args: readonly string[], io: Io): Promise<number> {
  try {
    return await (await prepare(args, io))();
  } catch (error) {
    const command = await commandNamed(args.find((word) => word !== "--json"));
    const help = error instanceof UsageError
      ? ` (see jobbox ${command === undefined ? "" : `${command.spec.name} `}--help)`
      : "";
    const message = messageOf(error);
    writeMessage(io, `${message.slice(0, MOST_MESSAGE - help.length)}${help}`);
    return FAILURE_CODE;
  }
}
