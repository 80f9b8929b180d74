/**
 * Starts a process with fewer rights in a job, and cleans up after its tree has ended.
 *
 * @module
 */
import type { Isolation } from "../isolation/isolation.ts";
import { checkStart, isolate, withRecipe } from "../isolation/isolate.ts";
import type { ProtectedJob } from "../isolation/work.ts";
import type { Birth } from "../process/start/birth.ts";
import { prepareProgram } from "../process/start/program.ts";
import type { ChildProcess } from "../process/child_process.ts";
import type { WantedStart } from "../process/spawn_options.ts";
import type { LimitsInForce } from "./limits/limits.ts";

/** The parts of a job that such a start needs. */
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

/** The starts of one job that need a cleanup. */
export class IsolatedStarts {
  readonly #tidying = new Set<Promise<unknown>>();

  /**
   * Starts a process with fewer rights. Its first instruction runs only after every check has
   * passed.
   *
   * @param isolation The rights it is started without.
   * @param start The program and its options.
   * @param from The job.
   * @returns The process.
   * @throws {TypeError} If the job lets a process leave it, which would defeat the isolation.
   * @throws {IsolationNotAppliedError} If a requested restriction is not in force.
   * @throws {UnsupportedPlatformError} If the system lacks what the isolation needs.
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
    start.options.signal?.throwIfAborted();
    const { application } = prepareProgram(start.command, start.options);
    checkStart(application, isolation);
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
      // A process may still use what was created; a later start finds and removes it.
      (error) => recipe.tidy(`Cannot tidy up after process ${child.pid}: ${error?.message}`),
    ).finally(() => this.#tidying.delete(tidied));
    this.#tidying.add(tidied);
    return child;
  }

  /** Resolves when no cleanup is in progress; never rejects. */
  async settled(): Promise<void> {
    await Promise.all(this.#tidying);
  }
}
