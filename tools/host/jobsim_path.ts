/**
 * The path of jobsim. A bundle has a copy of this file with the path written out, since the bundle
 * is elsewhere.
 *
 * @module
 */

/** The absolute path of jobsim.dll, as Windows writes it. */
export const JOBSIM_PATH: string = decodeURIComponent(
  new URL("build/jobsim.dll", import.meta.url).pathname,
).slice(1).replaceAll("/", "\\");
