/**
 * The injected failure of each function in the tables, and the public call that must report it.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { LIMIT_TRIALS, type LimitTrial } from "../../cli/doctor/limit_canaries.ts";
import { CanaryJob } from "../../cli/doctor/trial.ts";
import { windowsVersion, wineVersion } from "../../cli/doctor/windows_version.ts";
import { WatchedProcess } from "../../cli/report/process_query.ts";
import { STD } from "../../ffi/constants.ts";
import { Win32Error } from "../../ffi/error.ts";
import { INVALID_HANDLE_VALUE } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { type TrialName, trials } from "../../job/conformance/trials.ts";
import { JobObject } from "../../job/job_object.ts";
import { machineName } from "../../job/machine.ts";
import { fileIdentity } from "../../process/io/file_identity.ts";
import { HeldFile } from "../../process/io/held_file.ts";
import { startChild, uniqueName, within } from "./job_trials.ts";
import { countHandles } from "./open_handles.ts";
import { substituteKernel } from "./substituted_kernel.ts";
import {
  type Call,
  changes,
  closeWhileReading,
  held,
  listed,
  piped,
  privilegeTells,
  QUERIES,
  read,
  readWeakly,
  spawn,
  spawnByName,
  start,
  startInLongFolder,
  STATUSES,
  statusUnknown,
  stop,
  throws,
  unharmed,
  waitsOnPort,
  withChild,
  write,
} from "./fault_calls.ts";

/** How one function fails and which call reports it, or why none can. */
export type Fault =
  | {
    /** What it gives when it fails; several values where a status is the result. */
    readonly gives: number | bigint | readonly number[];
    readonly calls: { readonly [call: string]: Call };
  }
  | { readonly cannotFail: "void" | "constant" };

const VOID = { cannotFail: "void" } as const;
const CONSTANT = { cannotFail: "constant" } as const;

/** A trial of a promise says with which error its call failed. */
const trialTells = (name: TrialName): Call => async () => {
  const { seen } = await trials()[name]();
  assert(seen.includes("ERROR_") && !seen.includes("ERROR_SUCCESS"), seen);
};

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
      // The I/O rate has a separate function.
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
  FreeMemoryJobObject: VOID,
  // Its loss is what the first pass tries with every function.
  GetLastError: CONSTANT,
  SetLastError: VOID,
  FormatMessageW: {
    gives: 0,
    calls: { systemMessage: () => assertEquals(new Win32Error(5, "X", "").systemMessage(), "") },
  },
  CloseHandle: { gives: 0, calls: { close: throws(() => JobObject.create().close()) } },
  DuplicateHandle: { gives: 0, calls: { spawn: start({ stdout: "inherit" }) } },
  SetHandleInformation: { gives: 0, calls: { spawn } },
  LocalAlloc: { gives: 0n, calls: { spawn, piped } },
  // What it does not free is lost, and no result is wrong.
  LocalFree: { gives: 1n, calls: { unharmed } },
  RtlMoveMemory: VOID,
  RtlMoveMemory$write: VOID,
  lstrlenW: { gives: 0, calls: { spawnByName } },
  CreateProcessW: { gives: 0, calls: { spawn, piped } },
  InitializeProcThreadAttributeList: { gives: 0, calls: { spawn, piped } },
  UpdateProcThreadAttribute: { gives: 0, calls: { spawn, piped } },
  DeleteProcThreadAttributeList: VOID,
  ResumeThread: { gives: 0xffff_ffff, calls: { spawn, piped } },
  OpenProcess: {
    gives: 0n,
    calls: {
      assign: throws(({ job, child }) => job.assign(child.pid)),
      contains: throws(({ job, child }) => job.contains(child.pid)),
      spawn: start({ parentPid: Deno.pid }),
      processes: ({ job, child }) => {
        const entry = job.processes().find(({ pid }) => pid === child.pid);
        assert(entry !== undefined && entry.usage === undefined);
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
      // The tests alone count handles, by this.
      countHandles: throws(() => countHandles()),
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
  GetCurrentProcess: CONSTANT,
  GetCurrentProcessId: CONSTANT,
  GetProcessAffinityMask: {
    gives: 0,
    calls: {
      doctor: throws(async () => {
        const [{ limits, canary }] = LIMIT_TRIALS.affinity as [Required<LimitTrial>];
        await using canaries = new CanaryJob({ limits });
        await canary(canaries);
      }),
    },
  },
  SetProcessAffinityMask: { gives: 0, calls: { trial: trialTells("affinityHolds") } },
  GetPriorityClass: { gives: 0, calls: { trial: throws(() => trials().priorityHolds()) } },
  SetPriorityClass: { gives: 0, calls: { trial: trialTells("priorityHolds") } },
  VirtualAllocEx: { gives: 0n, calls: { trial: trialTells("peaks") } },
  WriteProcessMemory: { gives: 0, calls: { trial: trialTells("peaks") } },
  GetActiveProcessorCount: {
    gives: 0,
    calls: { setLimits: throws(({ job }) => job.setLimits({ cpu: { hardCapCpus: 0.5 } })) },
  },
  GetComputerNameExW: {
    gives: 0,
    calls: { machineName: () => assertEquals(machineName(), undefined) },
  },
  CreateToolhelp32Snapshot: { gives: INVALID_HANDLE_VALUE, calls: { listed } },
  Process32FirstW: { gives: 0, calls: { listed } },
  Process32NextW: { gives: 0, calls: { listed } },
  GetCommandLineW: CONSTANT,
  GetEnvironmentStringsW: { gives: 0n, calls: { spawnByName } },
  FreeEnvironmentStringsW: { gives: 0, calls: { unharmed } },
  GetSystemDirectoryW: { gives: 0, calls: { spawnByName } },
  GetWindowsDirectoryW: { gives: 0, calls: { spawnByName } },
  GetCurrentDirectoryW: { gives: 0, calls: { spawn } },
  GetFullPathNameW: { gives: 0, calls: { spawn: start({ cwd: "C:\\" }) } },
  GetShortPathNameW: { gives: 0, calls: { spawn: startInLongFolder } },
  GetFileAttributesW: { gives: 0xffff_ffff, calls: { spawn: start({ cwd: "C:\\" }) } },
  GetErrorMode: CONSTANT,
  // It gives the mode before, which may be any.
  SetErrorMode: CONSTANT,
  GetStdHandle: {
    gives: INVALID_HANDLE_VALUE,
    calls: {
      // Without a reason it is a stream that this program was started without.
      spawn: async (world) => {
        kernel32.GetStdHandle(STD.OUTPUT_HANDLE);
        if (kernel32.GetLastError() !== 0) return start({ stdout: "inherit" })(world);
        const child = startChild(world.job, "exit 0", { stdout: "inherit" });
        assertEquals((await within(child.status, "its end")).code, 0);
      },
    },
  },
  // A stop goes on at once where no break was sent.
  GenerateConsoleCtrlEvent: { gives: 0, calls: { stop } },
  CreateIoCompletionPort: { gives: 0n, calls: { piped } },
  GetQueuedCompletionStatusEx: { gives: 0, calls: { read: readWeakly } },
  GetQueuedCompletionStatusExAsync: {
    gives: 0,
    calls: {
      read: waitsOnPort(withChild("sleepforever", async (child) => {
        await throws(() => within(child.stdout.getReader().read(), "a byte"))(undefined as never);
      })),
      notifications: waitsOnPort(throws(({ job }) => within(job.notifications().next(), "one"))),
      // The end of a child is found without messages too.
      status: waitsOnPort(withChild("exit 3", async (child) => {
        assertEquals((await within(child.status, "its end")).code, 3);
      })),
    },
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
  WriteFile$bytes: { gives: 0, calls: { held: throws(held((f) => f.write(new Uint8Array(9)))) } },
  // The same bytes are written once more, where the reason can be read.
  WriteFile$bytesAsync: {
    gives: 0,
    calls: {
      held: async (world) => {
        await held(async (opened) => {
          opened.empty();
          await opened.writeAsync(new TextEncoder().encode("once"));
        })(world);
        assertEquals(Deno.readTextFileSync(world.file), "once");
      },
      both: throws(held(async (opened) => {
        using _sync = substituteKernel("WriteFile$bytes", () => () => 0);
        await opened.writeAsync(new Uint8Array(9));
      })),
    },
  },
  GetFileInformationByHandle: {
    gives: 0,
    calls: { fileIdentity: throws(({ file }) => fileIdentity(file)) },
  },
  GetFileType: {
    gives: 0,
    calls: {
      fileIdentity: throws(({ file }) => fileIdentity(file)),
      spawn: ({ job }) => {
        const before = job.pids();
        const handle = kernel32.GetStdHandle(STD.OUTPUT_HANDLE);
        assertThrows(() => startChild(job, "exit 0", { stdout: { handle } }), TypeError);
        assertEquals(job.pids(), before);
      },
    },
  },
  SetEndOfFile: { gives: 0, calls: { held: throws(held((opened) => opened.empty())) } },
  GetOverlappedResult: { gives: 0, calls: { read, write } },
  // Without it each operation sends its packet.
  SetFileCompletionNotificationModes: { gives: 0, calls: { unharmed } },
  // Closing the handle, which follows, ends the operation too.
  CancelIoEx: { gives: 0, calls: { closeWhileReading } },
  wine_get_version: {
    gives: 0n,
    calls: { wineVersion: () => assertEquals(wineVersion(), undefined) },
  },
  RtlGetVersion: {
    gives: STATUSES,
    calls: { windowsVersion: () => assertEquals(windowsVersion(), undefined) },
  },
  NtQueryInformationProcess: {
    gives: STATUSES,
    calls: {
      commandLine: ({ child }) => {
        const process = WatchedProcess.open(child.pid);
        assert(process);
        assertEquals(process.commandLine(), undefined);
        process.close();
      },
    },
  },
  UserHandleGrantAccess: {
    gives: 0,
    calls: { userHandleGrantAccess: throws(({ job }) => job.userHandleGrantAccess(1n)) },
  },
  OpenProcessToken: {
    gives: 0,
    calls: { setLimits: privilegeTells("OpenProcessToken") },
  },
  LookupPrivilegeValueW: {
    gives: 0,
    calls: { setLimits: privilegeTells("LookupPrivilegeValueW") },
  },
  AdjustTokenPrivileges: {
    gives: 0,
    calls: { setLimits: privilegeTells("AdjustTokenPrivileges") },
  },
};
