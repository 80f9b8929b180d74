import "../../helpers/bound_kernel.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { AlreadyClosedError, OwnedHandle } from "../../../ffi/handle.ts";
import { JobObject } from "../../../job/job_object.ts";
import { completionPort } from "../../../process/io/completion_port.ts";
import { startChild, uniqueName, within } from "../../helpers/job_trials.ts";
import { assertNoHandleLeft, countHandles } from "../../helpers/open_handles.ts";
import { hasEnded, watchProcess } from "../../helpers/process_watch.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

/** Another kind of object than a job; bound here, for the product has no use for it. */
const { symbols: other } = Deno.dlopen("C:\\Windows\\System32\\kernel32.dll", {
  CreateEventW: { parameters: ["usize", "i32", "i32", "buffer"], result: "usize" },
});

function createEvent(name: string): OwnedHandle {
  const wide = new Uint16Array([...`${name}\0`].map((c) => c.charCodeAt(0)));
  return new OwnedHandle(other.CreateEventW(0n, 1, 0, wide), `event ${name}`);
}

function assertWin32(
  call: () => unknown,
  wanted: { code: number; api: string; text?: string },
): Win32Error {
  const error = assertThrows(call, Win32Error);
  assertEquals({ code: error.code, api: error.api }, { code: wanted.code, api: wanted.api });
  if (wanted.text !== undefined) assertStringIncludes(error.message, wanted.text);
  return error;
}

Deno.test("JobObject.create: a job without a name has no process", () => {
  using job = JobObject.create();
  assertStrictEquals(job.name, undefined);
  assertEquals(job.closed, false);
  assertEquals(job.pids(), []);
  using unnamed = JobObject.create({ name: "" });
  assertStrictEquals(unnamed.name, undefined);
  assertEquals(job.limits(), {});
});

Deno.test("JobObject.create: a name that is taken is refused, and its owner does not notice", async () => {
  const name = uniqueName("taken");
  using first = JobObject.create({ name, limits: { activeProcesses: 3 } });
  await assertNoHandleLeft(() => {
    const error = assertWin32(() => JobObject.create({ name, killOnClose: true }), {
      code: ERROR.ALREADY_EXISTS,
      api: "CreateJobObjectW",
    });
    assertEquals(
      error.message,
      `Cannot create job "${name}": CreateJobObjectW failed with ERROR_ALREADY_EXISTS (183)`,
    );
  });
  assertEquals(first.limits(), { activeProcesses: 3 });
});

Deno.test("JobObject.create: openExisting returns the job with that name, with its processes", async () => {
  const name = uniqueName("existing");
  using first = JobObject.create({ name, killOnClose: true });
  await using child = startChild(first, "sleepforever");
  using second = JobObject.create({ name, openExisting: true });
  assertEquals(second.name, name);
  assertEquals(second.pids(), [child.pid]);
  second.terminate(9);
  assertEquals((await child.status).code, 9);
  const unused = uniqueName("unused");
  using third = JobObject.create({ name: unused, openExisting: true, notifications: true });
  assertEquals(third.pids(), []);
});

Deno.test("JobObject.create: refuses to listen to a job that has a listener", async () => {
  const name = uniqueName("listened");
  using _first = JobObject.create({ name });
  await assertNoHandleLeft(() => {
    assertWin32(() => JobObject.create({ name, openExisting: true, notifications: true }), {
      code: ERROR.INVALID_PARAMETER,
      api: "SetInformationJobObject",
      text: `Cannot listen to job "${name}"`,
    });
  });
});

Deno.test("JobObject.create: refused limits leave no job", async () => {
  const name = uniqueName("refused");
  await assertNoHandleLeft(() => {
    assertThrows(() => JobObject.create({ name, limits: { activeProcesses: -1 } }), RangeError);
    assertThrows(() => JobObject.create({ name, limits: { memory: 1 } as never }), TypeError);
  });
  assertWin32(() => JobObject.open(name), { code: ERROR.FILE_NOT_FOUND, api: "OpenJobObjectW" });
});

Deno.test("JobObject.create: killOnClose and limits are one set", () => {
  using job = JobObject.create({ killOnClose: true, limits: { activeProcesses: 5 } });
  assertEquals(job.limits(), { activeProcesses: 5, killOnClose: true });
  using without = JobObject.create({ killOnClose: false, limits: { activeProcesses: 5 } });
  assertEquals(without.limits(), { activeProcesses: 5 });
});

Deno.test("JobObject.create, open: the name of another kind of object is refused with code 6", () => {
  const name = uniqueName("event");
  using _event = createEvent(name);
  const code = ERROR.INVALID_HANDLE;
  assertWin32(() => JobObject.create({ name }), { code, api: "CreateJobObjectW" });
  assertWin32(() => JobObject.create({ name, openExisting: true }), {
    code,
    api: "CreateJobObjectW",
  });
  const { codeName } = assertWin32(() => JobObject.open(name), { code, api: "OpenJobObjectW" });
  assertEquals(codeName, "ERROR_INVALID_HANDLE");
});

// Microsoft's page limits a name to MAX_PATH characters and does not say whether its end counts.
Deno.test("JobObject.create, open: a name of 259 units fits, one of 261 or with a NUL does not", () => {
  const name = uniqueName("long").padEnd(259, "x");
  using job = JobObject.create({ name });
  using again = JobObject.open(name);
  assertEquals([job.name, again.name], [name, name]);
  const code = ERROR.FILENAME_EXCED_RANGE;
  assertWin32(() => JobObject.create({ name: `${name}xx` }), { code, api: "CreateJobObjectW" });
  assertWin32(() => JobObject.open(`${name}xx`), { code, api: "OpenJobObjectW" });
  assertThrows(() => JobObject.create({ name: "a\0b" }), TypeError, "NUL");
  assertThrows(() => JobObject.open("a\0b"), TypeError, "NUL");
});

Deno.test("JobObject.open: an unknown name, and an invalid name or right", () => {
  const name = uniqueName("missing");
  const error = assertWin32(() => JobObject.open(name), {
    code: ERROR.FILE_NOT_FOUND,
    api: "OpenJobObjectW",
    text: `Cannot open job "${name}"`,
  });
  assertEquals(error.codeName, "ERROR_FILE_NOT_FOUND");
  assertThrows(() => JobObject.open(""), TypeError, "its name is empty");
  assertThrows(
    () => JobObject.open(name, { access: ["admin" as "query"] }),
    TypeError,
    'options.access[0] must be one of assign, set, query, terminate, got "admin"',
  );
});

Deno.test("JobObject.open: names differ by case", () => {
  const name = uniqueName("case");
  using _job = JobObject.create({ name });
  assertWin32(() => JobObject.open(name.toUpperCase()), {
    code: ERROR.FILE_NOT_FOUND,
    api: "OpenJobObjectW",
  });
});

Deno.test("JobObject.close: a second call does nothing, and the name is free", () => {
  const name = uniqueName("twice");
  const job = JobObject.create({ name });
  job.close();
  job.close();
  assertEquals(job.closed, true);
  using next = JobObject.create({ name });
  job.close();
  assertEquals(next.pids(), []);
});

Deno.test("JobObject.close: if other code has closed the handle, waits still end", async () => {
  const job = JobObject.create({ notifications: true });
  const poll = assertRejects(() => job.pollNotification(), AlreadyClosedError);
  {
    using _ = substituteKernel("CloseHandle", (real) => (handle) => {
      real(handle);
      return real(handle);
    });
    const error = assertThrows(() => job.close(), Win32Error);
    assertEquals([error.code, error.api], [ERROR.INVALID_HANDLE, "CloseHandle"]);
  }
  await within(poll, "the rejection");
  assertEquals(job.closed, true);
  job.close();
  await completionPort.idle();
});

Deno.test("JobObject: the end of a using scope closes it", () => {
  let seen: JobObject | undefined;
  assertThrows(() => {
    using job = JobObject.create();
    seen = job;
    throw new RangeError("out");
  }, RangeError);
  assertEquals(seen?.closed, true);
});

Deno.test("JobObject.close: without killOnClose the processes keep running, and their ends are reported", async () => {
  const job = JobObject.create();
  const child = startChild(job, "sleepforever");
  using process = watchProcess(child.pid);
  job.close();
  assert(!hasEnded(process));
  child.kill();
  const { code, endedBy } = await within(child.status, "the killed child");
  assertEquals([code, endedBy], [1, "kill"]);
});

Deno.test("JobObject.close: with killOnClose child and grandchild end", async () => {
  const job = JobObject.create({ killOnClose: true, notifications: true });
  const child = job.spawn("cmd", {
    args: ["/d", "/c", "start", "/b", "cmd", "/d", "/k"],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  });
  // The grandchild has the child's input, which never ends: the second to join.
  const joined: number[] = [];
  while (joined.length < 2) {
    const message = await within(job.pollNotification(), "two processes");
    if (message.type === "newProcess") joined.push(message.pid);
  }
  const [leader, grandchild] = joined as [number, number];
  assertEquals(leader, child.pid);
  using process = watchProcess(grandchild);
  assert(job.pids().includes(grandchild));
  assert(job.contains(grandchild));
  job.close();
  assert(hasEnded(process, 5_000));
  const { success, endedBy } = await within(child.status, "the child of the closed job");
  assertEquals([success, endedBy], [false, "close"]);
  await child[Symbol.asyncDispose]();
});

Deno.test("JobObject.terminate: every process ends with the code, unsigned", async () => {
  for (const code of [0, 1, 259, 0xC0000005, 0xFFFFFFFF]) {
    using job = JobObject.create({ killOnClose: true });
    const children = [startChild(job, "sleepforever"), startChild(job, "sleepforever")];
    if (code === 1) job.terminate();
    else job.terminate(code);
    const ends = await within(Promise.all(children.map((child) => child.status)), "both ends");
    assertEquals(ends.map((end) => end.code), [code, code]);
    assertEquals(ends.map(({ success, endedBy }) => [success, endedBy]), [
      [false, "terminate"],
      [false, "terminate"],
    ]);
    await job.wait();
  }
});

Deno.test("JobObject.terminate: a code that does not fit is refused, and no process ends", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "sleepforever");
  for (const code of [-1, 1.5, 2 ** 32, NaN]) {
    assertThrows(
      () => job.terminate(code),
      RangeError,
      `exitCode must be a whole number from 0 to 4294967295, got ${code}`,
    );
  }
  assertEquals(job.pids(), [child.pid]);
});

Deno.test("JobObject.assign: a running process joins, with everything it starts from then on", async () => {
  using outer = JobObject.create({ killOnClose: true });
  using inner = JobObject.create({ killOnClose: true });
  await using child = startChild(outer, "sleepforever");
  assertEquals(inner.contains(child.pid), false);
  inner.assign(child.pid);
  assertEquals(inner.contains(child.pid), true);
  assertEquals(inner.pids(), [child.pid]);
  assertEquals(outer.pids(), [child.pid]);
  inner.terminate(4);
  assertEquals((await within(child.status, "the assigned child")).code, 4);
});

Deno.test("JobObject.assign: a process of an unrelated job is refused", async () => {
  using one = JobObject.create({ killOnClose: true });
  using two = JobObject.create({ killOnClose: true });
  await using first = startChild(one, "sleepforever");
  await using second = startChild(two, "sleepforever");
  await assertNoHandleLeft(() => {
    assertWin32(() => two.assign(first.pid), {
      code: ERROR.ACCESS_DENIED,
      api: "AssignProcessToJobObject",
      text: `Cannot assign process ${first.pid} to a job: `,
    });
  });
  assertEquals(two.pids(), [second.pid]);
});

Deno.test("JobObject.assign: refuses the id 0, the id of an ended process, and an unused id", async () => {
  using job = JobObject.create({ killOnClose: true });
  const child = startChild(job, "exit 0");
  await child.status;
  for (const pid of [0, 0xFFFF_FFFC]) {
    const error = assertWin32(() => job.assign(pid), {
      code: ERROR.INVALID_PARAMETER,
      api: "OpenProcess",
      text: `Cannot assign process ${pid} to a job`,
    });
    assertEquals(error.codeName, "ERROR_INVALID_PARAMETER");
  }
  // Whoever still holds the ended process keeps its id.
  const { code, api } = assertThrows(() => job.assign(child.pid), Win32Error);
  assertEquals(code, api === "OpenProcess" ? ERROR.INVALID_PARAMETER : ERROR.ACCESS_DENIED);
  for (const pid of [-1, 1.5, 2 ** 32, NaN]) {
    assertThrows(() => job.assign(pid), RangeError, `pid must be a whole number`);
  }
});

Deno.test("JobObject.assign: an ended process whose handle is still open is refused", async () => {
  await using outer = JobObject.create({ killOnClose: true });
  await using job = JobObject.create({ killOnClose: true });
  const child = startChild(outer, "sleepforever");
  using _process = watchProcess(child.pid);
  child.kill();
  await child.status;
  const error = assertThrows(() => job.assign(child.pid), Win32Error);
  assertEquals(error.api, "AssignProcessToJobObject");
  assertEquals(job.pids(), []);
});

Deno.test("JobObject: a thousand of them leave no handle", () => {
  JobObject.create({ notifications: true }).close();
  const before = countHandles();
  for (let i = 0; i < 1000; i++) {
    using _job = JobObject.create({ killOnClose: i % 2 === 0, notifications: i % 3 === 0 });
  }
  const leaked = countHandles() - before;
  assert(leaked <= 5, `${leaked} handles leaked`);
});

Deno.test("JobObject.create: closing the job does not hide the error of a limit", () => {
  const error = assertThrows(() => JobObject.create({ limits: { cpu: { weight: 12 } } }));
  assertInstanceOf(error, RangeError);
});
