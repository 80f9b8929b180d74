/**
 * The restriction `admin`: the group of administrators only denies, and an elevated level becomes
 * medium.
 *
 * @module
 */
import { IsolationNotAppliedError } from "../errors.ts";
import { levelNumber, levelText, SID } from "../sid.ts";
import type { TokenFacts } from "../token_facts.ts";
import type { Born, Draft, TrialRoom, Work } from "../work.ts";
import { RegistryProbe } from "../registry_probe.ts";

const ASKED = `${SID.administrators} only denies, a level of medium at most`;

/** Exit code of `reg.exe` for a key that it may not write. */
const REFUSED = 1;

/** Whether a token has the rights of administrators. */
export function isAdministrator({ groups }: Pick<TokenFacts, "groups">): boolean {
  return groups.some(({ enabled, sid }) => sid === SID.administrators && enabled);
}

/** The restriction `admin: false`. */
export class AdminWork implements Work {
  readonly row = "admin";
  readonly asked = ASKED;
  readonly #own: TokenFacts;
  /** Whether a lower level was also requested. */
  readonly #hasLevel: boolean;

  /**
   * @param own The facts about our own token.
   * @param hasLevel Whether a level was also requested.
   */
  constructor(own: TokenFacts, hasLevel: boolean) {
    this.#own = own;
    this.#hasLevel = hasLevel;
  }

  apply(draft: Draft): void {
    draft.denyOnly.push(SID.administrators);
    const isHigh = levelNumber(this.#own.integrity) > levelNumber(SID.medium);
    if (isHigh && !this.#hasLevel) draft.level = SID.medium;
  }

  readBack({ token }: Born): string {
    const group = token.groups.find(({ sid }) => sid === SID.administrators);
    const words = group === undefined
      ? "is not in the token"
      : group.denyOnly && !group.enabled
      ? "only denies"
      : "is enabled";
    const read = `${SID.administrators} ${words}, level ${levelText(token.integrity)}`;
    // A system without levels reports a meaningless one; then no process is elevated either.
    const isHigh = levelNumber(token.integrity) > levelNumber(SID.medium);
    if (words === "is enabled" || isHigh && this.#own.elevated) {
      throw new IsolationNotAppliedError({
        row: this.row,
        gate: "in the suspended process",
        asked: this.asked,
        read,
      });
    }
    return read;
  }

  trial(room: TrialRoom): string {
    // With a lower level that level alone closes the registry; it has its own trial.
    if (this.#hasLevel) return "left to the trial of integrity or of the container";
    if (!isAdministrator(this.#own)) return "nothing to remove: jobbox is not an administrator";
    using probe = new RegistryProbe(this.#own.user, room.left);
    if (!probe.mayWrite("closed")) this.#fail("jobbox itself cannot write the closed key");
    const codes = (["open", "closed"] as const).map((key) =>
      room.run("reg.exe", `add "${probe.path(key)}" /v trial /d yes /f`)
    );
    const [open, closed] = (["open", "closed"] as const).map((key) => probe.hasValue(key));
    if (!open || codes[0] !== 0) this.#fail(`the open key could not be written, code ${codes[0]}`);
    if (closed || codes[1] !== REFUSED) {
      this.#fail(closed ? "the closed key was written" : `the trial ended with ${codes[1]}`);
    }
    return "a key of administrators was not written, one of the user was";
  }

  #fail(read: string): never {
    const { asked, row } = this;
    throw new IsolationNotAppliedError({ row, gate: "by a trial", asked, read });
  }

  [Symbol.dispose](): void {}
}
