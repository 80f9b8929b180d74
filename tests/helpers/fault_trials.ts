/**
 * What each function of the tables is made to give when it fails, and the public call that must tell.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { STD } from "../../ffi/constants.ts";
import { check, Win32Error } from "../../ffi/error.ts";
import { INVALID_HANDLE_VALUE } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { JobObject } from "../../job/job_object.ts";
import type { ChildProcess } from "../../process/child_process.ts";
import type { SpawnOptions } from "../../process/spawn.ts";
import { HeldFile } from "../../process/io/held_file.ts";
import { startChild, uniqueName, within } from "./job_trials.ts";

/** What the calls are tried on. */
export interface World {
  /** A named job with a member. */
  readonly job: JobObject;
  /** A process that sleeps in the job, its streams piped. */
  readonly child: ChildProcess;
  /** A file that may be written. */
  readonly file: string;
}

/** A public call that must tell that a function failed. */
export type Call = (world: World) => unknown;

/** How one function fails, and what tells; or why nothing can. */
export type Fault =
  | { readonly gives: number | bigint; readonly calls: { readonly [call: string]: Call } }
  | { readonly excused: string };

const throws = (call: (world: World) => unknown): Call => async (world) => {
  const error = await assertRejects(async () => await call(world), Error);
  assert(error instanceof Win32Error, `${error}`);
  // Never a code that reads as success.
  assert(error.code !== 0 && error.codeName !== "", error.message);
};

/** A start fails, and leaves no process. */
const start = (options: SpawnOptions = {}): Call => async ({ job }) => {
  const before = job.pids();
  let error: unknown;
  try {
    const child = startChild(job, "exit 0", options);
    await within(child.status, "a child that should not have been started");
  } catch (thrown) {
    error = thrown;
  }
  assert(error instanceof Win32Error && error.code !== 0, `${error}`);
  assertEquals(job.pids(), before);
};

const PIPED = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
const piped = start(PIPED);
const spawn = start();

/** One child of its own, since its pipes are used up; whatever comes, it is ended. */
const withChild =
  (verbs: string, use: (child: ChildProcess) => unknown): Call => async ({ job }) => {
    const child = startChild(job, verbs, PIPED);
    try {
      await use(child);
    } finally {
      STOP.fault?.[Symbol.dispose]();
      await within(child[Symbol.asyncDispose](), "the child's end");
    }
  };

/** The fault under trial, which ends before the trial tidies up. */
export const STOP: { fault: Disposable | undefined } = { fault: undefined };

const read = withChild("print hello", async (child) => {
  await throws(() => within(child.stdout.text(), "what it wrote"))(undefined as never);
});

const write = withChild("sleepforever", async (child) => {
  await throws(() => child.stdin.getWriter().write(new Uint8Array(10)))(undefined as never);
});

/** The end of a child is told as unknown. */
const statusUnknown = withChild("exit 0", async (child) => {
  const status = await within(child.status, "its end");
  assert(status.error instanceof Win32Error && status.error.code !== 0);
  assertEquals([status.success, status.usage], [false, null]);
});

/** Every call of which the answer is a query of the job. */
const QUERIES: { readonly [call: string]: Call } = Object.fromEntries(
  ([
    "stats",
    "pids",
    "processes",
    "queryMemoryStats",
    "queryProcessorStats",
    "queryStorageStats",
    "limitViolation",
    "notificationLimits",
    "limitsReached",
  ] as const)
    .map((name) => [name, throws(({ job }) => job[name]())]),
);

const changes: { readonly [call: string]: Call } = {
  setLimits: throws(({ job }) => job.setLimits({ activeProcesses: 9 })),
  setNotificationLimits: throws(({ job }) => job.setNotificationLimits({ readBytes: 9 })),
};

const VOID = "it returns nothing, so that it cannot tell of a failure";
const CONSTANT = "it gives a constant, or what always is there";

/** Every function of the tables. */
export const FAULTS: { readonly [name: string]: Fault } = {
  CreateJobObjectW: { gives: 0n, calls: { create: throws(() => JobObject.create()) } },
  OpenJobObjectW: { gives: 0n, calls: { open: throws(({ job }) => JobObject.open(job.name!)) } },
  AssignProcessToJobObject: {
    gives: 0,
    calls: { assign: throws(({ job, child }) => job.assign(child.pid)) },
  },
  TerminateJobObject: { gives: 0, calls: { terminate: throws(({ job }) => job.terminate()) } },
  SetInformationJobObject: {
    gives: 0,
    calls: {
      ...changes,
      create: throws(() => JobObject.create()),
      freeze: throws(({ job }) => job.freeze()),
      thaw: throws(({ job }) => job.thaw()),
      setIoTracking: throws(({ job }) => job.setIoTracking(true)),
      resetPeakMemory: throws(({ job }) => job.resetPeakMemory()),
      setCpuLimit: throws(({ job }) => job.setCpuLimit(1, 5000)),
      setMemoryLimit: throws(({ job }) => job.setMemoryLimit(1 << 30)),
    },
  },
  QueryInformationJobObject: {
    gives: 0,
    calls: {
      ...QUERIES,
      // The I/O rate has a function of its own.
      limits: ({ job }) => assert(job.limits().unknown?.includes("jobMemory")),
      ...changes,
      wait: throws(({ job }) => job.wait()),
      create: throws(() => JobObject.create({ name: uniqueName("fault") })),
    },
  },
  IsProcessInJob: {
    gives: 0,
    calls: { contains: throws(({ job, child }) => job.contains(child.pid)), spawn },
  },
  SetIoRateControlInformationJobObject: {
    gives: 0,
    calls: { setLimits: throws(({ job }) => job.setLimits({ ioIops: 500 })) },
  },
  QueryIoRateControlInformationJobObject: {
    gives: 0,
    calls: {
      setLimits: throws(({ job }) => job.setLimits({ ioIops: 500 })),
      limits: ({ job }) => {
        const { unknown, unknownReason } = job.limits();
        assertEquals(unknown, ["ioBandwidth", "ioIops"]);
        assert(unknownReason instanceof Win32Error && unknownReason.code !== 0);
      },
    },
  },
  FreeMemoryJobObject: { excused: VOID },
  GetLastError: { excused: "its loss is what the first pass tries with every function" },
  SetLastError: { excused: VOID },
  FormatMessageW: {
    gives: 0,
    calls: { systemMessage: () => assertEquals(new Win32Error(5, "X", "").systemMessage(), "") },
  },
  CloseHandle: { gives: 0, calls: { close: throws(() => JobObject.create().close()) } },
  DuplicateHandle: { gives: 0, calls: { spawn: start({ stdout: "inherit" }) } },
  SetHandleInformation: { gives: 0, calls: { spawn } },
  LocalAlloc: { gives: 0n, calls: { spawn, piped } },
  LocalFree: { excused: "what it does not free is lost, and no result is wrong" },
  RtlMoveMemory: { excused: VOID },
  RtlMoveMemory$write: { excused: VOID },
  lstrlenW: { gives: 0, calls: { spawn } },
  CreateProcessW: { gives: 0, calls: { spawn, piped } },
  InitializeProcThreadAttributeList: { gives: 0, calls: { spawn, piped } },
  UpdateProcThreadAttribute: { gives: 0, calls: { spawn, piped } },
  DeleteProcThreadAttributeList: { excused: VOID },
  ResumeThread: { gives: 0xffff_ffff, calls: { spawn, piped } },
  OpenProcess: {
    gives: 0n,
    calls: {
      assign: throws(({ job, child }) => job.assign(child.pid)),
      contains: throws(({ job, child }) => job.contains(child.pid)),
      spawn: start({ parentPid: Deno.pid }),
      processes: ({ job, child }) => {
        const entry = job.processes().find(({ pid }) => pid === child.pid);
        assertEquals(entry?.usage, undefined);
      },
    },
  },
  TerminateProcess: { gives: 0, calls: { kill: throws(({ child }) => child.kill()) } },
  WaitForSingleObject: { gives: 0xffff_ffff, calls: { status: statusUnknown } },
  GetExitCodeProcess: {
    gives: 0,
    calls: {
      status: withChild("exit 0", async (child) => {
        const { success, code, error } = await within(child.status, "its end");
        assertEquals([success, code, error instanceof Win32Error], [false, null, true]);
      }),
    },
  },
  GetProcessTimes: {
    gives: 0,
    calls: { usage: throws(({ child }) => child.usage()) },
  },
  GetProcessIoCounters: {
    gives: 0,
    calls: { usage: ({ child }) => assertEquals(child.usage().io, undefined) },
  },
  GetProcessHandleCount: {
    gives: 0,
    calls: {
      check: throws(() =>
        check(
          kernel32.GetProcessHandleCount(0n, new Uint32Array(1)),
          "GetProcessHandleCount",
          "Cannot count",
        )
      ),
    },
  },
  K32GetProcessMemoryInfo: {
    gives: 0,
    calls: { usage: ({ child }) => assertEquals(child.usage().memory, undefined) },
  },
  QueryFullProcessImageNameW: {
    gives: 0,
    calls: {
      // The file's name alone, which the list of processes has.
      processes: ({ job, child }) => {
        const entry = job.processes().find(({ pid }) => pid === child.pid);
        assertEquals(entry?.image, "child.exe");
      },
    },
  },
  GetCurrentProcess: { excused: CONSTANT },
  GetCurrentProcessId: { excused: CONSTANT },
  GetProcessAffinityMask: { excused: "only the doctor asks, by check()" },
  GetActiveProcessorCount: {
    gives: 0,
    calls: { setLimits: throws(({ job }) => job.setLimits({ cpu: { hardCapCpus: 0.5 } })) },
  },
  CreateToolhelp32Snapshot: {
    gives: INVALID_HANDLE_VALUE,
    calls: { processes: throws(({ job }) => job.processes()) },
  },
  Process32FirstW: { gives: 0, calls: { processes: throws(({ job }) => job.processes()) } },
  Process32NextW: { gives: 0, calls: { processes: throws(({ job }) => job.processes()) } },
  GetCommandLineW: { excused: CONSTANT },
  GetEnvironmentStringsW: { gives: 0n, calls: { spawn } },
  FreeEnvironmentStringsW: { excused: "what it does not free is lost, and no result is wrong" },
  GetSystemDirectoryW: { gives: 0, calls: { spawn } },
  GetWindowsDirectoryW: { gives: 0, calls: { spawn } },
  GetCurrentDirectoryW: { gives: 0, calls: { spawn } },
  GetFullPathNameW: { gives: 0, calls: { spawn: start({ cwd: "C:\\" }) } },
  GetShortPathNameW: { excused: "a folder without a short name is refused: see folder_test.ts" },
  GetFileAttributesW: { gives: 0xffff_ffff, calls: { spawn: start({ cwd: "C:\\" }) } },
  GetErrorMode: { excused: CONSTANT },
  SetErrorMode: { excused: "it gives the mode before, and has no failure" },
  GetStdHandle: { excused: "what it does not give is NUL, as for a program without a console" },
  GenerateConsoleCtrlEvent: {
    excused: "a break that is not sent is no failure: see child_process_test.ts",
  },
  CreateIoCompletionPort: { gives: 0n, calls: { piped } },
  GetQueuedCompletionStatusEx: { excused: "looks of a timer: see completion_port_test.ts" },
  GetQueuedCompletionStatusEx$memory: { excused: "the port's own call is the next one" },
  GetQueuedCompletionStatusEx$memoryAsync: {
    excused: "not tried: the wait under way is a real one",
  },
  PostQueuedCompletionStatus: {
    gives: 0,
    calls: { notifications: throws(({ job }) => job.notifications()) },
  },
  CreateNamedPipeW: { gives: INVALID_HANDLE_VALUE, calls: { piped } },
  CreateFileW: {
    gives: INVALID_HANDLE_VALUE,
    calls: { spawn, piped, held: throws(({ file }) => HeldFile.open(file)) },
  },
  ReadFile: { gives: 0, calls: { read } },
  WriteFile: { gives: 0, calls: { write } },
  WriteFile$bytes: { excused: "held files only: see held_file_test.ts" },
  WriteFile$bytesAsync: { excused: "held files only: see held_file_test.ts" },
  GetFileInformationByHandle: { excused: "compared files only: see file_identity_test.ts" },
  GetFileType: {
    gives: 0,
    calls: {
      spawn: ({ job }) => {
        const before = job.pids();
        const handle = kernel32.GetStdHandle(STD.OUTPUT_HANDLE);
        assertThrows(() => startChild(job, "exit 0", { stdout: { handle } }), TypeError);
        assertEquals(job.pids(), before);
      },
    },
  },
  SetEndOfFile: { excused: "held files only: see held_file_test.ts" },
  GetOverlappedResult: { gives: 0, calls: { read, write } },
  SetFileCompletionNotificationModes: { excused: "without it each operation sends its packet" },
  CancelIoEx: { excused: "closing the handle, which follows, ends the operation too" },
  RtlGetVersion: { excused: "only the doctor asks, and reads its status" },
  NtQueryInformationProcess: { excused: "gives a status, and the command line is then unknown" },
  UserHandleGrantAccess: {
    gives: 0,
    calls: { userHandleGrantAccess: throws(({ job }) => job.userHandleGrantAccess(1n)) },
  },
  OpenProcessToken: { excused: "the limit that needs the privilege tells: see privilege_test.ts" },
  LookupPrivilegeValueW: { excused: "the limit that needs the privilege tells" },
  AdjustTokenPrivileges: { excused: "the limit that needs the privilege tells" },
};
