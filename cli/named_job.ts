/**
 * Commands about a job of another process, found by its name.
 *
 * @module
 */
import { type JobAccess, JobObject } from "../job/job_object.ts";
import type { ParsedArgs } from "./args.ts";
import { withMend } from "./start_failure.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Takes the one name that a command is about.
 *
 * @param args The arguments.
 * @returns The name.
 * @throws {UsageError} If there is none, or more than one.
 */
export function nameArgument({ positionals }: ParsedArgs): string {
  const [name, ...rest] = positionals;
  if (name === undefined || name === "") throw new UsageError("No job named: wanted its name");
  if (rest.length > 0) {
    throw new UsageError(`Cannot take ${JSON.stringify(rest[0])}: wanted the name of one job`);
  }
  return name;
}

/**
 * Does something with a job and closes it again at once: as long as a handle is open, the end of
 * the process that made the job does not end its tree.
 *
 * @param name The job's name.
 * @param access The rights that are needed.
 * @param use What to do.
 * @returns What `use` returned.
 * @throws {Error} If there is no such job, or a right is missing; the message says what to do.
 */
export function withNamedJob<T>(
  name: string,
  access: readonly JobAccess[],
  use: (job: JobObject) => T,
): T {
  using job = openNamedJob(name, access);
  return use(job);
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
    throw withMend(error);
  }
}
