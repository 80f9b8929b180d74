/**
 * The recipe of a start with fewer rights: one immutable object that both the trials and the
 * command use.
 *
 * Theory of operation. There are three gates, and each can only refuse. Before the start, the token
 * is created and read back, and anything that the system lacks is an error. In the suspended
 * process, its token, environment and policies are compared with the request. In trials, small
 * programs with the same recipe try an action that must fail next to one that must work, and the
 * state afterwards decides. There is no second attempt, and nothing is remembered for the next
 * start.
 *
 * @module
 */
import { TOKEN } from "../ffi/constants.ts";
import type { OwnedHandle } from "../ffi/handle.ts";
import type { Birth, IsolationInForce, Suspended } from "../process/start/birth.ts";
import type { RestrictionInForce } from "../process/start/birth.ts";
import { defined } from "../values/defined.ts";
import { IsolationNotAppliedError } from "./errors.ts";
import type { IsolationName } from "./isolation.ts";
import { ADVICE } from "./rows/integrity.ts";
import { desktopOfProcess, environmentOfProcess } from "./process_parameters.ts";
import { levelText, SID } from "./sid.ts";
import {
  openToken,
  readToken,
  restrictToken,
  setDefaultRights,
  setIntegrity,
  setOwner,
  setUserRights,
} from "./token.ts";
import type { TokenFacts } from "./token_facts.ts";
import { TrialJob } from "./trial_room.ts";
import type { Born, Draft, Work } from "./work.ts";

/** The ingredients of a recipe. */
export interface Ingredients {
  /** Our own token, and what it says. */
  readonly own: { readonly handle: OwnedHandle; readonly facts: TokenFacts };
  /** The restrictions. */
  readonly works: readonly Work[];
  /** The variables that the caller sets or takes away. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Whether the caller starts from the few variables that Windows needs. */
  readonly clearEnv: boolean;
  /** Restrictions that are left out, so that a test sees the gates say no. */
  readonly leaveOut?: ReadonlySet<IsolationName>;
}

/** A recipe. */
export class Recipe implements Disposable {
  readonly #works: readonly Work[];
  readonly #own: TokenFacts;
  readonly #draft: Draft;
  readonly #token: OwnedHandle;
  readonly #shown = new Map<string, string>();
  readonly #left: string[] = [];
  readonly #cleanup = Promise.withResolvers<readonly string[]>();
  #restrictions: readonly RestrictionInForce[] = [];
  /** How the command and the trials are created. */
  readonly birth: Birth;
  /** The variables to set or remove. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Whether the process starts from the few variables that Windows needs. */
  readonly clearEnv: boolean;

  /**
   * Makes the recipe: the first gate.
   *
   * @param ingredients What it is made of; the restrictions are disposed of with it.
   * @throws {IsolationNotAppliedError} If the token is not as asked.
   * @throws {UnsupportedPlatformError} If the system lacks something.
   * @throws {Win32Error} If the system refuses something.
   */
  constructor({ clearEnv, env, leaveOut = new Set(), own, works }: Ingredients) {
    this.#works = works;
    this.#own = own.facts;
    const draft: Draft = { denyOnly: [], removed: [], env: {}, clearEnv, attributes: [] };
    for (const work of works) if (!leaveOut.has(work.row)) work.apply(draft);
    this.#draft = draft;
    this.env = Object.freeze({ ...env, ...draft.env });
    this.clearEnv = draft.clearEnv;
    this.#token = restrictToken(own.handle.value, {
      denyOnly: draft.denyOnly,
      privileges: draft.removed,
    });
    try {
      // An owner that only denies would own nothing.
      if (draft.denyOnly.includes(own.facts.owner)) setOwner(this.#token.value, own.facts.user);
      // Those of this program may be for administrators only.
      else if (draft.denyOnly.length > 0) setUserRights(this.#token.value, own.facts.user);
      if (draft.level !== undefined) setIntegrity(this.#token.value, draft.level);
      if (draft.container !== undefined) {
        // What the processes of the container make is for each other.
        setDefaultRights(this.#token.value, containerRights(own.facts.user, draft.container));
      }
      this.#compare(readToken(this.#token.value), "before the start");
    } catch (error) {
      this.#token.close();
      throw error;
    }
    const isolation = (): IsolationInForce => ({
      restrictions: this.#restrictions,
      cleanup: this.#cleanup.promise,
    });
    this.birth = Object.freeze({
      token: this.#token.value,
      attributes: Object.freeze([...draft.attributes]),
      verify: (born: Suspended) => this.#verify(born),
      get isolation() {
        return isolation();
      },
      ...defined({ desktop: draft.desktop }),
    });
  }

  /**
   * Tries the recipe: the third gate, which goes before the command.
   *
   * @throws {IsolationNotAppliedError} If a trial shows that a restriction is not in force.
   */
  prove(): void {
    const trials = this.#works.filter((work) => work.trial !== undefined);
    if (trials.length === 0) return;
    using room = new TrialJob({ birth: this.birth, env: this.env, clearEnv: this.clearEnv });
    for (const work of trials) this.#shown.set(work.row, work.trial!(room));
    this.#left.push(...room.left);
  }

  /** Whether something must be cleaned up when the tree is gone. */
  get leavesSomething(): boolean {
    return this.#works.some((work) => work.tidy !== undefined);
  }

  /**
   * Cleans up when the tree is gone.
   *
   * @param problem Why the tree is not known to be gone; then what it may still use is left.
   */
  tidy(problem?: string): void {
    const left = problem === undefined
      ? this.#works.flatMap((work) => work.tidy?.() ?? [])
      : [problem];
    this.#cleanup.resolve([...this.#left, ...left]);
  }

  /** Closes the token. What was made for a process that runs is taken back by `tidy()`. */
  started(): void {
    this.#token.close();
  }

  /** Cleans up everything: the process was not started. */
  [Symbol.dispose](): void {
    this.#token.close();
    for (const work of this.#works) work[Symbol.dispose]();
    this.#cleanup.resolve([]);
  }

  /** The second gate. */
  #verify({ pid, process }: Suspended): void {
    using handle = openToken(process, TOKEN.TOKEN_QUERY | TOKEN.TOKEN_DUPLICATE);
    const token = readToken(handle.value);
    const born: Born = {
      process,
      pid,
      tokenHandle: handle.value,
      token,
      environment: () => environmentOfProcess(process),
      desktop: () => desktopOfProcess(process),
    };
    const restrictions = this.#works.map((work) => ({
      row: work.row,
      asked: work.asked,
      readBack: work.readBack(born),
      ...defined({ shown: this.#shown.get(work.row) }),
    }));
    this.#compare(token, "in the suspended process", this.#draft.container);
    this.#restrictions = restrictions;
  }

  /** Compares a token with the whole of what it must be: nothing more and nothing less. */
  #compare(token: TokenFacts, gate: IsolationNotAppliedError["gate"], container?: string): void {
    const { denyOnly, level } = this.#draft;
    const own = this.#own;
    const fail = (row: string, asked: string, read: string, advice?: string): never => {
      throw new IsolationNotAppliedError({ row, gate, asked, read, ...defined({ advice }) });
    };
    const groups = own.groups.map(({ denyOnly: denied, enabled, sid }) =>
      groupText(sid, { denied: denied || denyOnly.includes(sid), enabled })
    );
    const found = token.groups.map(({ denyOnly: denied, enabled, sid }) =>
      groupText(sid, { denied, enabled })
    );
    const kept = own.privileges.map(({ luid }) => luid)
      .filter((luid) => !this.#draft.removed.includes(luid)).map(String);
    const had = token.privileges.map(({ luid }) => String(luid));
    const compare = (row: string, wanted: readonly string[], read: readonly string[]): void => {
      const missing = [...wanted];
      const more = read.filter((text) => {
        const at = missing.indexOf(text);
        if (at >= 0) missing.splice(at, 1);
        return at < 0;
      });
      // Windows itself takes more away from a container, and from what has a lower level.
      const mayLack = container !== undefined || level !== undefined;
      if (more.length > 0 || !mayLack && missing.length > 0) {
        fail(row, listed(wanted), listed(read));
      }
    };
    compare("admin", groups, found);
    compare("privileges", kept, had);
    const isContained = container !== undefined;
    const isFit = isContained ? token.integrity === SID.low : this.#isLevel(token.integrity);
    if (!isFit) {
      const wanted = isContained ? SID.low : level ?? own.integrity;
      const row = this.#works.find((work) => work.row === "integrity" || work.row === "container");
      fail(row?.row ?? "admin", levelText(wanted), levelText(token.integrity), ADVICE);
    }
    if (denyOnly.includes(token.owner)) fail("admin", `the owner ${own.user}`, token.owner);
    if (token.user !== own.user || token.session !== own.session || !token.primary) {
      fail("admin", `a primary token of ${own.user}`, `one of ${token.user}`);
    }
    const place = container ?? own.container;
    if (token.container !== place) {
      const row = isContained ? "container" : "admin";
      fail(row, place ?? "no container", token.container ?? "no container");
    }
  }

  /** Whether a level is the one that was asked for. */
  #isLevel(found: string): boolean {
    const { level } = this.#draft;
    if (level === undefined) return found === this.#own.integrity;
    if (found === level) return true;
    // Asked for by `admin` only. Where nothing is elevated, and the level cannot be changed, the
    // level is a word without a meaning.
    const isWanted = this.#works.some((work) => work.row === "integrity");
    return !isWanted && !this.#own.elevated && found === this.#own.integrity;
  }
}

function groupText(
  sid: string,
  { denied, enabled }: { readonly denied: boolean; readonly enabled: boolean },
): string {
  return `${sid} ${denied ? "denies" : enabled ? "enabled" : "disabled"}`;
}

function listed(texts: readonly string[]): string {
  return [...texts].sort().join(", ");
}

/** Who may use what a contained process makes: its user, the system and the container. */
function containerRights(user: string, container: string): string {
  return `D:(A;;GA;;;${user})(A;;GA;;;SY)(A;;GA;;;${container})`;
}
