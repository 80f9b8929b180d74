/**
 * Runs small programs of the system with the same rights as the command, to see what they can do.
 *
 * They run in their own job, so that they affect neither the limits nor the counts of the command's
 * job. The call waits for their end, so they have ended before the command begins.
 *
 * @module
 */
import { CREATION_FLAGS, JOB_OBJECT_LIMIT, JOBOBJECTINFOCLASS, WAIT } from "../ffi/constants.ts";
import { check } from "../ffi/error.ts";
import { OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { struct } from "../ffi/struct.ts";
import { STRUCTS } from "../ffi/structs.ts";
import { exitCode } from "../process/query/process_query.ts";
import type { Birth } from "../process/start/birth.ts";
import { type Container, launch } from "../process/start/launch.ts";
import { prepareProgram, systemDirectory } from "../process/start/program.ts";
import type { TrialRoom } from "./work.ts";

const LIMITS = struct(STRUCTS, "JOBOBJECT_EXTENDED_LIMIT_INFORMATION");

/** How long a trial may take, in ms. */
const DEADLINE = 30_000;

/** What a trial has in common with the command. */
export interface TrialStart {
  /** How it is created and checked. */
  readonly birth: Birth;
  /** The variables. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Whether it starts from the few variables that Windows needs. */
  readonly clearEnv: boolean;
}

/** A job that ends its processes. */
export class TrialJob implements TrialRoom, Disposable {
  readonly left: string[] = [];
  readonly #job: OwnedHandle;
  readonly #start: TrialStart;

  /**
   * Creates the job.
   *
   * @param start What trials have in common with the command.
   * @throws {Win32Error} If the system refuses.
   */
  constructor(start: TrialStart) {
    const action = "Cannot create a job for a trial";
    this.#start = start;
    const job = check(kernel32.CreateJobObjectW(null, null), "CreateJobObjectW", action);
    this.#job = new OwnedHandle(job, "a trial's job");
    try {
      const limits = LIMITS.encode({
        BasicLimitInformation: { LimitFlags: JOB_OBJECT_LIMIT.KILL_ON_JOB_CLOSE },
      });
      const { JobObjectExtendedLimitInformation: infoClass } = JOBOBJECTINFOCLASS;
      check(
        kernel32.SetInformationJobObject(job, infoClass, limits, LIMITS.size),
        "SetInformationJobObject",
        action,
      );
    } catch (error) {
      this.#job.close();
      throw error;
    }
  }

  run(name: string, args: string): number {
    const { birth, clearEnv, env } = this.#start;
    const file = `${systemDirectory()}\\${name}`;
    const program = prepareProgram(file, { rawArguments: args, args: [], env, clearEnv });
    const { process } = launch(program, {
      stdio: [0n, 0n, 0n],
      flags: CREATION_FLAGS.CREATE_NO_WINDOW,
      container: this.#container(),
      birth,
    });
    using _process = process;
    const action = `Cannot try ${name} with the rights of the command`;
    if (kernel32.WaitForSingleObject(process.value, DEADLINE) !== WAIT.WAIT_OBJECT_0) {
      throw new Error(`${action}: it has not ended in ${DEADLINE / 1000} s`);
    }
    return exitCode(process.value, action);
  }

  #container(): Container {
    const job = this.#job.value;
    const action = "Cannot put a trial into its job";
    return {
      handle: job,
      assign: (process) => {
        check(kernel32.AssignProcessToJobObject(job, process), "AssignProcessToJobObject", action);
      },
      contains: (process) => {
        const result = new Int32Array(1);
        check(kernel32.IsProcessInJob(process, job, result), "IsProcessInJob", action);
        return result[0] !== 0;
      },
    };
  }

  /** Ends processes that trials left. */
  [Symbol.dispose](): void {
    kernel32.TerminateJobObject(this.#job.value, 1);
    this.#job.close();
  }
}
