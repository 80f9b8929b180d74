/**
 * Windows paths as text: how CreateProcessW, cmd.exe and the file system interpret them, without
 * calling the system.
 *
 * Pure.
 *
 * @module
 */

/**
 * Returns whether a path names the same file regardless of the current directory and drive.
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
 * Returns whether a program's name contains a folder or a drive, so that no search is needed.
 *
 * @param name A program's name as the user typed it.
 * @returns Whether it contains `\`, `/` or a drive such as `C:`.
 */
export function hasFolder(name: string): boolean {
  return /[\\/]/.test(name) || /^[A-Za-z]:/.test(name);
}

/**
 * Normalises a path as Windows does before opening it.
 *
 * `/` becomes `\`, doubled separators and `.` vanish, `..` removes its parent (never the root), and
 * separators, dots and spaces at the very end are dropped. A relative path stays relative. `\\?\`
 * paths are returned as they are, because Windows does not normalise those either. See Microsoft's
 * page on File path formats on Windows systems.
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
 * Returns the file name that Windows would open for a path, without folder, drive, alternate
 * stream, and trailing dots or spaces.
 *
 * @param path A path, relative or absolute; `\\?\` paths are treated the same way, to be on the
 * safe side.
 * @returns The bare file name, empty when the path ends in a folder or root.
 */
export function fileName(path: string): string {
  const plain = normalizePath(path.replace(/^[\\/]{2}[?.][\\/]/, ""));
  const last = plain.split("\\").at(-1) ?? "";
  return last.replace(/^[A-Za-z]:/, "").replace(/:.*$/s, "").replace(/[. ]+$/, "");
}

/**
 * Returns whether a path names an alternate data stream, as `run.bat::$DATA` and `a.txt:b` do.
 *
 * @param path A path, relative or absolute.
 * @returns Whether there is a colon other than the one after a drive letter.
 */
export function hasStream(path: string): boolean {
  return path.replace(/^[\\/]{2}[?.][\\/]/, "").replace(/^[A-Za-z]:/, "").includes(":");
}

/** The names that mean a device in any folder. */
const DEVICES = "(?:con|prn|aux|nul|conin\\$|conout\\$|(?:com|lpt)[1-9\u00b9\u00b2\u00b3]) *";

/** The same names with an extension, which Windows before 11 also treats as devices. */
const DEVICE_OR_EXTENDED = new RegExp(`^${DEVICES}(?:[.:]|$)`, "i");

const DEVICE = new RegExp(`^${DEVICES}:?$`, "i");

/**
 * Removes the prefix `\\?\` from a path.
 *
 * @param path A path; one without the prefix is returned as it is.
 * @returns The path on a drive or share; `undefined` if Windows finds the file only with the
 * prefix, such as a volume's name, a file `x.`, or a file with the name of a device.
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
 * Returns whether a path begins with `\\?\` or `\\.\`.
 *
 * @param path A normalised path.
 * @returns Whether it does.
 */
export function isDevicePath(path: string): boolean {
  return /^\\\\[?.]\\/.test(path);
}

/**
 * Returns whether a path names a device, such as `NUL`, `C:\x\CON` or `\\.\pipe\x`, instead of a
 * file in a folder.
 *
 * @param path A path, relative or absolute.
 * @returns Whether it does.
 */
export function namesDevice(path: string): boolean {
  const prefixed = /^[\\/]{2}[?.][\\/](.*)$/s.exec(path)?.[1];
  if (prefixed !== undefined) {
    const inRoot = prefixed.replace(/^GLOBALROOT[\\/]Device[\\/]/i, "");
    // A path below a device is one of its files, except for the devices of pipes and the like.
    return !/^[A-Za-z]:/.test(inRoot) &&
      /^(?:(?:pipe|namedpipe|mailslot|GLOBALROOT)[\\/].*|[^\\/]*)$/is.test(inRoot);
  }
  return DEVICE.test(lastPart(path));
}

/**
 * Says whether a path names a device for some Windows: before 11, `nul.exe` in a folder is the device too.
 *
 * @param path A path, relative or absolute.
 * @returns Whether it does.
 */
export function mayNameDevice(path: string): boolean {
  return namesDevice(path) || !isDevicePath(path) && DEVICE_OR_EXTENDED.test(lastPart(path));
}

function lastPart(path: string): string {
  const last = normalizePath(path).split("\\").at(-1) ?? "";
  return last.replace(/^[A-Za-z]:(?=.)/, "");
}
