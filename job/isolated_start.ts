/**
 * Starting a process of fewer rights in a job, and tidying up after its tree.
 *
 * @module
 */
import type { Isolation } from "../isolation/isolation.ts";
import { isolate, withRecipe } from "../isolation/isolate.ts";
import type { ProtectedJob } from "../isolation/work.ts";
import type { Birth } from "../process/start/birth.ts";
import type { ChildProcess } from "../process/child_process.ts";
import type { WantedStart } from "../process/spawn_options.ts";
import type { LimitsInForce } from "./limits/limits.ts";

/** The job, as far as such a start needs it. */
export interface IsolatingJob {
  /** Its handle and its name. */
  readonly job: ProtectedJob;
  /** Its limits. */
  readonly limits: LimitsInForce;
  /** Starts a process in it. */
  readonly spawn: (start: WantedStart, birth: Birth) => ChildProcess;
  /** Waits until its tree is gone. */
  readonly gone: () => Promise<void>;
}

/** Starts that are to be tidied up. */
export class IsolatedStarts {
  readonly #tidying = new Set<Promise<unknown>>();

  /**
   * Starts a process of fewer rights: all three gates, and only then its first instruction.
   *
   * @param isolation What it is started without.
   * @param start The program and its options.
   * @param from The job.
   * @returns The process.
   * @throws {TypeError} If what the job allows makes the isolation an empty promise.
   * @throws {IsolationNotAppliedError} If something that was asked for is not in force.
   * @throws {UnsupportedPlatformError} If the system lacks something that it takes.
   * @throws {Win32Error} If the system refuses something.
   */
  start(isolation: Isolation, start: WantedStart, from: IsolatingJob): ChildProcess {
    const { breakaway, silentBreakaway, unknown = [] } = from.limits;
    const leaves = (["breakaway", "silentBreakaway"] as const).find((name) =>
      unknown.includes(name) || { breakaway, silentBreakaway }[name] === true
    );
    if (leaves !== undefined) {
      throw new TypeError(
        `Cannot start a process: options.isolation cannot stand beside the limit ${leaves}: what ` +
          "leaves the job is not ended with it, and not tidied up after",
      );
    }
    using undo = new DisposableStack();
    const recipe = undo.use(isolate(isolation, start, { job: from.job }));
    recipe.prove();
    const child = from.spawn(withRecipe(start, recipe), recipe.birth);
    undo.move();
    recipe.started();
    if (!recipe.leavesSomething) {
      recipe.tidy();
      return child;
    }
    const tidied = from.gone().then(
      () => recipe.tidy(),
      // Somebody may still use it; a later start finds it.
      (error) => recipe.tidy(`Cannot tidy up after process ${child.pid}: ${error?.message}`),
    ).finally(() => this.#tidying.delete(tidied));
    this.#tidying.add(tidied);
    return child;
  }

  /** Settles when nothing is being tidied up; never rejects. */
  async settled(): Promise<void> {
    await Promise.all(this.#tidying);
  }
}
