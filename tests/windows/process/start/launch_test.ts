import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR, HANDLE, WAIT } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import type { OwnedHandle } from "../../../../ffi/handle.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { ABANDONED, type Container, launch, resume } from "../../../../process/start/launch.ts";
import { prepareProgram } from "../../../../process/start/program.ts";
import { openStandardHandles } from "../../../../process/start/stdio.ts";
import { CHILD } from "../../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { hasEnded } from "../../../helpers/process_watch.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

/** A job without the module's own class. */
class Cage implements Container, Disposable {
  readonly handle: bigint = kernel32.CreateJobObjectW(null, null);
  assigned = 0;

  assign(process: bigint): void {
    this.assigned++;
    assert(kernel32.AssignProcessToJobObject(this.handle, process));
  }

  contains(process: bigint): boolean {
    const result = new Int32Array(1);
    assert(kernel32.IsProcessInJob(process, this.handle, result));
    return result[0] !== 0;
  }

  [Symbol.dispose](): void {
    kernel32.TerminateJobObject(this.handle, 1);
    kernel32.CloseHandle(this.handle);
  }
}

/** A handle that can be inherited. */
function openNul(): OwnedHandle {
  const undo = new DisposableStack();
  const kinds = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const [nul, ...others] = openStandardHandles(kinds, undo).theirs;
  undo.move();
  for (const other of others) other.close();
  return nul;
}

const SLEEPER = prepareProgram(CHILD, { args: ["sleepforever"] });
const STDIO: [bigint, bigint, bigint] = [0n, 0n, 0n];

Deno.test("launch: the process is born in the job, and runs", () => {
  using cage = new Cage();
  const { process, thread, pid } = launch(prepareProgram(CHILD, { args: ["exit", "7"] }), {
    stdio: STDIO,
    container: cage,
  });
  using _process = process;
  assertEquals([cage.contains(process.value), cage.assigned, thread], [true, 0, undefined]);
  assert(pid > 0);
  assert(hasEnded(process, 20_000));
  const code = new Uint32Array(1);
  assert(kernel32.GetExitCodeProcess(process.value, code));
  assertEquals(code[0], 7);
});

Deno.test("launch: suspended, it runs when its thread is resumed", () => {
  using cage = new Cage();
  const { process, thread } = launch(prepareProgram(CHILD), {
    stdio: STDIO,
    container: cage,
    suspended: true,
  });
  using _process = process;
  assertEquals(hasEnded(process, 100), false);
  using resumed = thread!;
  resume(resumed, "Cannot resume the child");
  assert(hasEnded(process, 20_000));
});

Deno.test("launch: where the job is refused at birth, the process is assigned before it runs", () => {
  for (
    const refusal of [
      ERROR.ACCESS_DENIED,
      ERROR.GEN_FAILURE,
      ERROR.NOT_SUPPORTED,
      ERROR.INVALID_PARAMETER,
    ]
  ) {
    using cage = new Cage();
    let calls = 0;
    using _refusing = substituteKernel("CreateProcessW", (real) => (...args) => {
      if (++calls > 1) return real(...args);
      kernel32.SetLastError(refusal);
      return 0;
    });
    using nul = openNul();
    const { process } = launch(SLEEPER, {
      stdio: [nul.value, nul.value, nul.value],
      container: cage,
    });
    using _process = process;
    // The second attempt was made without the job's attribute.
    assertEquals([calls, cage.assigned], [2, 1]);
    assertEquals(cage.contains(process.value), true);
  }
});

Deno.test("launch: a failure that the job has no part in is not tried again", () => {
  using cage = new Cage();
  let calls = 0;
  using _refusing = substituteKernel("CreateProcessW", () => () => {
    calls++;
    kernel32.SetLastError(ERROR.BAD_EXE_FORMAT);
    return 0;
  });
  using nul = openNul();
  const error = assertThrows(
    () => launch(SLEEPER, { stdio: [nul.value, nul.value, nul.value], container: cage }),
    Win32Error,
  );
  assertEquals([error.code, error.api, calls], [ERROR.BAD_EXE_FORMAT, "CreateProcessW", 1]);
});

Deno.test("launch: a process that its job does not take is ended, and its handles are closed", async () => {
  using cage = new Cage();
  await assertNoHandleLeft(() => {
    let process = 0n;
    const container: Container = {
      handle: cage.handle,
      contains: () => false,
      assign: (handle) => {
        const copy = new BigUint64Array(1);
        const self = kernel32.GetCurrentProcess();
        assert(
          kernel32.DuplicateHandle(self, handle, self, copy, 0, 0, HANDLE.DUPLICATE_SAME_ACCESS),
        );
        process = copy[0]!;
        throw new Error("not this one");
      },
    };
    assertThrows(() => launch(SLEEPER, { stdio: STDIO, container }), Error, "not this one");
    assertEquals(kernel32.WaitForSingleObject(process, 20_000), WAIT.WAIT_OBJECT_0);
    const code = new Uint32Array(1);
    assert(kernel32.GetExitCodeProcess(process, code));
    assertEquals(code[0], ABANDONED);
    kernel32.CloseHandle(process);
  });
});
