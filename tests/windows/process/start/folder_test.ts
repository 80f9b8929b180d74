import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertLessOrEqual, assertStringIncludes, assertThrows } from "@std/assert";
import { ERROR } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { decodeWide } from "../../../../ffi/strings.ts";
import { JobObject } from "../../../../job/job_object.ts";
import {
  checkCmdFolder,
  FOLDER_MAX,
  kindOf,
  ownFolder,
  runFolder,
} from "../../../../process/start/folder.ts";
import { prepareProgram } from "../../../../process/start/program.ts";
import { fileName } from "../../../../process/start/windows_path.ts";
import { CHILD, within } from "../../../helpers/job_trials.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

async function withFolder(use: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = (await Deno.realPath(await Deno.makeTempDir())).replace(/^\\\\\?\\/, "");
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Where a child says that it runs. */
async function ranIn(cwd: string): Promise<string> {
  using job = JobObject.create({ killOnClose: true });
  const child = job.spawn(CHILD, { args: ["cwd"], cwd, stdin: "null", stdout: "piped" });
  return JSON.parse(await within(child.stdout.text(), "its folder"));
}

function long(folder: string): string {
  const name = `${folder}\\${Array(7).fill("a".repeat(56)).join("\\")}`;
  Deno.mkdirSync(name, { recursive: true });
  return name;
}

Deno.test("runFolder: uses the short name of a folder beyond MAX_PATH", () =>
  withFolder(async (folder) => {
    const cwd = long(folder);
    await Deno.writeTextFile(`${cwd}\\here.txt`, "");
    assertEquals(kindOf(cwd), "folder");
    const short = runFolder(cwd);
    assertLessOrEqual(short.length, FOLDER_MAX);
    assertEquals(Deno.statSync(`${short}\\here.txt`).isFile, true);
    assertEquals(runFolder(`\\\\?\\${cwd}`), short);
    assertEquals((await ranIn(cwd)).toLowerCase(), short.toLowerCase());
    using job = JobObject.create({ killOnClose: true });
    const options = { args: ["/c", "if exist here.txt exit 7"], cwd, stdin: "null" } as const;
    assertEquals((await within(job.spawn("cmd", options).status, "cmd.exe")).code, 7);
  }));

Deno.test("runFolder: a long folder without a short name is refused", () =>
  withFolder((folder) => {
    const cwd = long(folder);
    for (const answer of ["nothing", "the same"]) {
      using _short = substituteKernel("GetShortPathNameW", () => (path, short, size) => {
        const name = path as Uint16Array;
        const target = short as Uint16Array;
        if (answer === "nothing" || name.length > size) return 0;
        target.set(name);
        return name.length - 1;
      });
      const error = assertThrows(
        () => runFolder(cwd),
        TypeError,
        `Cannot run in "${cwd.slice(0, 200)}`,
      );
      assertStringIncludes(error.message, "at most 258 characters");
      assertEquals(error.cause instanceof Win32Error, answer === "nothing");
    }
  }));

Deno.test("runFolder: the prefix \\\\?\\ is taken off, and a relative program is found from there", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}\\b`);
    await Deno.copyFile(CHILD, `${folder}\\b\\probe.exe`);
    const cwd = `\\\\?\\${folder}`;
    assertEquals(runFolder(cwd), folder);
    assertEquals(runFolder(`${cwd}\\`), folder);
    assertEquals(prepareProgram("cmd", { cwd }).cwd, folder);
    assertEquals(await ranIn(cwd), folder);
    for (const name of [".\\b\\probe.exe", "b\\..\\b\\probe", "./b/./probe.exe"]) {
      const { application } = prepareProgram(name, { cwd });
      assertEquals(application.toLowerCase(), `${folder}\\b\\probe.exe`.toLowerCase());
    }
  }));

Deno.test("runFolder: what is missing, a file, or has no plain form is refused by its name", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}\\file`, "");
    const missing = assertThrows(() => runFolder(`${folder}\\none`), Deno.errors.NotFound);
    assertEquals(missing.message, `Cannot run in "${folder}\\none": there is no such folder`);
    assertThrows(() => runFolder(`${folder}\\file`), Deno.errors.NotADirectory, "it is a file");
    using _kind = substituteKernel("GetFileAttributesW", () => () => 0x10);
    using _short = substituteKernel("GetShortPathNameW", () => () => 0);
    for (const path of [`\\\\?\\${folder}\\x.`, "\\\\?\\Volume{1}\\x", "\\\\.\\C:\\x"]) {
      assertThrows(() => runFolder(path), TypeError, `Cannot run in "${path}"`);
    }
    assertEquals(runFolder("\\\\?\\UNC\\server\\share\\x"), "\\\\server\\share\\x");
  }));

Deno.test("kindOf: an unreadable path is not taken for a missing one", () => {
  const denied = substituteKernel("GetFileAttributesW", () => () => {
    kernel32.SetLastError(ERROR.ACCESS_DENIED);
    return 0xffff_ffff;
  });
  using _ = denied;
  for (
    const call of [
      () => kindOf("C:\\x"),
      () => runFolder("C:\\x"),
      () => prepareProgram("C:\\x.exe"),
      () => prepareProgram("x"),
    ]
  ) {
    const error = assertThrows(call, Win32Error, "Cannot look at");
    assertEquals(error.code, ERROR.ACCESS_DENIED);
  }
});

Deno.test("prepareProgram: an unreadable folder on the PATH is skipped", () => {
  using _ = substituteKernel("GetFileAttributesW", (real) => (path) => {
    if (!decodeWide(path as Uint16Array<ArrayBuffer>, 9).startsWith("C:\\locked")) {
      return real(path);
    }
    kernel32.SetLastError(ERROR.ACCESS_DENIED);
    return 0xffff_ffff;
  });
  const env = { PATH: "C:\\locked" };
  assertEquals(fileName(prepareProgram("cmd", { env }).file).toLowerCase(), "cmd.exe");
});

Deno.test("checkCmdFolder: refuses cmd.exe and batch files in a folder of a share, but no other program", () =>
  withFolder(async (folder) => {
    const script = `${folder}\\x.cmd`;
    await Deno.writeTextFile(script, "");
    using _kind = substituteKernel("GetFileAttributesW", (real) => (path) => {
      const text = String.fromCharCode(...(path as Uint16Array));
      return text.includes("server\\share") ? 0x10 : real(path);
    });
    for (
      const cwd of ["\\\\server\\share\\x", "\\\\?\\UNC\\server\\share\\x", "//server/share/x"]
    ) {
      for (const name of ["cmd", "CMD.EXE", script]) {
        assertThrows(
          () => prepareProgram(name, { cwd }),
          TypeError,
          `in "\\\\server\\share\\x": cmd.exe runs in no folder of a share`,
        );
      }
      assertEquals(prepareProgram(CHILD, { cwd }).cwd, "\\\\server\\share\\x");
    }
    checkCmdFolder("C:\\x", "cmd");
    assertEquals(ownFolder(), Deno.cwd());
    // Without a given folder it is this process's own.
    using _own = substituteKernel("GetCurrentDirectoryW", () => (_size, buffer) => {
      const text = "\\\\server\\share";
      for (let i = 0; i < text.length; i++) (buffer as Uint16Array)[i] = text.charCodeAt(i);
      return text.length;
    });
    assertThrows(() => prepareProgram("cmd"), TypeError, "runs in no folder of a share");
  }));
