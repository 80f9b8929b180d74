/**
 * The promises of Windows that the product relies on: one row each. Pure.
 *
 * @module
 */
import { BIRTH_PROMISES } from "./birth_promises.ts";
import { END_PROMISES } from "./end_promises.ts";
import { JOB_PROMISES } from "./job_promises.ts";
import { LIMIT_PROMISES } from "./limit_promises.ts";
import { MEASURE_PROMISES } from "./measure_promises.ts";
import type { PromiseArea, WindowsPromise } from "./promise.ts";

/** All promises, by area. */
export const PROMISES: readonly WindowsPromise[] = [
  ...JOB_PROMISES,
  ...BIRTH_PROMISES,
  ...END_PROMISES,
  ...LIMIT_PROMISES,
  ...MEASURE_PROMISES,
];

/** The headings of the areas. */
export const AREAS: Readonly<Record<PromiseArea, string>> = {
  jobs: "Jobs, names and rights",
  births: "Births and exit codes",
  nesting: "Jobs inside jobs",
  ends: "Ends",
  messages: "The port",
  limits: "Limits",
  processors: "Processors and freezing",
  times: "User time",
  memory: "Memory and files",
  notifications: "Notification limits",
};
