import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { Win32Error } from "../../../ffi/error.ts";
import { kernel32, ntdll } from "../../../ffi/library.ts";
import { desktopOfProcess, environmentOfProcess } from "../../../isolation/process_parameters.ts";
import type { Birth } from "../../../process/start/birth.ts";
import { launch } from "../../../process/start/launch.ts";
import { prepareProgram } from "../../../process/start/program.ts";
import { jobContainer } from "../../../job/membership.ts";
import { CHILD } from "../../helpers/job_trials.ts";
import { substituteFunction, substituteKernel } from "../../helpers/substituted_kernel.ts";

/** Looks at a process before its first instruction, and ends it. */
function lookAt(
  born: { readonly env?: Record<string, string>; readonly desktop?: string },
  look: (process: bigint) => void,
): void {
  const job = kernel32.CreateJobObjectW(null, null);
  const birth: Birth = {
    attributes: [],
    isolation: { restrictions: [], cleanup: Promise.resolve([]) },
    verify: ({ process }) => look(process),
    ...born.desktop === undefined ? {} : { desktop: born.desktop },
  };
  try {
    const { process, thread } = launch(
      prepareProgram(CHILD, { args: ["sleepforever"], clearEnv: true, env: born.env ?? {} }),
      { stdio: [0n, 0n, 0n], container: jobContainer(job, "a job"), birth, suspended: true },
    );
    process.close();
    thread!.close();
  } finally {
    kernel32.TerminateJobObject(job, 1);
    kernel32.CloseHandle(job);
  }
}

Deno.test("environmentOfProcess: returns exactly the variables that the process started with", () => {
  const env = { JOBBOX_A: "one", "JOBBOX_Ü": "x".repeat(20_000), JOBBOX_EMPTY: "" };
  lookAt({ env }, (process) => {
    const own = environmentOfProcess(process).filter(([name]) => name.startsWith("JOBBOX_"));
    assertEquals(Object.fromEntries(own), env);
  });
});

Deno.test("desktopOfProcess: returns the name that the process started with", () => {
  lookAt({ desktop: "WinSta0\\Default" }, (process) => {
    assertEquals(desktopOfProcess(process), "WinSta0\\Default");
  });
});

Deno.test("process parameters: a failed read is an error, never an empty result", () => {
  lookAt({}, (process) => {
    for (const answer of [0, 1]) {
      // A read that says yes and brings nothing is none.
      using _fault = substituteKernel("ReadProcessMemory", () => () => answer);
      assertThrows(() => environmentOfProcess(process), Win32Error, "ReadProcessMemory");
      assertThrows(() => desktopOfProcess(process), Win32Error, "ReadProcessMemory");
    }
    using _fault = substituteFunction(ntdll, "NtQueryInformationProcess", () => () => -1);
    assertThrows(() => environmentOfProcess(process), Win32Error, "NtQueryInformationProcess");
  });
});
