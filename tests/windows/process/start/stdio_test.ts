import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { ERROR, FILE, STANDARD_RIGHTS } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../../../../ffi/handle.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { encodeWide } from "../../../../ffi/strings.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { openStandardHandles, type Stdio } from "../../../../process/start/stdio.ts";
import { CHILD, SAME_KERNEL, startChild, trial, within } from "../../../helpers/job_trials.ts";
import type { SpawnOptions } from "../../../../process/spawn_options.ts";
import { runDeno } from "../../../helpers/deno_process.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";
import { assertNoHandleLeft, countHandles } from "../../../helpers/open_handles.ts";

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("Stdio: the child sees each kind of stream correctly", () =>
  withFolder(async (folder) => {
    using job = JobObject.create({ killOnClose: true });
    const file = { path: `${folder}\\in.txt` };
    await Deno.writeTextFile(file.path, "x");
    const kinds: [Stdio, string][] = [["piped", "pipe"], ["null", "char"], [file, "disk"]];
    for (const [stdin, expected] of kinds) {
      const child = startChild(job, "stdio", { stdin, stdout: "piped" });
      assertEquals(await within(child.stdout.json(), "its answer"), {
        stdin: expected,
        stdout: "pipe",
        stderr: "char",
      });
    }
    await job.wait();
  }));

Deno.test("StdioFile: is read from, written from its beginning, and added to with append", () =>
  withFolder(async (folder) => {
    using job = JobObject.create({ killOnClose: true });
    const [input, output] = [`${folder}\\in ä.txt`, `${folder}\\out ä.txt`];
    await Deno.writeTextFile(input, "from a file");
    await Deno.writeTextFile(output, "what was there before, and is longer");
    const url = new URL(`file:///${output.replaceAll("\\", "/")}`);
    const run = async (stdout: Stdio) => {
      const child = startChild(job, "cat", { stdin: { path: input }, stdout });
      assertEquals((await within(child.status, "its end")).code, 0);
    };
    await run({ path: url });
    assertEquals(await Deno.readTextFile(output), "from a file");
    await run({ path: output, append: true });
    assertEquals(await Deno.readTextFile(output), "from a filefrom a file");
    await run({ path: `${folder}\\new.txt`, append: true });
    assertEquals(await Deno.readTextFile(`${folder}\\new.txt`), "from a file");
  }));

Deno.test("StdioFile: a file that cannot be opened starts nothing and leaves nothing", () =>
  withFolder(async (folder) => {
    using job = JobObject.create({ killOnClose: true });
    await assertNoHandleLeft(() => {
      const error = assertThrows(
        () => startChild(job, "exit 0", { stdin: { path: `${folder}\\none` }, stdout: "piped" }),
        Deno.errors.NotFound,
        "as a child's stdin: there is no such file or folder",
      );
      const cause = error.cause as Win32Error;
      assertEquals([cause.code, cause.api], [ERROR.FILE_NOT_FOUND, "CreateFileW"]);
      const refused = assertThrows(
        () => startChild(job, "exit 0", { stdin: { path: folder }, stdout: "piped" }),
        Win32Error,
        "as a child's stdin",
      );
      assertEquals([refused.code, refused.api], [ERROR.ACCESS_DENIED, "CreateFileW"]);
      assertThrows(
        () => startChild(job, "exit 0", { stdin: "piped", stderr: { path: "a\0b" } }),
        TypeError,
        "NUL",
      );
    });
    assertEquals(job.stats().processes.total, 0);
  }));

Deno.test("StdioFile: nothing is emptied before all of them could be opened", () =>
  withFolder(async (folder) => {
    using job = JobObject.create({ killOnClose: true });
    const path = `${folder}\\good.txt`;
    await Deno.writeTextFile(path, "what was there before");
    const start = (stderr: Stdio): unknown =>
      startChild(job, "exit 0", { stdout: { path }, stderr });
    assertThrows(() => start({ path: `${folder}\\none\\x` }), Deno.errors.NotFound);
    assertEquals(await Deno.readTextFile(path), "what was there before");
    {
      using _ = substituteKernel("SetEndOfFile", () => () => {
        kernel32.SetLastError(0);
        return 0;
      });
      assertThrows(() => start("null"), Win32Error, "Cannot empty a child's stdout");
    }
    const child = startChild(job, "exit 0", { stdout: { path }, stderr: { path: "NUL" } });
    assertEquals((await within(child.status, "its end")).code, 0);
    assertEquals(await Deno.readTextFile(path), "");
  }));

Deno.test("StdioFile: a start that fails removes the files that it made, and no other", () =>
  withFolder(async (folder) => {
    using job = JobObject.create({ killOnClose: true });
    const [made, kept] = [`${folder}\\made.txt`, `${folder}\\kept.txt`];
    await Deno.writeTextFile(kept, "");
    const names = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    {
      using _ = substituteKernel("CreateProcessW", () => () => {
        kernel32.SetLastError(ERROR.ACCESS_DENIED);
        return 0;
      });
      for (const append of [false, true]) {
        const stdio = { stdout: { path: made, append }, stderr: { path: kept, append } };
        assertThrows(() => startChild(job, "exit 0", stdio), Win32Error);
        assertEquals(names(), ["kept.txt"]);
        // One file for both, which the first of them made.
        const shared = { stdout: { path: made, append }, stderr: { path: made, append } };
        assertThrows(() => startChild(job, "exit 0", shared), Win32Error);
        assertEquals(names(), ["kept.txt"]);
      }
    }
    const child = startChild(job, "exit 0", { stdout: { path: made } });
    assertEquals((await within(child.status, "its end")).code, 0);
    assertEquals(names(), ["kept.txt", "made.txt"]);
  }));

Deno.test("StdioHandle: the child gets a copy, and the caller keeps the handle", () =>
  withFolder(async (folder) => {
    using job = JobObject.create({ killOnClose: true });
    const path = `${folder}\\handle.txt`;
    const handle = kernel32.CreateFileW(
      encodeWide(path),
      STANDARD_RIGHTS.GENERIC_WRITE,
      FILE.FILE_SHARE_READ,
      null,
      FILE.CREATE_ALWAYS,
      FILE.FILE_ATTRIBUTE_NORMAL,
      0n,
    );
    {
      using owned = new OwnedHandle(handle, "a file of the test");
      for (const word of ["one", "two"]) {
        const child = startChild(job, `print ${word}`, { stdout: { handle: owned.value } });
        assertEquals((await within(child.status, "its end")).code, 0);
      }
    }
    // One file position: the second goes on where the first stopped.
    assertEquals((await Deno.readTextFile(path)).split(/\r?\n/), ["one", "two", ""]);
    await assertNoHandleLeft(() => {
      // No handle at all, and one of a job: a child that has its own job's handle is in no job.
      using other = new OwnedHandle(kernel32.CreateJobObjectW(null, null), "a job");
      for (const handle of [0xfff0n, other.value]) {
        assertThrows(
          () => startChild(job, "exit 0", { stdin: "piped", stdout: { handle } }),
          TypeError,
          "stdout's handle must be of an open file or pipe",
        );
      }
    });
  }));

Deno.test("Stdio: an unknown kind is refused by name", () => {
  using job = JobObject.create({ killOnClose: true });
  for (const kind of ["pipe", 1, {}]) {
    assertThrows(
      () => startChild(job, "exit 0", { stderr: kind as "null" }),
      TypeError,
      'stderr must be "piped", "inherit", "null", "stdout", { path } or { handle }',
    );
  }
});

Deno.test("Stdio inherit: the child has this program's own streams", async () => {
  const source = `
    import { JobObject } from "${import.meta.resolve("../../../../job/job_object.ts")}";
    using job = JobObject.create({ killOnClose: true });
    const child = job.spawn(new URL("${CHILD.href}"), {
      args: ["cat", "printerr", "to stderr", "print", "to stdout"],
    });
    await child.status;
  `;
  const { code, stdout, stderr } = await runDeno(["eval", ...SAME_KERNEL, "--no-check", source], {
    stdin: new TextEncoder().encode("through "),
  });
  assertEquals([code, stdout.trim()], [0, "through to stdout"], stderr);
  assertEquals(stderr.includes("to stderr"), true, stderr);
});

Deno.test("openStandardHandles: opens the requested handles, and undo closes all", async () => {
  await assertNoHandleLeft(() => {
    const before = countHandles();
    const undo = new DisposableStack();
    const { theirs, stdin, stdout, stderr } = openStandardHandles(
      { stdin: "piped", stdout: "piped", stderr: "null" },
      undo,
    );
    assertEquals(new Set(theirs.map(({ value }) => value)).size, 3);
    // Two pipes with two ends each, and one file: the instrument sees them.
    assertEquals(countHandles() - before, 5);
    undo.dispose();
    assertEquals(theirs.every(({ closed }) => closed), true);
    assertEquals([stdin?.closed, stdout?.closed, stderr], [true, true, undefined]);
  });
});

Deno.test("StdioFile: a start that fails empties nothing", () =>
  withFolder(async (folder) => {
    using job = JobObject.create({ killOnClose: true });
    const [path, noProgram] = [`${folder}\\kept.txt`, `${folder}\\no_program.exe`];
    await Deno.writeTextFile(path, "what was there before");
    await Deno.writeTextFile(noProgram, "this is a text");
    for (const program of [noProgram, `${folder}\\none.exe`]) {
      for (const name of ["stdout", "stderr"]) {
        assertThrows(() => job.spawn(program, { stdin: "null", [name]: { path } }), Error);
        assertEquals(await Deno.readTextFile(path), "what was there before", program);
      }
    }
    assertEquals(job.pids(), []);
  }));

Deno.test("StdioFile: a file that is read is not written, however it is named", () =>
  withFolder(async (folder) => {
    using job = JobObject.create({ killOnClose: true });
    const path = `${folder}\\in.txt`;
    await Deno.writeTextFile(path, "input");
    await Deno.link(path, `${folder}\\link.txt`);
    using input = new OwnedHandle(
      kernel32.CreateFileW(
        encodeWide(path),
        STANDARD_RIGHTS.GENERIC_READ,
        FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE,
        null,
        FILE.OPEN_EXISTING,
        FILE.FILE_ATTRIBUTE_NORMAL,
        0n,
      ),
      "a file of the test",
    );
    for (const stdin of [{ path }, { handle: input.value }]) {
      for (const name of ["stdout", "stderr"]) {
        for (
          const file of [
            { path: path.toUpperCase() },
            { path: `${folder}\\link.txt` },
            { path, append: true },
          ]
        ) {
          assertThrows(
            () => startChild(job, "cat", { stdin, [name]: file }),
            TypeError,
            `${name}'s file is the one that stdin reads`,
          );
          assertEquals(await Deno.readTextFile(path), "input");
        }
      }
    }
    assertEquals(job.stats().processes.total, 0);
  }));

Deno.test("StdioFile: stdout and stderr that name one file write to it in turn", () =>
  withFolder(async (folder) => {
    using job = JobObject.create({ killOnClose: true });
    const path = `${folder}\\both.txt`;
    const lines = async (options: SpawnOptions): Promise<string[]> => {
      const child = startChild(job, "print one printerr two print three", options);
      assertEquals((await within(child.status, "its end")).code, 0);
      return (await Deno.readTextFile(path)).trimEnd().split(/\r?\n/);
    };
    await Deno.writeTextFile(path, "old\n");
    const upper = path.toUpperCase();
    const append = true;
    const all = ["one", "two", "three"];
    assertEquals(await lines({ stdout: { path }, stderr: { path: upper } }), all);
    assertEquals(await lines({ stdout: { path }, stderr: "stdout" }), all);
    assertEquals(await lines({ stdout: { path, append }, stderr: { path: upper, append } }), [
      ...all,
      ...all,
    ]);
    assertThrows(
      () => startChild(job, "exit 0", { stdout: { path }, stderr: { path, append } }),
      TypeError,
      "give append to both of them or to neither",
    );
  }));

Deno.test(
  'Stdio: a stderr of "stdout" comes in the pipe of stdout',
  trial(async () => {
    using job = JobObject.create({ killOnClose: true });
    const child = startChild(job, "print one printerr two print three", {
      stdout: "piped",
      stderr: "stdout",
    });
    const text = await within(child.stdout.text(), "its output");
    assertEquals(text.trimEnd().split(/\r?\n/), ["one", "two", "three"]);
    assertThrows(() => child.stderr, TypeError);
  }),
);

Deno.test(
  "Stdio inherit: a stream that this program does not have is absent in the child",
  trial(async () => {
    using job = JobObject.create({ killOnClose: true });
    for (const none of [0n, INVALID_HANDLE_VALUE]) {
      using _ = substituteKernel("GetStdHandle", () => () => none);
      const child = startChild(job, "exit 0", { stdin: "inherit", stdout: "inherit" });
      assertEquals((await within(child.status, "its end")).code, 0);
    }
  }),
);
