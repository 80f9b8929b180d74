/**
 * Paths and file URLs, which differ as soon as a folder's name has a blank, a `%` or an "é" in it.
 *
 * @module
 */

/**
 * The path of a file URL.
 *
 * @param url The URL of a file of this system.
 * @returns The path as this system writes it, backslashes on Windows.
 */
export function filePath(url: URL): string {
  const path = decodeURIComponent(url.pathname);
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1).replaceAll("/", "\\") : path;
}

/**
 * The URL of a path.
 *
 * @param path An absolute path of Linux.
 * @returns The URL.
 */
export function fileUrl(path: string): URL {
  return new URL(`file://${path.split("/").map(encodeURIComponent).join("/")}`);
}
