/**
 * The restriction `privileges`: an explicit list of those that are kept.
 *
 * @module
 */
import { IsolationNotAppliedError } from "../errors.ts";
import { privilegeName, privilegeNumber } from "../token.ts";
import type { TokenFacts } from "../token_facts.ts";
import type { Born, Draft, Work } from "../work.ts";

/** It allows passing through folders; without it almost no path can be opened. */
export const TRAVERSE = "SeChangeNotifyPrivilege";

/** The restriction `privileges`. */
export class PrivilegesWork implements Work {
  readonly row = "privileges";
  readonly asked: string;
  readonly #own: TokenFacts;
  /** The numbers of the privileges to keep that our own token has. */
  readonly #kept: ReadonlySet<bigint>;

  /**
   * @param own The facts about our own token.
   * @param names The privileges to keep.
   * @throws {IsolationNotAppliedError} If the system does not know a name.
   */
  constructor(own: TokenFacts, names: readonly string[]) {
    this.#own = own;
    const wanted = [...new Set([TRAVERSE, ...names])].map((name) => {
      const number = privilegeNumber(name);
      if (number !== undefined) return number;
      throw new IsolationNotAppliedError({
        row: this.row,
        gate: "before the start",
        asked: name,
        read: "this system has no such privilege",
      });
    });
    const had = new Set(own.privileges.map(({ luid }) => luid));
    this.#kept = new Set(wanted.filter((number) => had.has(number)));
    this.asked = `exactly ${named([...this.#kept])}`;
  }

  apply(draft: Draft): void {
    const removed = this.#own.privileges.filter(({ luid }) => !this.#kept.has(luid));
    draft.removed.push(...removed.map(({ luid }) => luid));
  }

  readBack({ token }: Born): string {
    const found = token.privileges.map(({ luid }) => luid);
    const read = named(found);
    const isExact = found.length === this.#kept.size &&
      found.every((number) => this.#kept.has(number));
    if (isExact) return read;
    throw new IsolationNotAppliedError({
      row: this.row,
      gate: "in the suspended process",
      asked: this.asked,
      read,
    });
  }

  [Symbol.dispose](): void {}
}

/** The names of privileges, sorted. */
function named(numbers: readonly bigint[]): string {
  return numbers.map(privilegeName).sort().join(", ") || "no privilege";
}
