import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  executableCandidates,
  parseSearchPath,
  resolveExecutable,
  type SearchPlaces,
} from "../../../process/start/search_path.ts";
import { shown } from "../../../values/shown.ts";

const PLACES: SearchPlaces = {
  cwd: "D:\\work",
  systemDirectory: "C:\\Windows\\System32",
  windowsDirectory: "C:\\Windows",
  path: "C:\\tools;C:\\Windows",
};

function resolve(name: string, files: string[], places: Partial<SearchPlaces> = {}) {
  return resolveExecutable(name, {
    ...PLACES,
    ...places,
    exists: (path) => files.some((file) => file.toLowerCase() === path.toLowerCase()),
  });
}

Deno.test("executableCandidates: a bare name goes through PATH, then the system's folders, never cwd", () => {
  assertEquals(executableCandidates("x", PLACES), [
    ...[".com", ".exe", ".bat", ".cmd"].map((end) => `C:\\tools\\x${end}`),
    ...[".com", ".exe", ".bat", ".cmd"].map((end) => `C:\\Windows\\x${end}`),
    ...[".com", ".exe", ".bat", ".cmd"].map((end) => `C:\\Windows\\System32\\x${end}`),
  ]);
  // A folder that PATH names keeps its place there, however it is spelled.
  assertEquals(
    executableCandidates("x.exe", { ...PLACES, path: "c:\\windows;C:\\a;C:\\WINDOWS\\system32" }),
    ["c:\\windows\\x.exe", "C:\\a\\x.exe", "C:\\WINDOWS\\system32\\x.exe"],
  );
});

Deno.test("resolveExecutable: a file in the current directory is found only when asked for", () => {
  assertEquals(resolve("x", ["D:\\work\\x.exe"]), undefined);
  assertEquals(resolve("x", ["D:\\work\\x.exe"], { searchCwd: true }), "D:\\work\\x.exe");
  assertEquals(resolve("x", ["D:\\work\\x.exe"], { path: ";.;D:work" }), undefined);
  assertEquals(resolve(".\\x", ["D:\\work\\x.exe"]), "D:\\work\\x.exe");
});

Deno.test("resolveExecutable: the current directory comes before PATH, PATH before the system's", () => {
  const files = ["D:\\work\\x.cmd", "C:\\tools\\x.exe", "C:\\Windows\\System32\\x.exe"];
  assertEquals(resolve("x", files, { searchCwd: true }), files[0]);
  assertEquals(resolve("x", files), files[1]);
  assertEquals(resolve("x", files.slice(2), { searchCwd: true }), files[2]);
});

Deno.test("resolveExecutable: the earlier folder wins over the better extension", () => {
  assertEquals(resolve("x", ["C:\\Windows\\x.com", "C:\\tools\\x.cmd"]), "C:\\tools\\x.cmd");
  assertEquals(resolve("x", ["C:\\tools\\x.cmd", "C:\\tools\\x.exe"]), "C:\\tools\\x.exe");
});

Deno.test("executableCandidates: extensions are added unless the name has one that runs", () => {
  const names = (name: string) =>
    executableCandidates(name, PLACES).filter((path) => path.startsWith("C:\\tools\\"))
      .map((path) => path.slice("C:\\tools\\".length));
  assertEquals(names("x.exe"), ["x.exe"]);
  assertEquals(names("X.CMD"), ["X.CMD"]);
  assertEquals(names("x1.2"), ["x1.2", "x1.2.com", "x1.2.exe", "x1.2.bat", "x1.2.cmd"]);
  assertEquals(names("x."), ["x"]);
  assertEquals(names(".x"), [".x.com", ".x.exe", ".x.bat", ".x.cmd"]);
  assertEquals(names("x.cmd "), ["x.cmd"]);
});

Deno.test("executableCandidates: a path is used unchanged, with extensions and last without", () => {
  const ends = [".com", ".exe", ".bat", ".cmd", ""];
  assertEquals(executableCandidates("C:/a/x", PLACES), ends.map((end) => `C:\\a\\x${end}`));
  assertEquals(executableCandidates("a\\..\\x", PLACES), ends.map((end) => `D:\\work\\x${end}`));
  assertEquals(executableCandidates("\\x.exe", PLACES), ["D:\\x.exe"]);
  assertEquals(executableCandidates("..\\x.exe", PLACES), ["D:\\x.exe"]);
  assertEquals(executableCandidates("C:\\a\\x.", PLACES), ["C:\\a\\x"]);
  assertEquals(
    executableCandidates("\\x.exe", { ...PLACES, cwd: "\\\\server\\share\\d" }),
    ["\\\\server\\share\\x.exe"],
  );
  assertEquals(executableCandidates("C:\\", PLACES), []);
});

Deno.test("executableCandidates: a name that cannot be a file is a TypeError that shows it", () => {
  for (
    const name of [
      "",
      ".",
      "..",
      " ",
      'a"b',
      "a*",
      "a\0b",
      "a|b",
      "x.exe:s",
      "x.bat::$DATA",
      "C:x.exe",
      ...["nul", "CON", "com1.exe", "C:\\tools\\nul.com", "aux.", "\\\\.\\pipe\\x"],
    ]
  ) {
    const error = assertThrows(() => executableCandidates(name, PLACES), TypeError);
    assertStringIncludes(error.message, `Cannot look for program ${shown(name)}: expected`);
  }
});

Deno.test("parseSearchPath: keeps quoted semicolons and drops what is not absolute", () => {
  assertEquals(
    parseSearchPath(
      'C:\\a;;"C:\\b;c";"D:\\d"\\e; ;.;bin;\\f;C:g;%X%\\h;c:\\A\\;\\\\s\\h\\i;"E:\\j;k',
    ),
    ["C:\\a", "C:\\b;c", "D:\\d\\e", "\\\\s\\h\\i", "E:\\j;k"],
  );
  assertEquals(parseSearchPath(""), []);
  assertEquals(parseSearchPath("C:\\"), ["C:\\"]);
});

Deno.test("executableCandidates: no PATH leaves the system's folders", () => {
  const { path: _, ...places } = PLACES;
  assertEquals(executableCandidates("x.exe", places), [
    "C:\\Windows\\System32\\x.exe",
    "C:\\Windows\\x.exe",
  ]);
});

Deno.test("executableCandidates: `.` and `..` go from a folder of any form", () => {
  const first = (name: string, cwd: string) => executableCandidates(name, { ...PLACES, cwd })[0];
  assertEquals(first(".\\y\\x.exe", "\\\\?\\D:\\a"), "\\\\?\\D:\\a\\y\\x.exe");
  assertEquals(first("../x.exe", "\\\\?\\D:\\a\\b"), "\\\\?\\D:\\a\\x.exe");
  assertEquals(first("..\\..\\x.exe", "\\\\?\\UNC\\s\\h\\a"), "\\\\?\\UNC\\s\\h\\x.exe");
  assertEquals(first(".\\x.exe", "\\\\?\\Volume{1}\\"), "\\\\?\\Volume{1}\\x.exe");
  assertEquals(first("\\x.exe", "\\\\?\\D:\\a"), "\\\\?\\D:\\x.exe");
});
