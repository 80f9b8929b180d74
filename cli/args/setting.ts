/**
 * Options that a policy file can hold too: what type each has there, and how either form becomes one
 * and the same text.
 *
 * @module
 */
import { shown } from "../../values/shown.ts";
import type { GivenOption, OptionSpec } from "./args.ts";
import { UsageError } from "./usage_error.ts";

/** The type of a setting in a policy file. */
export type SettingType = "boolean" | "string" | "integer" | "strings" | "variables";

/** An option that a policy file can hold. */
export interface SettingSpec extends OptionSpec {
  /** Its type in a policy file. */
  readonly type: SettingType;
  /** The only values; absent where the text is read further. */
  readonly allowed?: readonly string[];
  /** Options that exclude each other share this name; the command line's replace the policy's. */
  readonly excludes?: string;
  /** Whether each of its values is of a variable of its own, and so replaces no other. */
  readonly perVariable?: boolean;
  /** Whether {@linkcode LIFT} is a value, which takes back what a policy says. */
  readonly lift?: boolean;
}

/** The word that lifts a limit. */
export const LIFT = "none";

/** A setting as text, and where it was written. */
export interface Setting extends GivenOption {
  /** The value itself where a policy gives a number; `value` is its text, for people. */
  readonly number?: number;
  /** Where, for messages: `"--memory"`, or the policy file and the key's path. */
  readonly from: string;
}

/**
 * Answers an option's key in a policy file.
 *
 * @param name The option's name, such as `"cpu-rate"`.
 * @returns The key, such as `"cpuRate"`.
 */
export function policyKey(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Marks options of a command line as settings.
 *
 * @param options The options.
 * @returns Settings that know where they come from.
 */
export function fromCommandLine(options: readonly GivenOption[]): Setting[] {
  return options.map((option) => ({ ...option, from: `--${option.undone ?? option.name}` }));
}

/**
 * Puts the settings of a policy under those of the command line, which wins for each option and for
 * whatever excludes it. Variables are kept one by one, the command line's last. What is lifted or
 * taken back is in neither.
 *
 * @param policy The policy's settings.
 * @param given The command line's.
 * @param options The options that there are.
 * @returns All that hold.
 */
export function mergeSettings(
  policy: readonly Setting[],
  given: readonly Setting[],
  { specs }: { readonly specs: readonly SettingSpec[] },
): Setting[] {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const groupOf = ({ name }: Setting): string => byName.get(name)?.excludes ?? name;
  const replaced = new Set(
    given.filter(({ name }) => byName.get(name)?.perVariable !== true).map(groupOf),
  );
  const isLifted = ({ name, undone, value }: Setting): boolean =>
    undone !== undefined ||
    (byName.get(name)?.lift === true && value.toLowerCase() === LIFT);
  return [...policy.filter((setting) => !replaced.has(groupOf(setting))), ...given]
    .filter((setting) => !isLifted(setting));
}

/**
 * Reads a setting's value, and says where it stands when it cannot be read.
 *
 * @param setting The setting.
 * @param read Reads the text; what it throws becomes a usage error.
 * @returns What `read` returned.
 * @throws {UsageError} If the text cannot be read.
 */
export function readSetting<T>(setting: Setting, read: (text: string) => T): T {
  try {
    return read(setting.value);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${setting.from}: ${message}`, { cause });
  }
}

/** The settings by name; the last one of a name that cannot be repeated. */
export class Settings {
  readonly #all: readonly Setting[];

  /**
   * Takes the settings.
   *
   * @param all All that hold.
   */
  constructor(all: readonly Setting[]) {
    this.#all = all;
  }

  /** Whether an option was given. */
  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  /** The setting of a name; absent when it was not given. */
  find(name: string): Setting | undefined {
    return this.#all.findLast((setting) => setting.name === name);
  }

  /** All settings of one of some names, in their order. */
  all(...names: readonly string[]): Setting[] {
    return this.#all.filter(({ name }) => names.includes(name));
  }

  /** The text of a setting; absent when it was not given. An empty one is refused. */
  text(name: string): string | undefined {
    return this.read(name, (text) => {
      if (text === "") throw new SyntaxError("Cannot take an empty value");
      return text;
    });
  }

  /** What a setting's text means; absent when it was not given. */
  read<T>(name: string, read: (text: string) => T): T | undefined {
    const setting = this.find(name);
    return setting === undefined ? undefined : readSetting(setting, read);
  }

  /** One of some words. */
  choice<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    return this.read(name, (text) => {
      const found = allowed.find((word) => word === text.toLowerCase());
      if (found !== undefined) return found;
      throw new SyntaxError(
        `Cannot read ${shown(text)}: wanted ${allowed.slice(0, -1).join(", ")} or ${
          allowed.at(-1)
        }`,
      );
    }) ?? fallback;
  }
}
