/**
 * Reads the requested restrictions and refuses contradictions. Pure.
 *
 * @module
 */
import {
  describe,
  readArray,
  readBoolean,
  type Reader,
  type Readers,
  readOptions,
} from "../values/options.ts";
import { variableKey } from "../process/start/environment_block.ts";
import { capabilityProblem, NETWORKS } from "./capabilities.ts";
import { folderContradiction, givenFolderProblem } from "./folder_rules.ts";
import type {
  Container,
  ContainerNetwork,
  Isolation,
  IsolationName,
  Mitigation,
  SpawnOptions,
} from "./isolation.ts";
import { MITIGATIONS, TEMP_VARIABLES } from "./table.ts";

/** What is being done, for messages. */
const ACTION = "Cannot start a process";

/** Reads a value with only one valid word, so that no other value is taken for "off". */
function readOnly<T extends string | boolean>(wanted: T): Reader<T> {
  return (value, field, action) => {
    if (value === wanted) return wanted;
    throw new TypeError(
      `${action}: ${field} must be ${describe(wanted)} or absent, got ${describe(value)}`,
    );
  };
}

/** A list of words, each once. */
function readWords<W extends string>(check: (word: string) => string | undefined): Reader<W[]> {
  const item: Reader<string> = (value, field, action) => {
    const problem = typeof value === "string" ? check(value) : "it is not a string";
    if (problem === undefined) return value as string;
    throw new TypeError(`${action}: ${field} cannot be ${describe(value)}: ${problem}`);
  };
  return (value, field, action) => {
    const words = readArray(item)(value, field, action);
    return [...new Set(words)] as W[];
  };
}

function privilegeProblem(name: string): string | undefined {
  return /^Se[A-Za-z]{2,60}Privilege$/.test(name)
    ? undefined
    : "a privilege's name is written as in SeShutdownPrivilege";
}

function patternProblem(pattern: string): string | undefined {
  return pattern === "" || /[=\0]/.test(pattern)
    ? 'a variable\'s name is not empty and holds no "=" and no NUL'
    : undefined;
}

function mitigationProblem(word: string): string | undefined {
  return MITIGATIONS.includes(word as Mitigation)
    ? undefined
    : `there are ${MITIGATIONS.join(", ")}`;
}

function networkProblem(word: string): string | undefined {
  return NETWORKS.includes(word as ContainerNetwork)
    ? undefined
    : `there are ${NETWORKS.join(", ")}`;
}

const CONTAINER_READERS: Readers<Container> = {
  network: readWords<ContainerNetwork>(networkProblem),
  read: readWords(givenFolderProblem),
  write: readWords(givenFolderProblem),
  capabilities: readWords(capabilityProblem),
  lessPrivileged: readBoolean,
};

const readContainer: Reader<Container> = (value, name, action) =>
  readOptions<Container>(value, CONTAINER_READERS, { action, name });

const READERS: Readers<Isolation> = {
  admin: readOnly(false),
  privileges: readWords(privilegeProblem),
  environment: readWords(patternProblem),
  temp: readOnly("fresh"),
  protect: readOnly(true),
  integrity: readOnly("low"),
  desktop: readOnly("private"),
  mitigations: readWords<Mitigation>(mitigationProblem),
  container: readContainer,
};

/**
 * Reads the requested restrictions of a process.
 *
 * @param given What the caller gave.
 * @returns A copy that no other code can change.
 * @throws {TypeError} If a key is unknown, a value is of the wrong type, or two contradict each
 * other.
 */
export function readIsolation(given: unknown): Isolation {
  const isolation = readOptions<Isolation>(given, READERS, {
    action: ACTION,
    name: "options.isolation",
  });
  const problem = contradiction(isolation);
  if (problem !== undefined) throw new TypeError(`${ACTION}: ${problem}`);
  return isolation;
}

/** Restrictions that a container has of itself. */
const NOT_IN_CONTAINER = [
  ["temp", "Windows puts temporary files into the container, which is as fresh"],
  ["integrity", "a container has the level low of itself"],
] as const;

/** What a message calls the things that the caller wrote. */
export interface Wording {
  /** A restriction. */
  restriction(name: IsolationName): string;
  /** A variable. */
  variable(name: string): string;
}

/** The words of the programming interface. */
const KEYS: Wording = {
  restriction: (name) => name === "admin" ? "isolation.admin: false" : `isolation.${name}`,
  variable: (name) => `env.${name}`,
};

/**
 * Finds a contradiction in a request.
 *
 * @param isolation The wish.
 * @param wording What the message calls the restrictions.
 * @returns A sentence; `undefined` where nothing does.
 */
export function contradiction(
  isolation: Isolation,
  { restriction }: Wording = KEYS,
): string | undefined {
  const { admin, container, mitigations, protect } = isolation;
  if (protect === true && admin !== false) {
    return `${restriction("protect")} needs ${restriction("admin")}, since what is closed is ` +
      "closed to all but administrators";
  }
  if (mitigations?.length === 0) return `${restriction("mitigations")} must name one at least`;
  if (container === undefined) return undefined;
  for (const [name, why] of NOT_IN_CONTAINER) {
    if (isolation[name] === undefined) continue;
    return `${restriction("container")} cannot stand beside ${restriction(name)}: ${why}`;
  }
  return folderContradiction(container.read ?? [], container.write ?? []);
}

/**
 * Finds what a wish and the variables of a start say twice.
 *
 * @param isolation The wish.
 * @param env The variables that are set or taken away.
 * @param wording What the message calls the restrictions and variables.
 * @returns A sentence; `undefined` where nothing is.
 */
export function contradictionOf(
  { container, temp }: Isolation,
  env: Readonly<Record<string, string | null>>,
  { restriction, variable }: Wording = KEYS,
): string | undefined {
  const temporary = Object.keys(env).find((name) =>
    (TEMP_VARIABLES as readonly string[]).includes(variableKey(name))
  );
  if (temporary === undefined) return undefined;
  if (container !== undefined && variableKey(temporary) !== "TMPDIR") {
    return `${restriction("container")} cannot stand beside ${variable(temporary)}: Windows sets ` +
      "it to the container's own folder";
  }
  if (temp === undefined) return undefined;
  return `${restriction("temp")} cannot stand beside ${variable(temporary)}: both say where ` +
    "temporary files are";
}

/**
 * Takes the isolation out of the options of a start, and refuses what contradicts it.
 *
 * @param options The options of the start, each read.
 * @returns The isolation; `undefined` for none.
 * @throws {TypeError} If the isolation contradicts another option.
 */
export function isolationOf({ env, isolation, parentPid }: SpawnOptions): Isolation | undefined {
  if (isolation === undefined || Object.keys(isolation).length === 0) return undefined;
  if (parentPid !== undefined) {
    throw new TypeError(
      `${ACTION}: options.isolation cannot stand beside parentPid: the rights come from the parent`,
    );
  }
  const problem = contradictionOf(isolation, env ?? {});
  if (problem !== undefined) throw new TypeError(`${ACTION}: ${problem}`);
  return isolation;
}

/**
 * Returns whether a variable's name matches a pattern, in which `*` matches any text; case is
 * ignored.
 *
 * @param name The name.
 * @param pattern The pattern.
 * @returns Whether it does.
 */
export function fitsPattern(name: string, pattern: string): boolean {
  const parts = pattern.toUpperCase().split("*");
  const upper = name.toUpperCase();
  const [first = "", ...rest] = parts;
  if (rest.length === 0) return upper === first;
  if (!upper.startsWith(first)) return false;
  const last = rest.pop()!;
  let at = first.length;
  for (const part of rest) {
    const found = upper.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return upper.length - last.length >= at && upper.endsWith(last);
}
