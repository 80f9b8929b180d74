/**
 * Where jobsim is. A bundle has a copy with the path written out, since it lies elsewhere itself.
 *
 * @module
 */

/** The absolute path of jobsim.dll, as Windows writes it. */
export const JOBSIM_PATH: string = decodeURIComponent(
  new URL("build/jobsim.dll", import.meta.url).pathname,
).slice(1).replaceAll("/", "\\");
