/**
 * Commands about a job of another process, found by its name.
 *
 * @module
 */
import { shown } from "../values/shown.ts";
import { withJobAdvice } from "./run/start_failure.ts";
import { UsageError } from "./args/usage_error.ts";
import type { ParsedArgs } from "./args/settings.ts";
import { ERROR } from "./windows.ts";
import { type JobAccess, JobObject, Win32Error } from "../mod.ts";

/**
 * Reads the one job name of a command.
 *
 * @param args The arguments.
 * @returns The name.
 * @throws {UsageError} If there is none, or more than one.
 */
export function nameArgument({ positionals }: ParsedArgs): string {
  const [name, ...rest] = positionals;
  if (name === undefined || name === "") {
    throw new UsageError(
      "No job given: give the NAME from jobbox run --name NAME; Windows " +
        "keeps no list of jobs",
    );
  }
  if (rest.length > 0) {
    throw new UsageError(`Unexpected argument ${shown(rest[0] ?? "")}: give the name of one job`);
  }
  return name;
}

/**
 * Does something with a job and closes it again at once: while a handle is open, the end of
 * the process that made the job does not end its tree.
 *
 * @param name The job's name.
 * @param use What to do.
 * @param options The rights that are needed; to query by default.
 * @returns What `use` returned.
 * @throws {Error} If there is no such job, or a right is missing; the message says what to do.
 */
export function withNamedJob<T>(
  name: string,
  use: (job: JobObject) => T,
  { access = ["query"] }: { readonly access?: readonly JobAccess[] } = {},
): T {
  using job = openNamedJob(name, access);
  return use(job);
}

/**
 * Reads a job that existed at the previous reading and may have ended since.
 *
 * @param name The job's name.
 * @param look What to ask it.
 * @param options Whether it existed before; a job that never existed is an error.
 * @returns What `look` returned; `undefined` if the job has ended.
 * @throws {Error} If there is no such job at the first reading, or a right is missing.
 */
export function lookAgain<T>(
  name: string,
  look: (job: JobObject) => T,
  { wasThere }: { readonly wasThere: boolean },
): T | undefined {
  try {
    return withNamedJob(name, look);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const gone = cause instanceof Win32Error && cause.code === ERROR.FILE_NOT_FOUND;
    if (wasThere && gone) return undefined;
    throw error;
  }
}

/**
 * Opens a job by its name.
 *
 * @param name The job's name.
 * @param access The rights that are needed.
 * @returns The job, to be closed.
 * @throws {Error} If there is no such job, or a right is missing; the message says what to do.
 */
export function openNamedJob(name: string, access: readonly JobAccess[]): JobObject {
  try {
    return JobObject.open(name, { access });
  } catch (error) {
    throw withJobAdvice(error);
  }
}
