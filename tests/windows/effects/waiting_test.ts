/**
 * Waiting: for the tree's end by every way in which the news can come, without taking a thread from
 * anybody, and without keeping a program alive that waits for nothing.
 *
 * @module
 */
import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { check, Win32Error } from "../../../ffi/error.ts";
import { AlreadyClosedError } from "../../../ffi/handle.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import { JobObject } from "../../../job/job_object.ts";
import { completionPort } from "../../../process/io/completion_port.ts";
import { SAME_KERNEL, startChild, uniqueName, within } from "../../helpers/job_trials.ts";
import { hasEnded, watchProcess } from "../../helpers/process_watch.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";
import { ticksUntil } from "../../helpers/ticks.ts";

/** Waits until the pump waits no more, so that no test leaves a call under way. */
async function settle(): Promise<void> {
  await within(completionPort.idle(), "the pump's end");
}

Deno.test("wait: resolves at once for an empty job, new or not", async () => {
  using job = JobObject.create({ killOnClose: true });
  assertLess(await ticksUntil(within(job.wait(), "the empty job")), 100);
  const child = startChild(job, "exit 0");
  await child.status;
  await within(job.wait(), "the job that became empty");
  await job.wait();
});

Deno.test("wait: waits for the whole tree, not only for its first process", async () => {
  using job = JobObject.create({ killOnClose: true, notifications: true });
  const leader = startChild(job, "spawn 1 -- sleepforever");
  await within(leader.status, "the leader");
  const rest = job.pids().filter((pid) => pid !== leader.pid);
  assertEquals(rest.length, 1);
  using grandchild = watchProcess(rest[0]!);
  let over = false;
  const waits = [job.wait(), job.wait()];
  for (const wait of waits) wait.then(() => over = true);
  // The messages of the last one arrive after all those of the leader's end.
  const last = startChild(job, "exit 0");
  for (;;) {
    const message = await within(job.pollNotification(), "the last one's end");
    if (message.type === "exitProcess" && message.pid === last.pid) break;
    assert(message.type !== "activeProcessZero");
  }
  await last.status;
  assert(!hasEnded(grandchild));
  assertEquals(over, false);
  check(kernel32.TerminateProcess(grandchild.value, 1), "TerminateProcess", "Cannot end it");
  await within(Promise.all(waits), "the tree");
  assertEquals(job.pids(), []);
  assert(hasEnded(grandchild));
});

Deno.test("wait: a signal stops it, before and during the wait", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using _child = startChild(job, "sleepforever");
  const reason = new RangeError("enough");
  await assertRejects(() => job.wait({ signal: AbortSignal.abort(reason) }), RangeError, "enough");
  const controller = new AbortController();
  const wait = job.wait({ signal: controller.signal });
  controller.abort(reason);
  await assertRejects(() => within(wait, "the abort"), RangeError, "enough");
});

Deno.test("wait: closing the job during the wait rejects it", async () => {
  const job = JobObject.create({ killOnClose: true });
  const child = startChild(job, "sleepforever");
  const rejected = assertRejects(
    () => job.wait(),
    AlreadyClosedError,
    "Cannot wait for a job: it was closed",
  );
  job.close();
  await within(rejected, "the rejection");
  await within(child.status, "the child");
  // The status comes before the pump's own call has returned.
  await settle();
});

const ENTRY = struct(STRUCTS, "OVERLAPPED_ENTRY");
const NOBODY = 0xffff_ffff_ffff_fff0n;

/** Loses every packet but those that wake the pump, whether it waits for them or looks. */
function losePackets(onLost: () => void): Disposable {
  const lose = (entries: bigint, counted: bigint): void => {
    const [count, entry] = [new Uint32Array(1), ENTRY.allocate()];
    kernel32.RtlMoveMemory(count, counted, 4n);
    for (let i = 0; i < count[0]!; i++) {
      const address = entries + BigInt(i * ENTRY.size);
      kernel32.RtlMoveMemory(entry, address, BigInt(ENTRY.size));
      const found = ENTRY.decode(entry);
      if (found.lpCompletionKey === 0n) continue;
      onLost();
      const lost = ENTRY.encode({ ...found, lpCompletionKey: NOBODY });
      kernel32.RtlMoveMemory$write(address, lost, BigInt(ENTRY.size));
    }
  };
  const undo = new DisposableStack();
  undo.use(substituteKernel("GetQueuedCompletionStatusExAsync", (real) => async (...args) => {
    const result = await real(...args);
    lose(args[1], args[3]);
    return result;
  }));
  undo.use(substituteKernel("GetQueuedCompletionStatusEx", (real) => (...args) => {
    const result = real(...args);
    if (result) lose(args[1], args[3]);
    return result;
  }));
  return undo;
}

Deno.test("wait: if the messages are lost, the sweep finds the end", async () => {
  await settle();
  let lost = 0;
  using _ = losePackets(() => lost++);
  using job = JobObject.create({ killOnClose: true });
  const child = startChild(job, "sleepforever");
  using process = watchProcess(child.pid);
  const wait = job.wait();
  check(kernel32.TerminateProcess(process.value, 5), "TerminateProcess", "Cannot end it");
  assert(hasEnded(process, 60_000));
  assertLess(await ticksUntil(within(wait, "the sweep")), 150);
  assertEquals((await within(child.status, "the sweep")).code, 5);
  await settle();
  assert(lost > 0);
});

Deno.test("wait: a job whose messages go to another program is polled", async () => {
  const name = uniqueName("asked");
  using owner = JobObject.create({ name, killOnClose: true });
  await using child = startChild(owner, "sleepforever");
  using opened = JobObject.open(name, { access: ["query"] });
  const wait = opened.wait();
  using process = watchProcess(child.pid);
  child.kill();
  assert(hasEnded(process, 60_000));
  assertLess(await ticksUntil(within(wait, "the opened job")), 150);
  using blind = JobObject.open(name, { access: ["terminate"] });
  const error = await assertRejects(() => blind.wait(), Win32Error);
  assertEquals(error.code, ERROR.ACCESS_DENIED);
});

Deno.test("wait: waits for processes that another program ended before the call, and for what they held", async () => {
  const endings = {
    "the owner's wait": async (owner: JobObject) => {
      await owner.wait();
    },
    "the wait of a handle that never saw a member": async (owner: JobObject) => {
      using opened = JobObject.open(owner.name!, { access: ["query"] });
      await opened.wait();
    },
    "another termination": async (owner: JobObject) => {
      using opened = JobObject.open(owner.name!, { access: ["query", "terminate"] });
      opened.terminate();
      await opened.wait();
    },
    "the end of a scope": async (owner: JobObject) => {
      await owner[Symbol.asyncDispose]();
    },
  };
  for (const [about, end] of Object.entries(endings)) {
    const folder = await Deno.makeTempDir();
    await using keeper = new AsyncDisposableStack();
    const owner = JobObject.create({ killOnClose: true, name: uniqueName("before") });
    keeper.use(owner);
    const leader = startChild(owner, "spawn 3 -- sleepforever", { cwd: folder });
    await within(leader.status, "the leader");
    const members = owner.pids().map((pid) => watchProcess(pid));
    for (const member of members) keeper.use(member);
    assertEquals(members.length, 3);
    {
      using other = JobObject.open(owner.name!, { access: ["terminate"] });
      other.terminate(7);
    }
    await within(end(owner), about);
    assertEquals(members.map((member) => hasEnded(member)), [true, true, true], about);
    Deno.removeSync(folder);
  }
  await settle();
});

Deno.test("notifications: two hundred waiting consumers take no thread from files and stdout", async () => {
  const jobs = Array.from({ length: 200 }, () => JobObject.create({ killOnClose: true }));
  const iterators = jobs.map((job) => job.notifications());
  const pending = iterators.map((iterator) => iterator.next());
  const file = new URL(import.meta.url);
  const answers = Promise.all([
    Deno.readTextFile(file),
    Deno.stat(file),
    Deno.stdout.write(new TextEncoder().encode("\n")),
  ]);
  const [text, { size }, written] = await within(answers, "files and stdout");
  assertEquals([new TextEncoder().encode(text).length, written], [size, 1]);
  const child = startChild(jobs[123]!, "exit 0");
  assertEquals((await within(pending[123]!, "the message")).value, {
    type: "newProcess",
    pid: child.pid,
  });
  await child.status;
  for (const job of jobs) job.close();
  const rest = await within(Promise.all(pending.toSpliced(123, 1)), "all ends");
  assert(rest.every(({ done }) => done === true));
  await settle();
});

/** Runs a program that imports the module, and gives what it printed. */
async function runProgram(
  code: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  using job = JobObject.create({ killOnClose: true });
  const program = `import { JobObject } from "./mod.ts"; import { startChild } from
    "./tests/helpers/job_trials.ts"; ${code}`;
  await using deno = job.spawn(Deno.execPath(), {
    args: ["eval", "--no-check", ...SAME_KERNEL, program],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  });
  const { code: exit, stdout, stderr } = await within(deno.output(), "the program's own end");
  const decoder = new TextDecoder();
  return { code: exit, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("JobEvents: the program ends by itself if nothing waits", async () => {
  const found = await runProgram(`
    const job = JobObject.create({ notifications: true, killOnClose: true });
    const child = startChild(job, "sleepforever");
    const first = await job.pollNotification();
    const iterator = job.notifications();
    child.unref();
    console.log(first.type, job.pids().length);`);
  assertEquals(found, { code: 0, stdout: "newProcess 1\n", stderr: "" });
});

Deno.test("pollNotification: a pending call keeps the program alive", async () => {
  const found = await runProgram(`
    const job = JobObject.create({ notifications: true, killOnClose: true });
    const child = startChild(job, "sleep 300");
    child.unref();
    const print = async () => {
      for (let i = 0; i < 3; i++) console.log((await job.pollNotification()).type);
    };
    void print();`);
  assertEquals(found, {
    code: 0,
    stdout: "newProcess\nexitProcess\nactiveProcessZero\n",
    stderr: "",
  });
});

Deno.test("losePackets: loses packets, and restores the real call", async () => {
  const real = kernel32.GetQueuedCompletionStatusExAsync;
  const lost = Promise.withResolvers<void>();
  {
    // Packets of jobs that were closed before may come too.
    using _ = losePackets(lost.resolve);
    const key = completionPort.register(() => assert(false));
    completionPort.ref();
    completionPort.post(key);
    await within(lost.promise, "the lost packet");
    completionPort.unref();
    await settle();
    completionPort.unregister(key);
  }
  assertEquals(kernel32.GetQueuedCompletionStatusExAsync, real);
});
