import "../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { INVALID_HANDLE_VALUE } from "../../../ffi/handle.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { JobObject } from "../../../job/job_object.ts";
import { completionPort } from "../../../process/io/completion_port.ts";
import { exitWatch } from "../../../process/exit/exit_watch.ts";
import type { SpawnOptions } from "../../../process/spawn_options.ts";
import { startChild, within } from "../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

function killJob(): JobObject {
  return JobObject.create({ killOnClose: true });
}

/** What each call of a start gives when it fails. */
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
  GetShortPathNameW: 0,
  GetFileAttributesW: 0xffff_ffff,
  SetFileCompletionNotificationModes: 0,
  GetStdHandle: 0n,
};

/** Calls of a start that cannot fail, or belong to its undoing and to the wait. */
const UNFAILING: ReadonlySet<string> = new Set([
  ...["GetLastError", "GetCurrentProcess", "lstrlenW", "RtlMoveMemory", "RtlMoveMemory$write"],
  ...["FreeEnvironmentStringsW", "DeleteProcThreadAttributeList", "LocalFree"],
  ...["GetQueuedCompletionStatusExAsync", "SetLastError"],
]);

/** Whose failure a start gets over: it does without the gain, or takes NUL for its stream. */
const OPTIONAL: ReadonlySet<string> = new Set([
  "SetFileCompletionNotificationModes",
  "GetStdHandle",
]);

/** The names of all functions that a start calls. */
async function calledBy(job: JobObject, options: SpawnOptions): Promise<Set<string>> {
  const called = new Set<string>();
  const recording = new DisposableStack();
  for (const name of Object.keys(kernel32) as "CloseHandle"[]) {
    recording.use(substituteKernel(name, (real) => (...args) => {
      called.add(name);
      return real(...args);
    }));
  }
  const child = startChild(job, "sleepforever", options);
  recording.dispose();
  await child[Symbol.asyncDispose]();
  return called;
}

/** Makes the n-th call of a start fail; returns its name. */
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
  await using owner = parent ? startChild(parents, "sleepforever") : undefined;
  const wanted = owner ? { ...options, parentPid: owner.pid } : options;
  void completionPort.handle;
  // The pool's thread and what Deno makes at a first start are not the start's.
  await within(startChild(job, "exit 0", wanted)[Symbol.asyncDispose](), "a first start");
  for (const name of await calledBy(job, wanted)) {
    assert(name in FAILING || UNFAILING.has(name), `${name} is called and never fails here`);
  }
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
  if (OPTIONAL.has(fault.failed ?? "")) assertEquals(error, undefined, about);
  else if (error !== undefined) {
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
  assertEquals(duplicated.get("GetStdHandle"), 1);
});
