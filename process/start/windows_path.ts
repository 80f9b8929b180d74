/**
 * Windows paths as text: what CreateProcessW, cmd.exe and the file system make of them, without asking the system.
 *
 * Pure.
 *
 * @module
 */

/**
 * Says whether a path names the same file whatever the current directory and drive are.
 *
 * True for `C:\x`, `\\server\share\x`, `\\?\C:\x` and the same with `/`; false for `x`, `.\x`, `C:x` and `\x`.
 *
 * @param path A path in Windows' or mixed spelling.
 * @returns Whether it is absolute.
 */
export function isAbsolutePath(path: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(path) || /^[\\/]{2}[^\\/]/.test(path);
}

/**
 * Says whether a program's name carries a folder or a drive, so that no folder is searched for it.
 *
 * @param name A program's name as a user gives it.
 * @returns Whether it contains `\`, `/` or a drive such as `C:`.
 */
export function hasFolder(name: string): boolean {
  return /[\\/]/.test(name) || /^[A-Za-z]:/.test(name);
}

/**
 * Writes a path as Windows itself would normalise it before opening it.
 *
 * `/` becomes `\`, doubled separators and `.` vanish, `..` takes its parent away (never the root), and separators,
 * dots and spaces at the very end are dropped. A relative path stays relative. `\\?\` paths are returned as they are, because Windows
 * does not normalise those either. See Microsoft's page on File path formats on Windows systems.
 *
 * @param path A path; the empty string stays empty.
 * @returns The normalised path.
 */
export function normalizePath(path: string): string {
  if (/^\\\\\?\\/.test(path)) return path;
  const slashed = path.replaceAll("/", "\\");
  const root = /^(?:\\\\[^\\]+(?:\\+[^\\]+)?\\*|[A-Za-z]:\\*|\\)/.exec(slashed)?.[0] ?? "";
  const rooted = root !== "" && !/^[A-Za-z]:$/.test(root);
  const kept: string[] = [];
  for (const part of slashed.slice(root.length).split("\\")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!rooted) kept.push(part);
  }
  for (let last = kept.pop(); last !== undefined; last = kept.pop()) {
    const trimmed = last === ".." ? last : last.replace(/[. ]+$/, "");
    if (trimmed !== "") {
      kept.push(trimmed);
      break;
    }
  }
  return normalizeRoot(root) + kept.join("\\");
}

function normalizeRoot(root: string): string {
  if (root.startsWith("\\\\")) return "\\\\" + root.slice(2).replace(/\\+/g, "\\");
  return root.replace(/\\+$/, "\\");
}

/**
 * Gives the file name that Windows would open for a path: no folder, no drive, no alternate stream, no trailing
 * dots or spaces.
 *
 * @param path A path, relative or absolute; `\\?\` paths are read the same way, which is the careful side.
 * @returns The bare file name, empty when the path ends in a folder or root.
 */
export function fileName(path: string): string {
  const plain = normalizePath(path.replace(/^[\\/]{2}[?.][\\/]/, ""));
  const last = plain.split("\\").at(-1) ?? "";
  return last.replace(/^[A-Za-z]:/, "").replace(/:.*$/s, "").replace(/[. ]+$/, "");
}

/**
 * Says whether a path names an alternate data stream, as `run.bat::$DATA` or `a.txt:b` do.
 *
 * @param path A path, relative or absolute.
 * @returns Whether a colon stands anywhere but behind a leading drive letter.
 */
export function hasStream(path: string): boolean {
  return path.replace(/^[\\/]{2}[?.][\\/]/, "").replace(/^[A-Za-z]:/, "").includes(":");
}

/** The names that mean a device in any folder. */
const DEVICES = "(?:con|prn|aux|nul|conin\\$|conout\\$|(?:com|lpt)[1-9\u00b9\u00b2\u00b3]) *";

/** With an extension too, as Windows before 11 takes them. */
const DEVICE_OR_EXTENDED = new RegExp(`^${DEVICES}(?:[.:]|$)`, "i");

const DEVICE = new RegExp(`^${DEVICES}:?$`, "i");

/**
 * Takes the prefix `\\?\` off a path.
 *
 * @param path A path; one without the prefix is returned as it is.
 * @returns The path as a drive's or a share's; `undefined` where only the prefix lets Windows find what it names, such as
 * a volume's name, a file `x.`, or one that is called as a device is.
 */
export function withoutVerbatimPrefix(path: string): string | undefined {
  if (!path.startsWith("\\\\?\\")) return path;
  const plain = path.replace(/^\\\\\?\\UNC\\/i, "\\\\").replace(/^\\\\\?\\(?=[A-Za-z]:\\)/, "");
  const isDevice = plain.split("\\").some((part) => DEVICE_OR_EXTENDED.test(part));
  return isDevice || isDevicePath(plain) || normalizePath(plain) !== plain ? undefined : plain;
}

/**
 * Puts the prefix `\\?\` before a path, so that its length has no limit.
 *
 * @param path An absolute path.
 * @returns The normalised path with the prefix; a path that has one, or `\\.\`, is returned as it is.
 */
export function withVerbatimPrefix(path: string): string {
  const plain = normalizePath(path);
  if (isDevicePath(plain)) return path;
  return plain.startsWith("\\\\") ? `\\\\?\\UNC\\${plain.slice(2)}` : `\\\\?\\${plain}`;
}

/**
 * Says whether a path begins with `\\?\` or `\\.\`.
 *
 * @param path A normalised path.
 * @returns Whether it does.
 */
export function isDevicePath(path: string): boolean {
  return /^\\\\[?.]\\/.test(path);
}

/**
 * Says whether a path names a device, such as `NUL`, `C:\x\CON` or `\\.\pipe\x`, and no file of a folder.
 *
 * @param path A path, relative or absolute.
 * @returns Whether it does.
 */
export function namesDevice(path: string): boolean {
  const prefixed = /^[\\/]{2}[?.][\\/](.*)$/s.exec(path)?.[1];
  if (prefixed !== undefined) {
    const inRoot = prefixed.replace(/^GLOBALROOT[\\/]Device[\\/]/i, "");
    // What is in a device is one of its files, but for the devices of pipes and the like.
    return !/^[A-Za-z]:/.test(inRoot) &&
      /^(?:(?:pipe|namedpipe|mailslot|GLOBALROOT)[\\/].*|[^\\/]*)$/is.test(inRoot);
  }
  const last = normalizePath(path).split("\\").at(-1) ?? "";
  return DEVICE.test(last.replace(/^[A-Za-z]:(?=.)/, ""));
}
