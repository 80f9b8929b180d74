/**
 * Command line arguments taken apart, strictly.
 *
 * Not by `@std/cli`'s `parseArgs`: that takes a word `true` or `false` behind a flag as the flag's
 * value, and `jobbox run --quiet true` must run the program `true`.
 *
 * @module
 */
import { UsageError } from "./usage_error.ts";
import { suggestion } from "./suggestion.ts";

/** One option of a command, as data. */
export interface OptionSpec {
  /** Its name without the dashes. */
  readonly name: string;
  /** Other names that it is taken by, without the dashes. */
  readonly aliases?: readonly string[];
  /** The name that takes a flag back, such as `"no-quiet"`; absent where nothing does. */
  readonly undo?: string;
  /** Its one-letter form without the dash. */
  readonly short?: string;
  /** What its value is called in the help, such as `"SIZE"`; absent for a flag. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly repeat?: boolean;
  /** The words that its value can be, where they are few; a list of several where it takes one. */
  readonly words?: readonly string[];
  /** One phrase for the help. */
  readonly help: string;
  /** The help's heading that it stands under; absent means the first. */
  readonly group?: string;
}

/** One option as it was given. */
export interface GivenOption {
  /** The option's name without the dashes. */
  readonly name: string;
  /** Its value; empty for a flag. */
  readonly value: string;
  /** The name by which the flag was taken back; absent when it was given itself. */
  readonly undone?: string;
}

/** A command line taken apart. */
export interface ParsedArgs {
  /** The options in the order in which they were given. */
  readonly options: readonly GivenOption[];
  /** What is no option. */
  readonly positionals: readonly string[];
}

/** How {@linkcode parseArgs} reads. */
export interface ParseOptions {
  /** Whether options end at the first positional, as for a command that runs another. */
  readonly stopEarly?: boolean;
  /** What is said of an option that is not there, by its name. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

/** What other tools call the options of this one. */
const FOREIGN_NAMES: { readonly [name: string]: string } = {
  "wall-time": "timeout",
  walltime: "timeout",
  "time-limit": "timeout",
  maxmem: "memory",
  "max-memory": "memory",
  "memory-limit": "memory",
  "extra-time": "grace",
  "kill-after": "grace",
  nowait: "no-wait-tree",
  "no-wait": "no-wait-tree",
  chdir: "cwd",
  workdir: "cwd",
  dir: "cwd",
  maxprocs: "processes",
  environment: "env",
};

function unknownOption(
  written: string,
  specs: readonly OptionSpec[],
  { elsewhere = {} }: ParseOptions,
): string {
  const word = written.replace(/^-+/, "").toLowerCase();
  if (Object.hasOwn(elsewhere, word)) return `Cannot take ${written}: ${elsewhere[word]}`;
  const names = specs.flatMap(({ name, undo = [] }) => [name].concat(undo));
  const foreign = Object.hasOwn(FOREIGN_NAMES, word) ? FOREIGN_NAMES[word]! : "";
  const meant = names.includes(foreign) ? foreign : suggestion(word, names);
  return `Unknown option ${written}${meant === undefined ? "" : `: did you mean --${meant}?`}`;
}

function findOption(written: string, specs: readonly OptionSpec[]): OptionSpec | undefined {
  if (!written.startsWith("--")) {
    return specs.find(({ short }) => short !== undefined && short === written.slice(1));
  }
  const word = written.slice(2);
  return specs.find(({ name, undo, aliases }) =>
    name === word || undo === word || aliases?.includes(word) === true
  );
}

/**
 * Takes a command line apart.
 *
 * A value follows its option or an equals sign; one that begins with a dash needs the equals sign.
 * `--` ends the options.
 *
 * @param tokens The arguments.
 * @param specs The options that there are.
 * @param parse How to read.
 * @returns The options and the rest.
 * @throws {UsageError} If an option is unknown, given twice, lacks its value or has one too many.
 */
export function parseArgs(
  tokens: readonly string[],
  specs: readonly OptionSpec[],
  parse: ParseOptions = {},
): ParsedArgs {
  const options: GivenOption[] = [];
  const positionals: string[] = [];
  const refuse = (message: string): never => {
    throw new UsageError(message);
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token === "--") {
      positionals.push(...tokens.slice(at + 1));
      break;
    }
    if (token.length < 2 || !token.startsWith("-")) {
      if (parse.stopEarly) {
        positionals.push(...tokens.slice(at));
        break;
      }
      positionals.push(token);
      continue;
    }
    const equals = token.indexOf("=");
    const written = equals < 0 ? token : token.slice(0, equals);
    const spec = findOption(written, specs) ?? refuse(unknownOption(written, specs, parse));
    const { name } = spec;
    if (spec.repeat !== true && options.some((given) => given.name === name)) {
      refuse(`Cannot take --${name} twice`);
    }
    if (spec.value === undefined) {
      if (equals >= 0) refuse(`Cannot take ${written} with a value: it is a flag`);
      const undone = written === `--${spec.undo}` ? { undone: written.slice(2) } : {};
      options.push({ name, value: "", ...undone });
    } else if (equals >= 0) {
      options.push({ name, value: token.slice(equals + 1) });
    } else {
      const value = tokens[at + 1];
      if (value === undefined || (value.length > 1 && value.startsWith("-"))) {
        refuse(
          `--${name} needs its ${spec.value}` +
            (value === undefined || value === "--"
              ? ""
              : `: one that begins with a dash is written --${name}=${value}`),
        );
      }
      options.push({ name, value: value! });
      at++;
    }
  }
  return { options, positionals };
}
