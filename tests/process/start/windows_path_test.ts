import { assertEquals } from "@std/assert";
import {
  fileName,
  hasFolder,
  hasStream,
  isAbsolutePath,
  isDevicePath,
  mayNameDevice,
  namesDevice,
  normalizePath,
  withoutVerbatimPrefix,
  withVerbatimPrefix,
} from "../../../process/start/windows_path.ts";

Deno.test("isAbsolutePath: true only for paths that do not depend on a current folder or drive", () => {
  for (const path of ["C:\\", "c:/x", "\\\\server\\share", "//server/share", "\\\\?\\C:\\x"]) {
    assertEquals(isAbsolutePath(path), true, path);
  }
  for (const path of ["", "x", ".\\x", "C:", "C:x", "\\x", "/x", "1:\\x", "%SystemRoot%\\x"]) {
    assertEquals(isAbsolutePath(path), false, path);
  }
});

Deno.test("hasFolder: true for a separator or a drive, false for a bare name", () => {
  for (const name of [".\\x", "./x", "a\\b", "\\x", "C:x", "C:\\x"]) {
    assertEquals(hasFolder(name), true, name);
  }
  for (const name of ["x", "x.exe", "..", "a b"]) assertEquals(hasFolder(name), false, name);
});

Deno.test("normalizePath: writes a path as Windows would open it", () => {
  const cases: Record<string, string> = {
    "": "",
    "C:/a//b\\.\\c": "C:\\a\\b\\c",
    "C:\\a\\..\\b": "C:\\b",
    "C:\\..\\..\\b": "C:\\b",
    "C:\\a.txt. . ": "C:\\a.txt",
    "C:\\a.bat\\.": "C:\\a.bat",
    "C:\\a.bat\\...": "C:\\a.bat",
    "C:\\a.bat\\. ": "C:\\a.bat",
    "C:\\a.bat\\x\\..": "C:\\a.bat",
    "C:\\": "C:\\",
    "C:\\\\a": "C:\\a",
    "a/../..\\b": "..\\b",
    "\\a\\..\\..\\b": "\\b",
    "//server//share/a": "\\\\server\\share\\a",
    "\\\\server\\share\\..\\..\\a": "\\\\server\\share\\a",
    "\\\\?\\C:\\a\\..\\b. ": "\\\\?\\C:\\a\\..\\b. ",
    "C:a\\.\\b": "C:a\\b",
    "a.b .c\\d": "a.b .c\\d",
  };
  for (const [path, normal] of Object.entries(cases)) assertEquals(normalizePath(path), normal);
});

Deno.test("normalizePath: is the same when done twice", () => {
  for (const path of ["a/./b/..", "C:\\x. .\\y . ", "..\\..\\x..", "\\\\s\\h\\.\\x "]) {
    const once = normalizePath(path);
    assertEquals(normalizePath(once), once);
  }
});

Deno.test("fileName: the name that Windows opens, whatever follows it", () => {
  for (
    const path of [
      "x.bat",
      "C:x.bat",
      "C:\\d\\x.bat. .",
      "d/x.bat/.",
      "x.bat::$DATA",
      "x.bat. :s",
      "\\\\?\\C:\\d\\x.bat ",
      "\\\\.\\C:\\x.bat",
      "C:\\x.bat\\y\\..",
    ]
  ) {
    assertEquals(fileName(path), "x.bat", path);
  }
  assertEquals(fileName("C:\\"), "");
});

Deno.test("hasStream: a colon that is not a drive's", () => {
  for (const path of ["a:b:c", "C:\\x.bat:s", "x.bat::$DATA", "\\\\?\\C:\\x:s", "xy:s"]) {
    assertEquals(hasStream(path), true, path);
  }
  for (const path of ["C:\\x", "C:x", "x", "\\\\?\\C:\\x", "\\\\.\\C:\\x"]) {
    assertEquals(hasStream(path), false, path);
  }
});

Deno.test("withoutVerbatimPrefix: the plain path, where it means the same", () => {
  const cases: Record<string, string | undefined> = {
    "C:\\x": "C:\\x",
    "\\\\server\\share\\x": "\\\\server\\share\\x",
    "\\\\?\\C:\\x y\\z": "C:\\x y\\z",
    "\\\\?\\c:\\": "c:\\",
    "\\\\?\\UNC\\server\\share\\x": "\\\\server\\share\\x",
    "\\\\?\\unc\\server\\share": "\\\\server\\share",
    "\\\\?\\C:\\x.": undefined,
    "\\\\?\\C:\\x ": undefined,
    "\\\\?\\C:\\.\\x": undefined,
    "\\\\?\\C:\\a\\..\\x": undefined,
    "\\\\?\\C:\\a/b": undefined,
    "\\\\?\\C:\\aux": undefined,
    "\\\\?\\C:\\d\\Nul.txt": undefined,
    "\\\\?\\C:\\com1\\x": undefined,
    "\\\\?\\C:\\auxiliary\\console": "C:\\auxiliary\\console",
    "\\\\?\\Volume{1}\\x": undefined,
    "\\\\?\\GLOBALROOT\\x": undefined,
  };
  for (const [path, plain] of Object.entries(cases)) {
    assertEquals(withoutVerbatimPrefix(path), plain, path);
  }
});

Deno.test("withVerbatimPrefix: drives and shares get it once, after they are normalised", () => {
  const cases: Record<string, string> = {
    "C:/a\\.\\b\\..\\c": "\\\\?\\C:\\a\\c",
    "\\\\server\\share\\x": "\\\\?\\UNC\\server\\share\\x",
    "\\\\?\\C:\\x.": "\\\\?\\C:\\x.",
    "\\\\.\\C:\\x": "\\\\.\\C:\\x",
  };
  for (const [path, long] of Object.entries(cases)) assertEquals(withVerbatimPrefix(path), long);
  assertEquals(["\\\\?\\C:\\", "\\\\.\\C:", "\\\\s\\h", "C:\\"].map(isDevicePath), [
    ...[true, true, false, false],
  ]);
});

Deno.test("windows_path: the same names are devices with the prefix and without", () => {
  for (const name of ["COM1", "lpt\u00b2", "NUL", "conin$"]) {
    assertEquals([namesDevice(name), withoutVerbatimPrefix(`\\\\?\\C:\\${name}`)], [
      true,
      undefined,
    ], name);
  }
  for (const name of ["COM0", "lpt", "nula"]) {
    const path = `C:\\${name}`;
    assertEquals([namesDevice(name), withoutVerbatimPrefix(`\\\\?\\${path}`)], [false, path], name);
  }
});

Deno.test("namesDevice: reserved names in any folder, pipes and raw devices", () => {
  for (
    const path of [
      "NUL",
      "nul:",
      "C:nul",
      "C:\\x\\con",
      "a/COM1",
      "\\\\.\\pipe\\x",
      "\\\\?\\GLOBALROOT\\x",
      "\\\\?\\GLOBALROOT\\Device\\Null",
      "\\\\?\\GLOBALROOT\\Device\\NamedPipe\\x\\y",
      "\\\\.\\pipe\\a\\b",
      "\\\\.\\PhysicalDrive0",
      "\\\\?\\Volume{0}",
    ]
  ) {
    assertEquals(namesDevice(path), true, path);
  }
  for (
    const path of [
      ...["nul.txt", "null", "C:\\nul\\x", "\\\\?\\C:\\x", "\\\\.\\C:\\x", "C:\\", "con1"],
      ...["\\\\?\\UNC\\host\\share\\x", "\\\\?\\Volume{0}\\x", "\\\\?\\unix\\tmp\\x"],
      "\\\\.\\HarddiskVolume1\\x",
      "\\\\?\\GLOBALROOT\\Device\\HarddiskVolume1\\x",
    ]
  ) {
    assertEquals(namesDevice(path), false, path);
  }
});

Deno.test("mayNameDevice: with an extension too, but not if Windows takes the name literally", () => {
  for (const path of ["nul", "nul.exe", "C:\\x\\con.com", "C:aux.txt", "\\\\.\\pipe\\x"]) {
    assertEquals(mayNameDevice(path), true, path);
  }
  for (const path of ["null.exe", "x.nul", "nul\\x.exe", "\\\\?\\C:\\x\\nul.exe"]) {
    assertEquals(mayNameDevice(path), false, path);
  }
});
