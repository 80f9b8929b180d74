import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { BIRTH, ERROR, HANDLE, STANDARD_RIGHTS, TOKEN, WAIT } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { OwnedHandle } from "../../../../ffi/handle.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { decodeWide, encodeWide } from "../../../../ffi/strings.ts";
import { SID } from "../../../../isolation/sid.ts";
import { openOwnToken, openToken, readToken, restrictToken } from "../../../../isolation/token.ts";
import type { Birth } from "../../../../process/start/birth.ts";
import {
  abandon,
  ABANDONED,
  type Container,
  launch,
  type Launched,
  resume,
} from "../../../../process/start/launch.ts";
import { prepareProgram, type Program } from "../../../../process/start/program.ts";
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

/** A start whose calls of CreateProcessW are refused one after the other, and then made. */
function refused(
  program: Program,
  refusals: readonly number[],
  use: (start: { cage: Cage; calls: () => number; launch: () => Launched }) => void,
): void {
  using cage = new Cage();
  let calls = 0;
  using _refusing = substituteKernel("CreateProcessW", (real) => (...args) => {
    const refusal = refusals[calls++];
    // What a test calls packaged is in no such folder.
    if (refusal === undefined) return real(encodeWide(SLEEPER.application), ...skipFirst(args));
    kernel32.SetLastError(refusal);
    return 0;
  });
  using nul = openNul();
  const stdio: [bigint, bigint, bigint] = [nul.value, nul.value, nul.value];
  use({ cage, calls: () => calls, launch: () => launch(program, { stdio, container: cage }) });
}

function skipFirst<T extends unknown[]>([, ...rest]: [unknown, ...T]): T {
  return rest;
}

const PACKAGED: Program = {
  ...SLEEPER,
  application: "C:\\Users\\u\\AppData\\Local\\Microsoft\\WindowsApps\\winget.exe",
};

Deno.test("launch: if the system refuses the job at the start, the process is assigned before it runs", () => {
  const trials = [[SLEEPER, ERROR.NOT_SUPPORTED], [PACKAGED, ERROR.ACCESS_DENIED]] as const;
  for (const [program, refusal] of trials) {
    refused(program, [refusal], ({ cage, calls, launch }) => {
      using process = launch().process;
      // The second attempt was made without the job's attribute.
      assertEquals([calls(), cage.assigned], [2, 1]);
      assertEquals(cage.contains(process.value), true);
    });
  }
});

Deno.test("launch: a second refusal keeps the first as its cause", () => {
  refused(PACKAGED, [ERROR.ACCESS_DENIED, ERROR.BAD_EXE_FORMAT], ({ launch }) => {
    const error = assertThrows(launch, Win32Error);
    const cause = error.cause as Win32Error;
    assertEquals([error.code, cause.code], [ERROR.BAD_EXE_FORMAT, ERROR.ACCESS_DENIED]);
  });
});

Deno.test("launch: a failure that the job did not cause is not tried again", () => {
  for (
    const [refusal, code] of [
      [ERROR.BAD_EXE_FORMAT, ERROR.BAD_EXE_FORMAT],
      [ERROR.ACCESS_DENIED, ERROR.ACCESS_DENIED],
      [ERROR.INVALID_PARAMETER, ERROR.INVALID_PARAMETER],
      [ERROR.SUCCESS, ERROR.GEN_FAILURE],
    ] as const
  ) {
    refused(SLEEPER, [refusal], ({ calls, launch }) => {
      const error = assertThrows(launch, Win32Error);
      assertEquals([error.code, error.api, calls()], [code, "CreateProcessW", 1]);
    });
  }
});

Deno.test("abandon: a process that cannot be ended is an error, one that has ended is not", () => {
  using cage = new Cage();
  const { process, pid } = launch(SLEEPER, { stdio: STDIO, container: cage });
  using _process = process;
  {
    using _refusing = substituteKernel("TerminateProcess", () => () => {
      kernel32.SetLastError(ERROR.SUCCESS);
      return 0;
    });
    const says = `Cannot end process ${pid}, whose start failed: TerminateProcess`;
    assertThrows(() => abandon(process, pid), Win32Error, says);
  }
  abandon(process, pid);
  assert(hasEnded(process, 20_000));
  abandon(process, pid);
});

Deno.test("launch: a process that its job refuses is ended, and its handles are closed", async () => {
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

/** Fewer rights that leave out nothing; a look at the process that does what the test wants. */
function birthOf(part: Partial<Birth> & { verify: Birth["verify"] }): Birth {
  return {
    attributes: [],
    isolation: { restrictions: [], cleanup: Promise.resolve([]) },
    ...part,
  };
}

function launchBirth(cage: Cage, birth: Birth): Launched {
  return launch(SLEEPER, { stdio: STDIO, container: cage, birth });
}

Deno.test("launch: with a token the process starts with it, in the job, and is inspected first", () => {
  using own = openOwnToken();
  const admins = SID.administrators;
  using token = restrictToken(own.value, { denyOnly: [admins], privileges: [] });
  using cage = new Cage();
  let seen: unknown;
  const { process } = launchBirth(
    cage,
    birthOf({
      token: token.value,
      verify: (born) => {
        using theirs = openToken(born.process, TOKEN.TOKEN_QUERY);
        const group = readToken(theirs.value).groups.find(({ sid }) => sid === admins);
        seen = [group?.denyOnly, cage.contains(born.process), cage.assigned];
      },
    }),
  );
  using _process = process;
  assertEquals(seen, [true, true, 0]);
});

Deno.test("launch: an error of the inspection ends the process before its first instruction", async () => {
  using cage = new Cage();
  let born: OwnedHandle | undefined;
  await assertNoHandleLeft(() => {
    const verify = ({ pid }: { pid: number }): void => {
      born = new OwnedHandle(kernel32.OpenProcess(STANDARD_RIGHTS.SYNCHRONIZE, 0, pid), "it");
      throw new RangeError("not as asked");
    };
    assertThrows(() => launchBirth(cage, birthOf({ verify })), RangeError, "not as asked");
    assert(hasEnded(born!, 20_000));
    born!.close();
  });
});

Deno.test("launch: with fewer rights there is no second attempt, whatever is refused", () => {
  for (const code of [ERROR.ACCESS_DENIED, ERROR.NOT_SUPPORTED, ERROR.INVALID_PARAMETER]) {
    using cage = new Cage();
    let calls = 0;
    using _refusing = substituteKernel("CreateProcessW", () => () => {
      calls++;
      kernel32.SetLastError(code);
      return 0;
    });
    const verify = (): void => {
      throw new Error("nothing was born");
    };
    using nul = openNul();
    const stdio: [bigint, bigint, bigint] = [nul.value, nul.value, nul.value];
    const options = { stdio, container: cage, birth: birthOf({ verify }) };
    const error = assertThrows(() => launch(PACKAGED, options), Win32Error);
    assertEquals([error.code, calls], [code, 1]);
  }
});

Deno.test("launch: an attribute that the system does not know is an error, not a start without", () => {
  using cage = new Cage();
  let calls = 0;
  using _counting = substituteKernel("CreateProcessW", (real) => (...args) => {
    calls++;
    return real(...args);
  });
  const container = BIRTH.PROC_THREAD_ATTRIBUTE_SECURITY_CAPABILITIES;
  const birth = birthOf({ attributes: [[container, new Uint8Array(24)]], verify: () => {} });
  assertThrows(() => launchBirth(cage, birth).process.close(), Win32Error);
  // A Windows that knows the attribute refuses the empty value at the start itself.
  assert(calls <= 1);
});

Deno.test("launch: a token of 0, or one beside a parent, is refused before any call", () => {
  using cage = new Cage();
  using _never = substituteKernel("CreateProcessW", () => () => {
    throw new Error("called");
  });
  const birth = birthOf({ token: 0n, verify: () => {} });
  assertThrows(() => launchBirth(cage, birth), TypeError, "without its own token");
  const options = { stdio: STDIO, container: cage, parent: 4n };
  assertThrows(
    () => launch(SLEEPER, { ...options, birth: birthOf({ verify: () => {} }) }),
    TypeError,
  );
});

Deno.test("launch: a thread that was not suspended exactly once ends the start", () => {
  for (const previous of [0, 2]) {
    using cage = new Cage();
    using _other = substituteKernel("ResumeThread", () => () => previous);
    assertThrows(() => launchBirth(cage, birthOf({ verify: () => {} })), Error, "suspended");
  }
});

Deno.test("launch: the process gets the desktop that was named", () => {
  using cage = new Cage();
  let name = "";
  using _seen = substituteKernel("CreateProcessW", (real) => (...args) => {
    const startup = args[8] as DataView;
    const address = startup.getBigUint64(16, true);
    const units = new Uint16Array(64);
    kernel32.RtlMoveMemory(units, address, BigInt(2 * (kernel32.lstrlenW(address) + 1)));
    name = decodeWide(units);
    return real(...args);
  });
  launchBirth(cage, birthOf({ desktop: "WinSta0\\default", verify: () => {} })).process.close();
  assertEquals(name, "WinSta0\\default");
});
