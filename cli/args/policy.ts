/**
 * Policy files: the options of a run as JSON, strictly.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { describe } from "../../values/options.ts";
import { duplicateKey } from "./duplicate_key.ts";
import { labelsOf } from "./labels.ts";
import { UsageError } from "./usage_error.ts";
import { environmentOf } from "./variables.ts";
import { suggestion } from "./suggestion.ts";
import { policyKey, type SettingSpec, type SettingType } from "./option.ts";
import type { Setting } from "./settings.ts";

/** The name of the policy's form, which is its JSON Schema's `$id`. */
export const POLICY_SCHEMA = "urn:jobbox:policy:1";

/** What a policy file says. */
export interface Policy {
  /** Its options, as text. */
  readonly settings: readonly Setting[];
  /** The command and its arguments; absent when the file names none. */
  readonly command?: readonly string[];
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** JSON has no infinite number, but accepts one with too many digits. */
function given(value: unknown): string {
  const isEndless = value === Infinity || value === -Infinity;
  return isEndless ? "a number that is too large" : describe(value);
}

/** What a string of an option looks like, by the name of its value. */
const EXAMPLES: { readonly [value: string]: string } = {
  SIZE: "200M",
  TIME: "30s",
  PERCENT: "50%",
  NUMBER: "1.5",
  CPUS: "0-3",
  "MIN..MAX": "1M..64M",
};

/** Reads the values of one file; its errors name the file and the key. */
class PolicyReader {
  readonly #path: string;
  readonly settings: Setting[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  refuse(key: string, problem: string): never {
    throw new UsageError(`${this.#path}: ${cut(key)}: ${problem}`);
  }

  expect(key: string, wanted: string, value: unknown): never {
    this.refuse(key, `expected ${wanted}, got ${given(value)}`);
  }

  add(name: string, value: string | number, key: string): void {
    const from = `${this.#path}: ${cut(key)}`;
    this.settings.push(
      typeof value === "string"
        ? { name, value, from }
        : { name, value: String(value), number: value, from },
    );
  }

  strings(key: string, value: unknown): string[] {
    if (!Array.isArray(value)) this.expect(key, "an array of strings", value);
    return value.map((item: unknown, at: number) =>
      typeof item === "string" ? item : this.expect(`${key}[${at}]`, "a string", item)
    );
  }

  labels(name: string, key: string, value: unknown): void {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.expect(key, "an object of strings", value);
    }
    for (const [label, text] of Object.entries(value)) {
      const path = `${key}.${label}`;
      if (typeof text !== "string") this.expect(path, "a string", text);
      // The name ends at the first equals sign when it is read again.
      if (label.includes("=")) this.refuse(path, 'a name of a label cannot have "="');
      this.add(name, `${label}=${text}`, path);
    }
  }

  variables(key: string, value: unknown): void {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.expect(key, "an object of strings and nulls", value);
    }
    for (const [name, text] of Object.entries(value)) {
      const path = `${key}.${name}`;
      if (text === null) this.add("unset-env", name, path);
      else if (typeof text === "string") this.add("env", `${name}=${text}`, path);
      else this.expect(path, "a string or null", text);
    }
  }
}

/** A type of option in a policy: its schema, and how a value is read and written. */
interface PolicyType {
  /** Its JSON Schema. */
  schema(spec: SettingSpec): Readonly<Record<string, unknown>>;
  /** Adds the settings that a value means. */
  read(reader: PolicyReader, spec: SettingSpec, key: string, value: unknown): void;
  /** Makes a value from the settings of this option; there is at least one. */
  write(own: readonly Setting[]): PolicyValue;
}

/** The types, by their names. */
export const POLICY_TYPES: { readonly [T in SettingType]: PolicyType } = {
  boolean: {
    schema: () => ({ type: "boolean" }),
    read: (reader, { name }, key, value) => {
      if (typeof value !== "boolean") reader.expect(key, "true or false", value);
      if (value) reader.add(name, "", key);
    },
    write: () => true,
  },
  integer: {
    schema: () => ({ type: "integer", minimum: 0 }),
    read: (reader, { name }, key, value) => {
      if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
        return reader.expect(key, "a whole number", value);
      }
      reader.add(name, value, key);
    },
    write: (own) => last(own, ({ number, value }) => number ?? Number(value)),
  },
  string: {
    schema: ({ allowed }) =>
      allowed === undefined ? { type: "string" } : { type: "string", enum: allowed },
    read: (reader, { name, value: form = "" }, key, value) => {
      if (typeof value !== "string") {
        const example = EXAMPLES[form];
        return reader.expect(key, `a string${example ? ` such as "${example}"` : ""}`, value);
      }
      reader.add(name, value, key);
    },
    write: (own) => last(own, ({ value }) => value),
  },
  strings: {
    schema: () => ({ type: "array", items: { type: "string" } }),
    read: (reader, { name }, key, value) => {
      for (const [at, text] of reader.strings(key, value).entries()) {
        reader.add(name, text, `${key}[${at}]`);
      }
    },
    write: (own) => own.map(({ value }) => value),
  },
  variables: {
    schema: () => ({ type: "object", additionalProperties: { type: ["string", "null"] } }),
    read: (reader, _, key, value) => reader.variables(key, value),
    write: environmentOf,
  },
  labels: {
    schema: () => ({ type: "object", additionalProperties: { type: "string" } }),
    read: (reader, spec, key, value) => reader.labels(spec.name, key, value),
    write: (own) => ({ ...labelsOf(own) }),
  },
};

function last(own: readonly Setting[], write: (setting: Setting) => PolicyValue): PolicyValue {
  return write(own[own.length - 1]!);
}

/**
 * Reads a policy.
 *
 * @param text The file's content.
 * @param options The file's path for messages, and the options that there are.
 * @returns What it says.
 * @throws {UsageError} If it is not a JSON object, has an unknown key, a key twice or a value of the
 * wrong type; the message names the key.
 */
export function parsePolicy(
  text: string,
  { path, specs }: { readonly path: string; readonly specs: readonly SettingSpec[] },
): Policy {
  const reader: PolicyReader = new PolicyReader(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new UsageError(`${path}: Cannot read it as JSON: ${message}`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError(`${path}: expected a JSON object, got ${given(value)}`);
  }
  let command: string[] | undefined;
  const known = new Map(specs.map((spec) => [policyKey(spec.name), spec]));
  // Before anything that takes longer the more keys there are.
  for (const key in value) {
    if (known.has(key) || key === "command" || key === "$schema") continue;
    const meant = suggestion(key, [...known.keys(), "command"]);
    reader.refuse(key, `unknown key${meant === undefined ? "" : `: did you mean ${meant}?`}`);
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) reader.refuse(twice, "the key is given twice: give it once");
  for (const [key, field] of Object.entries(value)) {
    const spec = known.get(key);
    if (spec !== undefined) {
      POLICY_TYPES[spec.type].read(reader, spec, key, field);
    } else if (key === "command") {
      command = reader.strings(key, field);
      if (command.length === 0) reader.expect(key, "the command and its arguments", field);
    } else if (typeof field !== "string") {
      reader.expect(key, "a string", field);
    }
  }
  return { settings: reader.settings, ...defined({ command }) };
}

type PolicyValue = boolean | number | string | string[] | Record<string, string | null>;

/**
 * Writes settings as a policy that means the same.
 *
 * @param settings The settings.
 * @param specs The options that there are.
 * @param command The command and its arguments.
 * @returns The policy as a JSON object, its keys in the order of the options.
 */
export function toPolicy(
  settings: readonly Setting[],
  { specs, command }: {
    readonly specs: readonly SettingSpec[];
    readonly command: readonly string[];
  },
): Record<string, PolicyValue> {
  const policy: Record<string, PolicyValue> = {};
  for (const { name, type } of specs) {
    // A removed variable is listed with those that are set.
    const names = type === "variables" ? [name, "unset-env"] : [name];
    const own = settings.filter((setting) => names.includes(setting.name));
    if (own.length === 0 || name === "unset-env") continue;
    policy[policyKey(name)] = POLICY_TYPES[type].write(own);
  }
  return { ...policy, ...defined({ command: command.length === 0 ? undefined : [...command] }) };
}
