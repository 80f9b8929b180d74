import "../../helpers/bound_kernel.ts";
import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { JobObject } from "../../../job/job_object.ts";
import { withKillOnClose } from "../../../job/limits/change.ts";
import { readOpenOptions, readWaitOptions } from "../../../job/options.ts";
import type { ChildProcess } from "../../../process/child_process.ts";
import { startChild, uniqueName } from "../../helpers/job_trials.ts";

Deno.test("JobObject: wrong types and unknown options are named as such by every call", async () => {
  using job = JobObject.create();
  const calls: [() => unknown, string][] = [
    [() => JobObject.create({ name: 5 } as never), "options.name must be a string, got 5"],
    [() => JobObject.create({ name: null } as never), "options.name must be a string, got null"],
    [() => JobObject.create({ nme: 1 } as never), "did you mean name?"],
    [
      () => JobObject.create({ openExisting: 1 } as never),
      "options.openExisting must be a boolean",
    ],
    [() => JobObject.create({ notifications: "yes" } as never), "options.notifications must be"],
    [() => JobObject.create({ killOnClose: 1 } as never), "options.killOnClose must be a boolean"],
    [
      () => JobObject.create({ limits: 5 } as never),
      "expected an object, written as a literal, got 5",
    ],
    [() => JobObject.create({ limits: { jobMemry: 5 } } as never), "did you mean jobMemory?"],
    [() => JobObject.open(undefined as never), "name must be a string, got undefined"],
    [() => JobObject.open("x", { rights: [] } as never), "options has no such part, only access"],
    [() => JobObject.open("x", { access: "query" } as never), "options.access must be an array"],
    [() => job.spawn(undefined as never), "command must be a path or a URL, got undefined"],
    [() => job.spawn("cmd", { limits: {} } as never), 'with "limits": options has no such part'],
    [
      () => job.terminate("1" as never),
      'exitCode must be a whole number from 0 to 4294967295, got "1"',
    ],
    [() => job.contains("4" as never), 'pid must be a whole number from 0 to 4294967295, got "4"'],
    [() => job.assign("4" as never), 'pid must be a whole number from 0 to 4294967295, got "4"'],
    [() => job.notifications({ timeout: 5 } as never), "options has no such part, only signal"],
    [() => job.setLimits({ nothing: 1 } as never), "there is no such limit"],
    [() => job.setNotificationLimits({ jobMemry: 1 } as never), "did you mean jobMemory?"],
    [() => job.setResourceLimits({ cpu: 1 } as never), "limits has no such part"],
    [() => job.setIoTracking(1 as never), "on must be a boolean, got 1"],
    [() => job.userHandleGrantAccess(5 as never), "userHandle must be a bigint, got 5"],
    [() => job.userHandleGrantAccess(5n, 1 as never), "grant must be a boolean, got 1"],
  ];
  for (const [call, says] of calls) assertThrows(call, TypeError, says, says);
  await assertRejects(
    () => job.wait({ signal: 5 as never }),
    TypeError,
    "options.signal must be an AbortSignal, got 5",
  );
  await assertRejects(() => job.wait({ timeout: 5 } as never), TypeError, "no such part");
  assertEquals(job.stats().processes.total, 0);
});

/** Every public call that takes a bag of options or limits, with one that it takes. */
function bags(job: JobObject, child: ChildProcess): [string, (bag: never) => unknown, object][] {
  const start = (options: object): void => {
    startChild(job, "exit 0", options).unref();
  };
  return [
    ["create", (bag) => JobObject.create(bag).close(), { killOnClose: true }],
    ["create limits", (limits) => JobObject.create({ limits }).close(), { activeProcesses: 3 }],
    ["open", (bag) => JobObject.open(job.name!, bag).close(), { access: ["query"] }],
    ["spawn", (bag) => job.spawn("cmd.exe", bag).unref(), { args: ["/c", "exit"] }],
    ["spawn env", (env) => start({ env }), { A: "1" }],
    ["spawn stdout", (stdout) => start({ stdout }), { path: "nul" }],
    ["spawn stdin", (stdin) => start({ stdin }), { path: "nul" }],
    ["stop", (bag) => child.stop(bag), { grace: 0 }],
    ["wait", (bag) => job.wait(bag), { signal: AbortSignal.abort("given up") }],
    ["notifications", (bag) => job.notifications(bag), { signal: AbortSignal.abort() }],
    ["setLimits", (bag) => job.setLimits(bag), { activeProcesses: 30 }],
    ["cpu", (cpu) => job.setLimits({ cpu }), { hardCap: 99 }],
    ["workingSet", (workingSet) => job.setLimits({ workingSet }), { min: 1 << 20, max: 1 << 26 }],
    ["setNotificationLimits", (bag) => job.setNotificationLimits(bag), { readBytes: 1 << 40 }],
    ["cpuRate", (cpuRate) => job.setNotificationLimits({ cpuRate }), {
      tolerance: "high",
      interval: "long",
    }],
    ["setResourceLimits", (bag) => job.setResourceLimits(bag), { memoryLimitInBytes: 1 << 30 }],
  ];
}

Deno.test("JobObject: a value that is not an options object is never taken for an empty one", async () => {
  await using job = JobObject.create({ name: uniqueName("bags") });
  const child = startChild(job, "sleepforever");
  class Options {}
  for (const [about, call, good] of bags(job, child)) {
    const wrong = [
      new Date(),
      new Map(Object.entries(good)),
      [],
      Object.values(good),
      new Set(),
      Object.assign(new Options(), good),
      Object.create({ ...good, unknownPart: 1 }),
      Object.defineProperty({ ...good }, "unknownPart", { value: 1 }),
    ];
    for (const bag of wrong) {
      const attempt = async (): Promise<void> => void await call(bag as never);
      const { message } = await assertRejects(attempt, TypeError, undefined, about);
      assertMatch(
        message,
        /an instance of "(Date|Map|Set|Options)"|got \[.*\]|unknownPart/,
        about,
      );
    }
  }
  assertEquals(job.pids(), [child.pid]);
});

Deno.test("JobObject: inherited and hidden options are options", async () => {
  await using job = JobObject.create({ name: uniqueName("bags") });
  for (const hide of [Object.create, hidden]) {
    using made = JobObject.create(hide({ limits: hide({ activeProcesses: 3 }) }));
    assertEquals(made.limits(), { activeProcesses: 3 });
    made.setLimits(hide({ cpu: hide({ hardCap: 50 }) }));
    assertEquals(made.limits().cpu, { hardCap: 50 });
    made.setResourceLimits(hide({ memoryLimitInBytes: 1 << 30 }));
    assertEquals(made.limits().jobMemory, 1 << 30);
    made.setNotificationLimits(hide({ readBytes: 5 }));
    assertEquals(made.notificationLimits(), { readBytes: 5 });
    using opened = JobObject.open(job.name!, hide({ access: ["terminate"] }));
    assertThrows(() => opened.pids(), Error, "Cannot list");
    const { signal } = new AbortController();
    const aborted = AbortSignal.abort(new Error("given up"));
    await assertRejects(() => job.wait(hide({ signal: aborted })), Error, "given up");
    const child = job.spawn(
      "cmd.exe",
      hide({ args: ["/c", "echo %A%"], env: hide({ A: "seen" }), stdout: "piped", signal }),
    );
    assertEquals((await child.stdout.text()).trim(), "seen");
    await child.stop(hide({ grace: 0 }));
  }
});

/** An object whose keys no enumeration shows. */
function hidden(bag: object): object {
  return Object.defineProperties(
    {},
    Object.fromEntries(Object.entries(bag).map(([key, value]) => [key, { value }])),
  );
}

Deno.test("withKillOnClose: two different values of kill-on-close are refused", () => {
  const wrong = [[false, true], [true, false], [true, null]] as const;
  for (const [outside, inside] of wrong) {
    assertThrows(
      () => withKillOnClose({ killOnClose: inside }, outside),
      TypeError,
      `options.killOnClose is ${outside} and options.limits.killOnClose is ${inside}`,
    );
  }
  assertEquals(withKillOnClose({ killOnClose: true }, true), { killOnClose: true });
  assertEquals(withKillOnClose({ killOnClose: null }, false), { killOnClose: false });
  assertThrows(
    () => JobObject.create({ killOnClose: true, limits: { killOnClose: false } }),
    TypeError,
    "give one of them",
  );
});

Deno.test("JobObject.create: a given limit is never lost", () => {
  let reads = 0;
  const limits = {
    get jobMemory(): number {
      return ++reads === 1 ? 8 << 20 : undefined as never;
    },
  };
  using job = JobObject.create({ limits });
  assertEquals([job.limits(), reads], [{ jobMemory: 8 << 20 }, 1]);
  let soft = 0;
  job.setNotificationLimits({
    get readBytes(): number {
      return ++soft === 1 ? 5 : undefined as never;
    },
  });
  assertEquals([job.notificationLimits(), soft], [{ readBytes: 5 }, 1]);
});

Deno.test("JobObject: if a getter closes the job, its child and limits reach no other job", () => {
  const closing = JobObject.create({ killOnClose: true });
  let other: JobObject | undefined;
  const swap = (job: JobObject): undefined => {
    job.close();
    other ??= JobObject.create({ name: uniqueName("other"), killOnClose: true });
  };
  assertThrows(
    () =>
      startChild(closing, "sleepforever", {
        get cwd() {
          return swap(closing) as never;
        },
      }),
    Error,
    "it was closed",
  );
  assertEquals(other!.stats().processes.total, 0);
  const limited = JobObject.create();
  assertThrows(
    () =>
      limited.setLimits({
        get activeProcesses() {
          limited.close();
          return 3;
        },
      }),
    Error,
    "it was closed",
  );
  assertEquals(other!.limits(), { killOnClose: true });
  other!.close();
});

Deno.test("readOpenOptions, readWaitOptions: accept their options and no others", () => {
  assertEquals(readOpenOptions("x", {}).access.length, 4);
  assertEquals(readOpenOptions("x", { access: ["query"] }), { name: "x", access: ["query"] });
  assertThrows(() => readOpenOptions("", {}), TypeError, "its name is empty");
  const { signal } = new AbortController();
  assertEquals(readWaitOptions({ signal }, "Cannot wait"), { signal });
});
