import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { CREATION_FLAGS, ERROR, PRIORITY_CLASS, WAIT } from "../../../ffi/constants.ts";
import { AlreadyClosedError, INVALID_HANDLE_VALUE } from "../../../ffi/handle.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { JobObject } from "../../../job/job_object.ts";
import { completionPort } from "../../../process/completion_port.ts";
import { exitWatch } from "../../../process/exit_watch.ts";
import { makeOutputPipe } from "../../../process/pipe_pair.ts";
import { snapshotProcesses } from "../../../process/snapshot.ts";
import type { SpawnOptions } from "../../../process/spawn.ts";
import { makeInheritable } from "../../../process/stdio.ts";
import { CHILD, startChild, within } from "../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

function killJob(): JobObject {
  return JobObject.create({ killOnClose: true });
}

async function say(job: JobObject, verbs: string, options: SpawnOptions = {}): Promise<string> {
  const child = startChild(job, verbs, { stdout: "piped", ...options });
  const { stdout, code } = await within(child.output(), `child ${verbs}`);
  assertEquals(code, 0);
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("JobObject.spawn: the child is in the job before its first instruction", async () => {
  using job = killJob();
  const child = startChild(job, "sleepforever", { suspended: true });
  assertEquals([job.contains(child.pid), job.pids()], [true, [child.pid]]);
  assertEquals(job.stats().processes.active, 1);
  assertEquals(await say(job, "injob"), "yes");
  await child[Symbol.asyncDispose]();
});

Deno.test("JobObject.spawn: what the child starts at once is in the job too", async () => {
  using job = killJob();
  const child = startChild(job, "spawn 3 -- sleepforever");
  await within(child.status, "its end");
  assertEquals(job.stats().processes, { total: 4, active: 3, terminated: 0 });
});

Deno.test("JobObject.spawn: the child inherits its three handles and no other, whoever else starts programs", async () => {
  using job = killJob();
  // An inheritable handle of ours, which a Deno.Command passes on.
  const extra = makeOutputPipe();
  using _theirs = extra.theirs;
  makeInheritable(extra.theirs);
  const control = await new Deno.Command(CHILD, { args: ["handles"], stdin: "null" }).output();
  const leaked = JSON.parse(new TextDecoder().decode(control.stdout)) as { inherited: number[] };
  assert(leaked.inherited.length > 3, "the child program does not see what it inherits");
  extra.ours.close();
  const worker = new Worker(
    `data:text/javascript,${
      encodeURIComponent(`
        let go = true;
        self.onmessage = () => go = false;
        const run = async () => {
          while (go) {
            await new Deno.Command(${JSON.stringify(decodeURIComponent(CHILD.pathname).slice(1))}, {
              args: ["exit", "0"], stdin: "piped", stdout: "piped", stderr: "piped",
            }).spawn().output().catch(() => {});
            self.postMessage("ran");
          }
          self.close();
        };
        run();`)
    }`,
    { type: "module" },
  );
  let others = 0;
  worker.onmessage = () => others++;
  const closed = Promise.withResolvers<void>();
  for (let i = 0; i < 6 || others < 3; i++) {
    const texts = await Promise.all(
      [1, 2, 3].map(() => say(job, "handles", { stdin: "piped", stderr: "piped" })),
    );
    for (const text of texts) {
      const { inherited } = JSON.parse(text) as { inherited: number[] };
      assertEquals(inherited.length, 3, text);
    }
  }
  worker.onmessage = () => closed.resolve();
  worker.postMessage("stop");
  await within(closed.promise, "the worker's last run");
  worker.terminate();
});

/** Runs to the end what starts processes, and gives the creation flags. */
async function creationFlags(options: SpawnOptions): Promise<number> {
  using job = killJob();
  let flags = 0;
  {
    using _recorded = substituteKernel("CreateProcessW", (real) => (...args) => {
      flags = args[5];
      return real(...args);
    });
    await using _child = startChild(job, "exit 0", options);
  }
  return flags;
}

Deno.test("JobObject.spawn: each option is its creation flag, and no other", async () => {
  const plain = await creationFlags({});
  const cases: [SpawnOptions, number][] = [
    [{ priority: "idle" }, PRIORITY_CLASS.IDLE_PRIORITY_CLASS],
    [{ priority: "belowNormal" }, PRIORITY_CLASS.BELOW_NORMAL_PRIORITY_CLASS],
    [{ priority: "high" }, PRIORITY_CLASS.HIGH_PRIORITY_CLASS],
    [{ newProcessGroup: true }, CREATION_FLAGS.CREATE_NEW_PROCESS_GROUP],
    [{ noWindow: true }, CREATION_FLAGS.CREATE_NO_WINDOW],
    [{ newConsole: true }, CREATION_FLAGS.CREATE_NEW_CONSOLE],
    [{ detached: true }, CREATION_FLAGS.DETACHED_PROCESS | CREATION_FLAGS.CREATE_NEW_PROCESS_GROUP],
    [{ suspended: true, noWindow: false, detached: false }, 0],
  ];
  for (const [options, flags] of cases) {
    assertEquals(await creationFlags(options), plain | flags, JSON.stringify(options));
    assertEquals(plain & flags, 0);
  }
  using job = killJob();
  assertThrows(
    () => startChild(job, "exit 0", { priority: "highest" as "high" }),
    TypeError,
    "priority must be one of idle, belowNormal",
  );
});

Deno.test("JobObject.spawn: detached has no console; two kinds of console exclude each other", async () => {
  using job = killJob();
  assertEquals(await say(job, "console", { detached: true }), "no");
  assertThrows(
    () => startChild(job, "exit 0", { detached: true, noWindow: true }),
    TypeError,
    "noWindow and detached exclude each other",
  );
  assertEquals(await say(job, "print shown", { noWindow: true }), "shown");
  assertEquals(await say(job, "print shown", { newProcessGroup: true }), "shown");
});

Deno.test("JobObject.spawn: another process as the parent, with our pipes", async () => {
  using job = killJob();
  using other = killJob();
  const parent = startChild(other, "sleepforever");
  const child = startChild(job, "print grandchild sleepforever", {
    parentPid: parent.pid,
    stdout: "piped",
  });
  const reader = child.stdout.getReader();
  const { value } = await within(reader.read(), "its word");
  assertEquals(new TextDecoder().decode(value).trim(), "grandchild");
  assertEquals(snapshotProcesses().get(child.pid)?.parentPid, parent.pid);
  assertEquals(job.contains(child.pid), true);
  // No copy of the pipe is left in the parent: the child's end is the stream's.
  child.kill();
  assertEquals((await within(reader.read(), "the end")).done, true);
  assertThrows(() => startChild(job, "exit 0", { parentPid: 0xffff_fff0 }), Win32Error);
  assertThrows(
    () => startChild(job, "exit 0", { parentPid: -1 }),
    RangeError,
    "parentPid must be an integer",
  );
});

Deno.test("JobObject.spawn: a signal that is aborted already starts nothing", () => {
  using job = killJob();
  const reason = new Error("not wanted any more");
  const error = assertThrows(() =>
    startChild(job, "exit 0", { signal: AbortSignal.abort(reason) })
  );
  assertEquals(error, reason);
  assertEquals(job.stats().processes.total, 0);
});

Deno.test("JobObject.spawn: refuses a drain time that is none, and a job that is closed", () => {
  const job = killJob();
  assertThrows(() => startChild(job, "exit 0", { drainTimeout: NaN }), RangeError, "drainTimeout");
  assertEquals(job.stats().processes.total, 0);
  job.close();
  assertThrows(() => startChild(job, "exit 0"), AlreadyClosedError);
});

/** What each call of a start gives when it fails; those that are missing cannot fail, or may. */
const FAILING: { readonly [name: string]: number | bigint } = {
  CreateNamedPipeW: INVALID_HANDLE_VALUE,
  CreateFileW: INVALID_HANDLE_VALUE,
  CreateIoCompletionPort: 0n,
  SetHandleInformation: 0,
  InitializeProcThreadAttributeList: 0,
  UpdateProcThreadAttribute: 0,
  LocalAlloc: 0n,
  CreateProcessW: 0,
  IsProcessInJob: 0,
  ResumeThread: 0xffff_ffff,
  CloseHandle: 0,
  DuplicateHandle: 0,
  OpenProcess: 0n,
  GetEnvironmentStringsW: 0n,
  GetSystemDirectoryW: 0,
  GetWindowsDirectoryW: 0,
  GetCurrentDirectoryW: 0,
  GetFullPathNameW: 0,
};

/** Lets the one call fail that is the n-th of all that a start makes; tells which it was. */
class Fault implements Disposable {
  failed: string | undefined;
  #calls = 0;
  readonly #undo = new DisposableStack();

  constructor(at: number) {
    for (const [name, failure] of Object.entries(FAILING)) {
      this.#undo.use(
        substituteKernel(name as "CloseHandle", (real) => (...args) => {
          if (this.failed !== undefined || ++this.#calls !== at) return real(...args);
          this.failed = name;
          // One that says that it failed has closed all the same, or the test itself would leak.
          if (name === "CloseHandle") real(...args);
          kernel32.SetLastError(ERROR.NO_SYSTEM_RESOURCES);
          return failure as number;
        }),
      );
    }
  }

  [Symbol.dispose](): void {
    this.#undo.dispose();
  }
}

async function eachCallFails(options: SpawnOptions, parent = false): Promise<Map<string, number>> {
  using job = killJob();
  using parents = killJob();
  const wanted = parent
    ? { ...options, parentPid: startChild(parents, "sleepforever").pid }
    : options;
  void completionPort.handle;
  // The pool's thread and what Deno makes at a first start are not the start's.
  await within(startChild(job, "exit 0", wanted)[Symbol.asyncDispose](), "a first start");
  const failures = new Map<string, number>();
  for (let at = 1;; at++) {
    let name: string | undefined;
    await assertNoHandleLeft(async () => {
      name = await failAt(job, at, wanted);
    }, `a start whose call ${at} fails`);
    if (name === undefined) return failures;
    failures.set(name, (failures.get(name) ?? 0) + 1);
  }
}

/** Makes one start with a fault; gives the call that failed, or `undefined` if none was left. */
async function failAt(
  job: JobObject,
  at: number,
  options: SpawnOptions,
): Promise<string | undefined> {
  const before = [completionPort.refs, completionPort.sources, exitWatch.size];
  using fault = new Fault(at);
  let error: unknown;
  try {
    const child = startChild(job, "sleepforever", options);
    fault[Symbol.dispose]();
    await child[Symbol.asyncDispose]();
  } catch (thrown) {
    error = thrown;
    fault[Symbol.dispose]();
  }
  const about = `${fault.failed}, call ${at}: ${error}`;
  if (error !== undefined) {
    assert(error instanceof Win32Error, about);
    assertEquals([error.code, error.api], [ERROR.NO_SYSTEM_RESOURCES, fault.failed], about);
  }
  await within(job.wait(), `the end of all processes behind ${about}`);
  await within(completionPort.idle(), `the port's rest behind ${about}`);
  assertEquals([completionPort.refs, completionPort.sources, exitWatch.size], before, about);
  assertEquals(completionPort.weakRefs, 0, about);
  return fault.failed;
}

Deno.test("JobObject.spawn: whichever kernel call fails, no process, handle or wait is left", async () => {
  const piped = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  const failures = await eachCallFails({ ...piped, cwd: "C:\\", env: { A: "1" } });
  assertEquals(failures.get("CreateNamedPipeW"), 3);
  for (
    const name of ["CreateProcessW", "ResumeThread", "IsProcessInJob", "CreateIoCompletionPort"]
  ) {
    assert((failures.get(name) ?? 0) > 0, `${name} was never called`);
  }
  const duplicated = await eachCallFails({ stdout: "inherit", stderr: "null" }, true);
  assert((duplicated.get("DuplicateHandle") ?? 0) > 3);
  assert((duplicated.get("OpenProcess") ?? 0) > 0);
});

Deno.test("JobObject.spawn: a process that cannot be put into the job is ended", async () => {
  using job = killJob();
  await assertNoHandleLeft(async () => {
    const pids: number[] = [];
    {
      using _outside = substituteKernel("IsProcessInJob", () => (_process, _job, result) => {
        (result as Int32Array)[0] = 0;
        return 1;
      });
      using _refused = substituteKernel("AssignProcessToJobObject", () => (_job, process) => {
        assertEquals(kernel32.WaitForSingleObject(process, 0), WAIT.WAIT_TIMEOUT);
        pids.push(...job.pids());
        kernel32.SetLastError(ERROR.ACCESS_DENIED);
        return 0;
      });
      const error = assertThrows(() => startChild(job, "sleepforever"), Win32Error);
      assertEquals([error.api, error.code], ["AssignProcessToJobObject", ERROR.ACCESS_DENIED]);
    }
    assertEquals(pids.length, 1);
    await within(job.wait(), "its end");
  });
});
