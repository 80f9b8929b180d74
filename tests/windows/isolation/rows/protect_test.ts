import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ACCESS, ERROR, SECURITY, TOKEN_INFORMATION_CLASS } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../../../../ffi/handle.ts";
import { advapi32, kernel32 } from "../../../../ffi/library.ts";
import { struct } from "../../../../ffi/struct.ts";
import { STRUCTS } from "../../../../ffi/structs.ts";
import { IsolationNotAppliedError } from "../../../../isolation/errors.ts";
import { isolate } from "../../../../isolation/isolate.ts";
import { ProtectWork } from "../../../../isolation/rows/protect.ts";
import { Descriptor, readSecurity, setSecurity } from "../../../../isolation/security.ts";
import { SID } from "../../../../isolation/sid.ts";
import { NewThread } from "../../../../isolation/threads.ts";
import { openOwnToken, readToken, restrictToken } from "../../../../isolation/token.ts";
import type { Born } from "../../../../isolation/work.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { failEachInTurn, type Failing, FAULT } from "../../../helpers/failing_calls.ts";
import { HOSTILE, passGates, runIsolated } from "../../../helpers/isolated_runs.ts";
import { CHILD, uniqueName } from "../../../helpers/job_trials.ts";
import { substituteFunction, substituteKernel } from "../../../helpers/substituted_kernel.ts";

const WISH = { admin: false, protect: true } as const;

/** Runs the hostile program with several tries, and pairs each with the line that it printed. */
async function tryAll(tries: readonly string[], name: string): Promise<string[]> {
  const args = tries.join(" then ").split(" ");
  const { stdout } = await runIsolated(WISH, args, { command: HOSTILE, name });
  const lines = stdout.split("\r\n");
  return tries.map((words, at) => `${words}: ${lines[at]}`);
}

Deno.test("protect: a hostile command cannot open jobbox or the job, nor be the child of jobbox", async () => {
  const name = uniqueName("protected");
  const tries = [
    // TERMINATE, WRITE_DAC, DUP_HANDLE, QUERY_INFORMATION of the process.
    ...["0x1", "0x40000", "0x40", "0x400"].map((mask) => `process ${Deno.pid} ${mask}`),
    // SET_ATTRIBUTES, TERMINATE, WRITE_DAC of the job.
    ...["0x2", "0x8", "0x40000"].map((mask) => `job ${name} ${mask}`),
    // TERMINATE, SUSPEND_RESUME, SET_CONTEXT, WRITE_DAC of each thread.
    ...["0x1", "0x2", "0x10", "0x40000"].map((mask) => `threads ${Deno.pid} ${mask}`),
    `token ${Deno.pid}`,
    `parent ${Deno.pid}`,
  ];
  assertEquals(await tryAll(tries, name), tries.map((words) => `${words}: denied 5`));
});

Deno.test("protect: a hostile command cannot open the threads that jobbox starts meanwhile", async () => {
  // WRITE_DAC: the owner of a thread has it too, unless the list says otherwise.
  const tries = [`watch ${Deno.pid} 0x40000 10`];
  const run = tryAll(tries, uniqueName("protected"));
  let isOver = false;
  const over = (): void => void (isOver = true);
  run.then(over, over);
  const files = Deno.makeTempDirSync();
  while (!isOver) {
    // A thread of the system's, and those of Deno's own pool.
    new NewThread()[Symbol.dispose]();
    await Promise.all(Array.from({ length: 8 }, () => Deno.stat(files)));
  }
  Deno.removeSync(files);
  assertEquals(await run, tries.map((words) => `${words}: denied 5`));
});

Deno.test("protect: this program itself still uses its job", async () => {
  const name = uniqueName("protected");
  const { restrictions } = await runIsolated(WISH, ["exit", "0"], { name });
  assertEquals(restrictions.map(({ row }) => row), ["admin", "protect"]);
});

/** Goes to the second gate with a fault, which must say so before the first instruction. */
function refusedWith(fault: Disposable): string {
  using _fault = fault;
  using job = JobObject.create({ killOnClose: true, name: uniqueName("protected") });
  const error = assertThrows(
    () => job.spawn(CHILD, { args: ["exit", "0"], isolation: WISH }),
    IsolationNotAppliedError,
  );
  assertEquals(error.row, "protect");
  return error.read;
}

Deno.test("protect: WRITE_DAC detects an owner that may rewrite the rights", () => {
  const read = refusedWith(
    substituteKernel("OpenProcess", (real) => (rights, inherit, pid) => {
      // What the owner could do, had the owner been left as it was.
      if (rights === 0x40000) return kernel32.CreateJobObjectW(null, null);
      return real(rights, inherit, pid);
    }),
  );
  assertEquals(read, "it opens jobbox for WRITE_DAC");
});

Deno.test("protect: a thread that starts later and opens is noticed, and the message says so", () => {
  const read = refusedWith(
    substituteKernel("CreateThread", (real) => (...args) => {
      const handle = real(...args);
      // What a system does that gives a new thread other rights than the token says.
      const kind = SECURITY.SE_KERNEL_OBJECT;
      const parts = SECURITY.DACL_SECURITY_INFORMATION;
      setSecurity({ handle, kind, what: "a thread" }, "D:(A;;GA;;;BA)(A;;0x10;;;WD)", parts);
      return handle;
    }),
  );
  assertEquals(read, "it opens a thread that starts later for SET_CONTEXT");
});

Deno.test("protect: an owner that may rewrite the rights of a later thread is noticed", () => {
  const read = refusedWith(
    substituteFunction(advapi32, "SetTokenInformation", (real) => (token, kind, memory, size) => {
      // The list of another system, in which owners keep their rights.
      if (kind !== TOKEN_INFORMATION_CLASS.TokenDefaultDacl) return real(token, kind, memory, size);
      using rights = new Descriptor("D:(A;;GA;;;BA)(A;;GA;;;SY)");
      const list = struct(STRUCTS, "TOKEN_DEFAULT_DACL").encode({ DefaultDacl: rights.dacl });
      return real(token, kind, list, size);
    }),
  );
  assertEquals(read, "it opens a thread that starts later for WRITE_DAC");
});

Deno.test("protect: the trial of a program that is no administrator first closes threads that came since", () => {
  using own = openOwnToken();
  using token = restrictToken(own.value, { denyOnly: [SID.administrators], privileges: [] });
  const facts = { ...readToken(own.value), groups: [] };
  const work = new ProtectWork(facts, { handle: 0n, name: undefined });
  work.apply({ denyOnly: [], removed: [], env: {}, clearEnv: false, attributes: [] });
  using later = new NewThread();
  const rights = ACCESS.READ_CONTROL | ACCESS.WRITE_DAC;
  using thread = new OwnedHandle(kernel32.OpenThread(rights, 0, later.id), "a thread");
  const object = { handle: thread.value, kind: SECURITY.SE_KERNEL_OBJECT, what: "a thread" };
  const parts = SECURITY.DACL_SECURITY_INFORMATION;
  setSecurity(object, "D:(A;;GA;;;WD)", parts);
  // Refused in the end: this program stands for the process, which must open itself.
  const born = { pid: Deno.pid, tokenHandle: token.value } satisfies Partial<Born>;
  assertThrows(() => work.readBack(born as unknown as Born), IsolationNotAppliedError);
  const read = readSecurity(object, parts);
  assert(!read.includes("WD") && /\(A;;\w+;;;(OW|S-1-3-4)\)/.test(read), read);
});

Deno.test("protect: a refusal for another reason is not evidence", () => {
  const read = refusedWith(
    substituteKernel("OpenJobObjectW", () => () => {
      kernel32.SetLastError(ERROR.FILE_NOT_FOUND);
      return 0n;
    }),
  );
  assertEquals(read, "the job for SET_ATTRIBUTES: ERROR_FILE_NOT_FOUND");
});

Deno.test("protect: a token that cannot open anything is not evidence", () => {
  const read = refusedWith(
    substituteKernel("OpenProcess", () => () => {
      kernel32.SetLastError(ERROR.ACCESS_DENIED);
      return 0n;
    }),
  );
  assertEquals(read.startsWith("with its token it cannot open itself"), true, read);
});

Deno.test("protect: our own token is back after the attempts, also when one throws", () => {
  let own = true;
  using _on = substituteFunction(advapi32, "ImpersonateLoggedOnUser", (real) => (token) => {
    own = false;
    return real(token);
  });
  using _off = substituteFunction(advapi32, "RevertToSelf", (real) => () => {
    own = true;
    return real();
  });
  assertThrows(() =>
    refusedWith(
      substituteKernel("OpenJobObjectW", () => () => {
        throw new RangeError("a fault of the test");
      }),
    )
  );
  assertEquals(own, true);
});

Deno.test("protect: rights that the system does not set are an error before the start", () => {
  using _fault = substituteFunction(advapi32, "SetSecurityInfo", () => () => ERROR.ACCESS_DENIED);
  const start = { command: CHILD, options: {} };
  const place = { job: { handle: 0n, name: undefined } };
  assertThrows(() => isolate(WISH, start, place), Error, "SetSecurityInfo");
});

Deno.test("protect: each call fails in turn: the command is ended, and no handle is left", async () => {
  const flag = (name: string): Failing => ({ library: advapi32, name, gives: 0 });
  const code = (name: string): Failing => ({ library: advapi32, name, gives: FAULT });
  passGates(WISH);
  const failed = await failEachInTurn([
    code("SetSecurityInfo"),
    code("GetSecurityInfo"),
    flag("ConvertStringSecurityDescriptorToSecurityDescriptorW"),
    flag("ConvertSecurityDescriptorToStringSecurityDescriptorW"),
    flag("GetSecurityDescriptorOwner"),
    flag("GetSecurityDescriptorDacl"),
    flag("SetTokenInformation"),
    flag("ImpersonateLoggedOnUser"),
    // A thread that kept the other token could not go on with the test.
    { ...flag("RevertToSelf"), isDone: true },
    { library: kernel32, name: "GetModuleHandleW", gives: 0n },
    { library: kernel32, name: "GetProcAddress", gives: 0n },
    { library: kernel32, name: "CreateThread", gives: 0n },
    // The thread is resumed all the same: nothing else could end it.
    { library: kernel32, name: "ResumeThread", gives: 0xffff_ffff, isDone: true },
    { library: kernel32, name: "CreateToolhelp32Snapshot", gives: INVALID_HANDLE_VALUE },
    { library: kernel32, name: "Thread32First", gives: 0 },
  ], {
    act: () => passGates(WISH),
    check: (name, error) => {
      assert(error instanceof Win32Error && error.api === name, `${name}: ${error}`);
    },
    times: 2,
    late: true,
  });
  assertEquals(new Set(failed).size, 15, `${failed}`);
  passGates(WISH);
});
