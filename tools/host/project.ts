/**
 * The location of the project.
 *
 * @module
 */

/** The project's folder, with forward slashes and without one at its end. */
export const PROJECT: string = decodeURIComponent(new URL("../..", import.meta.url).pathname)
  .replace(/\/$/, "").replace(/^\/(?=[A-Za-z]:)/, "");
