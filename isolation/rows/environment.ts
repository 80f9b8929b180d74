/**
 * The restriction `environment`: only variables that are named are inherited.
 *
 * @module
 */
import { UnsupportedPlatformError } from "../../ffi/unsupported_platform.ts";
import { ntdll } from "../../ffi/library.ts";
import {
  type EnvironmentEntry,
  mergeEnvironment,
  variableKey,
} from "../../process/start/environment_block.ts";
import { IsolationNotAppliedError } from "../errors.ts";
import { fitsPattern } from "../read_isolation.ts";
import type { Born, Draft, Work } from "../work.ts";

/** The variables that Wine puts into every process, whatever its environment was to be. */
const OF_WINE = /^WINE[A-Z]+\d*$/;

/** The variables that Windows sets in a container, to its own folders. */
const OF_CONTAINER = /^(?:TEMP|TMP|LOCALAPPDATA)$/i;

/** Whether the system adds variables of its own: Wine, which has a function that Windows lacks. */
function addsItsOwn(): boolean {
  try {
    return ntdll.wine_get_version() !== 0n;
  } catch (error) {
    if (error instanceof UnsupportedPlatformError) return false;
    throw error;
  }
}

/** The most names in a message. */
const TOLD_MAX = 10;

/** `environment` at work. */
export class EnvironmentWork implements Work {
  readonly row = "environment";
  readonly asked: string;
  readonly #own: readonly EnvironmentEntry[];
  readonly #given: Readonly<Record<string, string | null>>;
  readonly #kept: Readonly<Record<string, string>>;
  readonly #isContained: boolean;
  #draft: Draft | undefined;

  /**
   * @param own The variables of this process.
   * @param wanted What the caller sets and takes away, the names that are kept, and whether there is
   * a container, into which Windows puts some folders.
   */
  constructor(
    own: readonly EnvironmentEntry[],
    { given, isContained = false, patterns }: {
      readonly given: Readonly<Record<string, string | null>>;
      readonly patterns: readonly string[];
      readonly isContained?: boolean;
    },
  ) {
    this.#isContained = isContained;
    this.#own = own;
    this.#given = given;
    this.#kept = Object.fromEntries(
      own.filter(([name]) =>
        !name.startsWith("=") && patterns.some((pattern) => fitsPattern(name, pattern))
      ),
    );
    this.asked = `only ${["what Windows needs", ...patterns].join(", ")} and what is set`;
  }

  apply(draft: Draft): void {
    draft.clearEnv = true;
    const given = new Set(Object.keys(this.#given).map(variableKey));
    for (const [name, value] of Object.entries(this.#kept)) {
      // What the caller says of a variable wins.
      if (!given.has(variableKey(name))) draft.env[name] = value;
    }
    this.#draft = draft;
  }

  readBack(born: Born): string {
    const others = this.#draft?.env ?? {};
    const wanted = new Set(
      mergeEnvironment(this.#own, { ...this.#kept, ...this.#given, ...others }, { clear: true })
        .map(([name]) => variableKey(name)),
    );
    const added = addsItsOwn() ? OF_WINE : this.#isContained ? OF_CONTAINER : undefined;
    const found = new Map(
      born.environment().filter(([name]) =>
        !name.startsWith("=") && (wanted.has(variableKey(name)) || added?.test(name) !== true)
      )
        .map(([name]) => [variableKey(name), name]),
    );
    const more = [...found].filter(([key]) => !wanted.has(key)).map(([, name]) => name);
    const missing = [...wanted].filter((key) => !found.has(key));
    if (more.length === 0 && missing.length === 0) return `exactly those ${found.size}`;
    throw new IsolationNotAppliedError({
      row: this.row,
      gate: "in the suspended process",
      asked: this.asked,
      read: more.length > 0 ? `also ${listed(more)}` : `without ${listed(missing)}`,
    });
  }

  [Symbol.dispose](): void {}
}

function listed(names: readonly string[]): string {
  const told = names.slice(0, TOLD_MAX).join(", ");
  return names.length > TOLD_MAX ? `${told} and ${names.length - TOLD_MAX} more` : told;
}
