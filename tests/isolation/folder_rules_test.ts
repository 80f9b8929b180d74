import { assert, assertEquals } from "@std/assert";
import {
  folderContradiction,
  folderProblem,
  folderShapeProblem,
  givenFolderProblem,
  isWithin,
  type Places,
} from "../../isolation/folder_rules.ts";

const PLACES: Places = {
  windows: "C:\\Windows",
  programs: ["C:\\Program Files", "C:\\Program Files (x86)"],
  programData: "C:\\ProgramData",
  profile: "C:\\Users\\me",
  shared: "C:\\Users\\Public",
  ownProgram: "C:\\tools\\bin\\jobbox.exe",
  journals: "C:\\Users\\me\\AppData\\Local\\jobbox\\acl",
};

Deno.test("folderShapeProblem: accepts only a folder on a drive", () => {
  const refused: [path: string, said: string][] = [
    ["", "empty"],
    ["  ", "empty"],
    ["C:", "no full path"],
    ["C:x", "no full path"],
    ["x\\y", "no full path"],
    ["\\x", "no full path"],
    ["C:\\", "root of a drive"],
    ["c:/", "root of a drive"],
    ["C:\\x\\..", "root of a drive"],
    ["C:\\.", "root of a drive"],
    ["\\\\server\\share\\x", "another computer"],
    ["//server/share", "another computer"],
    ["\\\\?\\C:\\x", "device"],
    ["\\\\?\\UNC\\server\\share", "device"],
    ["\\\\.\\pipe\\x", "device"],
    ["C:\\x:stream", "stream"],
    ["C:\\x*", "no folder"],
    ["C:\\a\0b", "NUL"],
  ];
  for (const [path, said] of refused) {
    assert(folderShapeProblem(path)?.includes(said), `${path}: ${folderShapeProblem(path)}`);
  }
  for (const path of ["C:\\x", "d:/x/y", "C:\\x\\", "C:\\a b\\ü"]) {
    assertEquals(folderShapeProblem(path), undefined, path);
  }
});

Deno.test("givenFolderProblem: a relative folder is resolved later, an impossible one is refused at once", () => {
  for (const path of ["out", ".\\out", "..", ".", "\\out", "C:out", "C:\\out"]) {
    assertEquals(givenFolderProblem(path), undefined, path);
  }
  for (const path of ["", "\\\\server\\x", "out\\*", "a:b:c", "C:\\"]) {
    assert(givenFolderProblem(path) !== undefined, path);
  }
});

Deno.test("folderProblem: refuses folders whose rights the user should not change", () => {
  const refused: [path: string, said: string][] = [
    ["C:\\Windows", "of Windows"],
    ["c:\\WINDOWS\\System32\\x", "of Windows"],
    ["C:\\Program Files\\tool", "installed programs"],
    ["C:\\Program Files (x86)", "installed programs"],
    ["C:\\ProgramData", "all users"],
    ["C:\\Users", "user's own folder"],
    ["C:\\Users\\me", "user's own folder"],
    ["C:\\users\\ME\\", "user's own folder"],
    ["C:\\Users\\me\\AppData", "settings of every program"],
    ["C:\\Users\\me\\AppData\\Local", "settings of every program"],
    ["C:\\Users\\me\\AppData\\Roaming", "settings of every program"],
    ["C:\\Users\\other\\src", "another user"],
    ["C:\\Users\\Default", "another user"],
    ["C:\\Users\\me\\AppData\\Local\\jobbox\\acl", "writes down"],
    ["\\\\server\\share", "another computer"],
  ];
  for (const [path, said] of refused) {
    for (const access of ["read", "write"] as const) {
      const problem = folderProblem(path, access, PLACES);
      assert(problem?.includes(said), `${access} ${path}: ${problem}`);
    }
  }
});

Deno.test("folderProblem: a folder that contains jobbox itself may be read but not written", () => {
  for (
    const path of ["C:\\tools", "C:\\tools\\bin", "C:\\Users\\me\\AppData\\Local\\jobbox"]
  ) {
    assertEquals(folderProblem(path, "read", PLACES), undefined, path);
    assert(folderProblem(path, "write", PLACES)?.includes("it holds"), path);
  }
});

Deno.test("folderProblem: the user's own folders can be given", () => {
  const free = [
    "C:\\src",
    "C:\\WindowsOld",
    "C:\\Program Filesx",
    "C:\\ProgramData\\mine",
    "C:\\Users\\me\\src",
    "C:\\Users\\me\\Too",
    "C:\\Users\\me\\AppData\\Local\\Temp\\x",
    "C:\\Users\\Public\\x",
    "D:\\Users\\other",
  ];
  for (const path of free) {
    for (const access of ["read", "write"] as const) {
      assertEquals(folderProblem(path, access, PLACES), undefined, `${access} ${path}`);
    }
  }
  // A variable that is not set names no folder.
  const bare = { ...PLACES, programs: [], programData: "", shared: "" };
  assertEquals(folderProblem("C:\\x", "write", bare), undefined);
});

Deno.test("isWithin: compares whole names", () => {
  assert(isWithin("C:\\a\\b", "c:\\A"));
  assert(isWithin("C:\\a\\", "C:\\a"));
  assert(isWithin("C:\\a", "C:\\"));
  assert(!isWithin("C:\\ab", "C:\\a"));
  assert(!isWithin("C:\\a", "C:\\a\\b"));
  assert(!isWithin("C:\\a", ""));
});

Deno.test("folderContradiction: refuses a read-only folder inside a writable one", () => {
  assert(folderContradiction(["C:\\a\\b"], ["C:\\a"])?.includes("cannot be read-only"));
  assert(folderContradiction(["C:\\a"], ["C:\\A\\"]) !== undefined);
  assertEquals(folderContradiction(["C:\\a"], ["C:\\a\\b"]), undefined);
  assertEquals(folderContradiction([], ["C:\\a"]), undefined);
});
