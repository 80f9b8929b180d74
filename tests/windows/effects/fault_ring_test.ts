/**
 * Every function of the tables is made to fail: first with its reason lost, then with one that it can
 * have. The public call that uses it must tell, and leave no handle, no process and no wait.
 */
import "../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { BLOCKING_FUNCTIONS, FUNCTIONS } from "../../../ffi/functions.ts";
import { SECURITY_FUNCTIONS } from "../../../ffi/security_functions.ts";
import { advapi32, kernel32, ntdll, user32 } from "../../../ffi/library.ts";
import { JobObject } from "../../../job/job_object.ts";
import { exitWatch } from "../../../process/exit/exit_watch.ts";
import { completionPort } from "../../../process/io/completion_port.ts";
import { type Call, STOP, type World } from "../../helpers/fault_calls.ts";
import { type Fault, FAULTS } from "../../helpers/fault_trials.ts";
import { startChild, uniqueName, until, within } from "../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";

const LIBRARIES: { readonly [dll: string]: object } = { kernel32, user32, advapi32, ntdll };

/** What only isolation calls is tried by the tests of isolation. */
const ELSEWHERE = new Set(Object.values(SECURITY_FUNCTIONS).flatMap((table) => Object.keys(table)));

const NAMES: readonly string[] = [
  ...Object.values(FUNCTIONS).flatMap((table) => Object.keys(table))
    .filter((name) => !ELSEWHERE.has(name)),
  ...BLOCKING_FUNCTIONS.map((name) => `${name}Async`),
];

type Tried = Extract<Fault, { calls: unknown }>;

interface Trial {
  readonly what: string;
  readonly call: Call;
  readonly gives: number | bigint;
  readonly reason: number;
}

type AnyFunction = (...args: unknown[]) => unknown;

const FREEING: ReadonlySet<string> = new Set([
  "CloseHandle",
  "LocalFree",
  "FreeEnvironmentStringsW",
]);

/** Lets a function fail, and loses the reason or gives one. */
function failing(name: string, gives: number | bigint, reason: number): Disposable {
  const library = Object.values(LIBRARIES).find((functions) => name in functions)!;
  const real = Reflect.get(library, name) as AnyFunction;
  const value: AnyFunction = (...args) => {
    // What is said to be open or kept still would be left by the test itself.
    if (FREEING.has(name)) real(...args);
    kernel32.SetLastError(reason);
    return name.endsWith("Async") ? Promise.resolve(gives) : gives;
  };
  Object.defineProperty(library, name, { value });
  return { [Symbol.dispose]: () => void Object.defineProperty(library, name, { value: real }) };
}

/** Each call with each way to fail. */
function trialsOf({ calls, gives }: Tried): Trial[] {
  const values = typeof gives === "object" ? gives : [gives];
  // A status has its reason in itself.
  const reasons = typeof gives === "object"
    ? [ERROR.SUCCESS]
    : [ERROR.SUCCESS, ERROR.NO_SYSTEM_RESOURCES];
  return Object.entries(calls).flatMap(([what, call]) =>
    values.flatMap((value) => reasons.map((reason) => ({ what, call, gives: value, reason })))
  );
}

Deno.test("fault ring: each function of the tables has a fault, or a reason why it has none", () => {
  assertEquals(Object.keys(FAULTS).toSorted(), NAMES.toSorted());
  for (const [name, fault] of Object.entries(FAULTS)) {
    if ("calls" in fault) assert(Object.keys(fault.calls).length > 0, name);
  }
});

Deno.test("fault ring: functions without a fault return nothing, or cannot fail", () => {
  const results = new Map(
    Object.values(FUNCTIONS).flatMap((table) => Object.entries<readonly string[]>(table))
      .map(([name, [result]]) => [name, result]),
  );
  const constants: string[] = [];
  for (const [name, fault] of Object.entries(FAULTS)) {
    if (!("cannotFail" in fault)) continue;
    assertEquals(results.get(name) === "void", fault.cannotFail === "void", name);
    if (fault.cannotFail === "constant") constants.push(name);
  }
  // A new one is to be looked up in the system's documentation first.
  assertEquals(constants, [
    "GetLastError",
    "GetCurrentProcess",
    "GetCurrentProcessId",
    "GetCommandLineW",
    "GetErrorMode",
    "SetErrorMode",
  ]);
});

Deno.test("fault ring: the public call reports it, and leaves no handle, process or wait", async () => {
  const file = await Deno.makeTempFile();
  const count = { functions: 0, calls: 0 };
  const wrong: string[] = [];
  for (const [name, fault] of Object.entries(FAULTS)) {
    if (!("calls" in fault)) continue;
    count.functions++;
    const before = [completionPort.refs, completionPort.sources, exitWatch.size];
    const job = JobObject.create({ name: uniqueName("ring"), killOnClose: true });
    const child = startChild(job, "sleepforever");
    const world: World = { job, child, file };
    for (const { what, call, gives, reason } of trialsOf(fault)) {
      count.calls++;
      const about = `${name}, ${what}, gives ${gives}, reason ${reason}`;
      try {
        await assertNoHandleLeft(async () => {
          using failed = failing(name, gives, reason);
          STOP.fault = failed;
          await call(world);
        }, about);
        // A child whose end was told as unknown may still be ending.
        assertEquals(await until(() => job.pids(), ({ length }) => length === 1), [child.pid]);
      } catch (error) {
        wrong.push(`${about}: ${error instanceof Error ? error.message : error}`);
      }
    }
    job.terminate();
    await within(child.status, "the child's end");
    job.close();
    await within(completionPort.idle(), `the port's rest after ${name}`);
    // Markers of iterations that were left at once are still in the queue.
    completionPort.drain();
    const after = [completionPort.refs, completionPort.sources, exitWatch.size];
    if (String(after) !== String(before)) wrong.push(`${name}: left ${after}, not ${before}`);
  }
  await Deno.remove(file);
  const excused = NAMES.length - count.functions;
  const text = `fault ring: ${count.functions} functions failed in ${count.calls} calls, ` +
    `${excused} excused, of ${NAMES.length}\n`;
  await Deno.stdout.write(new TextEncoder().encode(text));
  assertEquals(wrong, []);
});
