import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { ERROR, JOB_OBJECT_MSG } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { OwnEnds } from "../../../../job/ends/own_end.ts";
import { JobObject } from "../../../../job/job_object.ts";
import type { ChildProcess } from "../../../../process/child_process.ts";
import {
  runChild,
  SAME_KERNEL,
  startChild,
  trial,
  uniqueName,
  within,
} from "../../../helpers/job_trials.ts";
import { filePath } from "../../../helpers/file_path.ts";
import { hasEnded, watchProcess } from "../../../helpers/process_watch.ts";
import { ticksUntil } from "../../../helpers/ticks.ts";

const ENDER = new URL("../../../helpers/job_ender.ts", import.meta.url);

/** Longer than an end by a close takes at most. */
async function outlastClose(): Promise<void> {
  using clock = JobObject.create();
  await runChild(clock, "sleep 1200");
}

async function answer(worker: Worker, message: unknown): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.onmessage = () => resolve();
  worker.onerror = (event) => reject(new Error(event.message));
  worker.postMessage(message);
  await within(promise, "the worker's answer", { deadline: 60_000 });
}

/** Ends a job with code 0 from another program. */
async function endByProgram(name: string): Promise<void> {
  await using own = JobObject.create({ killOnClose: true });
  const { code } = await within(
    own.spawn(Deno.execPath(), {
      args: ["run", "-A", "--no-check", ...SAME_KERNEL, filePath(ENDER), name, "0"],
      stdin: "null",
    }).status,
    "the other program",
    { deadline: 60_000 },
  );
  assertEquals(code, 0);
}

async function endByWorker(name: string): Promise<void> {
  const worker = new Worker(ENDER, { type: "module" });
  await answer(worker, [name, 0]);
  worker.terminate();
}

function endBlindly(name: string): void {
  using blind = JobObject.open(name, { access: ["terminate"] });
  blind.terminate(0);
}

/** What ended a child that was ended with code 0, by its status and by its output. */
async function endOf(child: ChildProcess, about: string): Promise<string> {
  const status = await within(child.status, `the end by ${about}`);
  const output = await within(child.output(), `the output after ${about}`);
  assertEquals([status.code, output.code], [0, 0], about);
  assertEquals([status.success, output.success], [false, false], about);
  assertEquals(output.endedBy, status.endedBy);
  return status.endedBy;
}

const ENDERS = {
  "a handle without the right to query": endBlindly,
  "a handle of another way to write the name": (name: string) => endBlindly(`Local\\${name}`),
  "a worker": endByWorker,
  "another program": endByProgram,
};

for (const [about, end] of Object.entries(ENDERS)) {
  Deno.test(
    `status: a job that was ended with code 0 by ${about} is not a success`,
    trial(async () => {
      await using job = JobObject.create({ name: uniqueName("ended"), killOnClose: true });
      const child = startChild(job, "sleepforever", { stdout: "piped" });
      await end(job.name!);
      assertEquals(await endOf(child, about), "terminate");
      // The job goes on, and so does what is told of it.
      const next = startChild(job, "exit 0");
      const { success, endedBy } = await within(next.status, "the next child");
      assertEquals([success, endedBy], [true, "itself"]);
    }),
  );
}

Deno.test(
  "status: reports a child of an opened job that was ended with code 0 from outside",
  trial(async () => {
    await using maker = JobObject.create({ name: uniqueName("made"), killOnClose: true });
    using opened = JobObject.open(maker.name!);
    for (const end of [endBlindly, endByWorker]) {
      using again = JobObject.create({ name: uniqueName("again") });
      using job = JobObject.open(again.name!);
      const child = startChild(job, "sleepforever", { stdout: "piped" });
      await end(job.name!);
      assertEquals(await endOf(child, end.name), "terminate");
    }
    const child = startChild(opened, "exit 0");
    const { success, endedBy } = await within(child.status, "an end of its own");
    assertEquals([success, endedBy], [true, "itself"]);
  }),
);

Deno.test(
  "status: the last handle of a job that kills on close ends its children, whenever it is closed",
  trial(async () => {
    const job = JobObject.create({ name: uniqueName("last"), killOnClose: true });
    const blind = JobObject.open(job.name!, { access: ["terminate"] });
    const child = startChild(job, "sleepforever", { stdout: "piped" });
    job.close();
    await outlastClose();
    blind.close();
    assertEquals(await endOf(child, "the last handle"), "close");
  }),
);

Deno.test(
  "status: a termination that the system refuses is not the cause of an end",
  trial(async () => {
    await using job = JobObject.create({ name: uniqueName("refused"), killOnClose: true });
    using asker = JobObject.open(job.name!, { access: ["query"] });
    for (const code of [0, 7]) {
      const child = startChild(job, `read exit ${code}`, { stdin: "piped" });
      assertThrows(() => asker.terminate(code), Win32Error, "ERROR_ACCESS_DENIED");
      await child.stdin.close();
      const { success, endedBy } = await within(child.status, "its own end");
      assertEquals([success, endedBy], [code === 0, "itself"]);
    }
  }),
);

Deno.test(
  "status: closing another handle of the job is not the cause of an end",
  trial(async () => {
    await using job = JobObject.create({ name: uniqueName("others"), killOnClose: true });
    for (const access of [undefined, ["query" as const]]) {
      const other = JobObject.open(job.name!, access === undefined ? {} : { access });
      const child = startChild(job, "read exit 0", { stdin: "piped" });
      other.close();
      await child.stdin.close();
      const { success, endedBy } = await within(child.status, "its own end");
      assertEquals([success, endedBy], [true, "itself"]);
    }
  }),
);

Deno.test(
  "status: a job that is terminated twice gives no success, whichever code its children get",
  trial(async () => {
    const outer = JobObject.create({ killOnClose: true });
    const inner = JobObject.create({ killOnClose: true });
    for (const jobs of [[outer, outer], [outer, inner], [inner, outer]] as const) {
      const child = startChild(outer, "sleepforever");
      if (jobs.includes(inner)) inner.assign(child.pid);
      jobs[0].terminate(3);
      jobs[1].terminate(0);
      const { success, endedBy } = await within(child.status, "the end");
      assertEquals([success, endedBy], [false, "terminate"]);
      await within(outer.wait(), "the end of the tree");
    }
    await inner[Symbol.asyncDispose]();
    await outer[Symbol.asyncDispose]();
  }),
);

Deno.test(
  "status: the last handle may be a worker's",
  trial(async () => {
    const job = JobObject.create({ name: uniqueName("worker"), killOnClose: true });
    const worker = new Worker(ENDER, { type: "module" });
    await answer(worker, [job.name]);
    const child = startChild(job, "sleepforever", { stdout: "piped" });
    job.close();
    await outlastClose();
    await answer(worker, "close");
    worker.terminate();
    assertEquals(await endOf(child, "the worker's handle"), "close");
  }),
);

Deno.test(
  "status: a child's own end is a success at once, whether its named job is open, closed or held",
  trial(async () => {
    for (const killOnClose of [false, true]) {
      for (const how of ["open", "closed", "held"] as const) {
        if (how === "closed" && killOnClose) continue;
        const job = JobObject.create({ name: uniqueName(how), killOnClose });
        using _other = how === "held" ? JobObject.open(job.name!) : undefined;
        const child = startChild(job, "read exit 0", { stdin: "piped" });
        if (how !== "open") job.close();
        using process = watchProcess(child.pid);
        await child.stdin.close();
        assert(hasEnded(process, 60_000));
        const status = within(child.status, `its end, ${how}`);
        assertLess(await ticksUntil(status), 90, how);
        const { success, endedBy } = await status;
        assertEquals([success, endedBy], [true, "itself"], `${how}, ${killOnClose}`);
        job.close();
      }
    }
  }),
);

Deno.test(
  "status: a child's own end is a success, however long this program is busy at that moment",
  trial(async () => {
    await using job = JobObject.create({ name: uniqueName("busy"), killOnClose: true });
    const child = startChild(job, "exit 0");
    using process = watchProcess(child.pid);
    assert(hasEnded(process, 30_000));
    // Notices the end, before its message can be taken.
    child.usage();
    const busy = performance.now() + 1_500;
    while (performance.now() < busy);
    const { success, endedBy } = await within(child.status, "its status");
    assertEquals([success, endedBy], [true, "itself"]);
  }),
);

Deno.test(
  "status: reports a child of an unnamed job that is also in a named job",
  trial(async () => {
    await using outer = JobObject.create({ name: uniqueName("outer"), killOnClose: true });
    await using inner = JobObject.create({ killOnClose: true });
    const ended = startChild(inner, "sleepforever", { stdout: "piped" });
    outer.assign(ended.pid);
    endBlindly(outer.name!);
    assertEquals(await endOf(ended, "the outer job's end"), "terminate");
  }),
);

const { NEW_PROCESS, EXIT_PROCESS, ACTIVE_PROCESS_ZERO } = JOB_OBJECT_MSG;

type Messages = readonly (readonly [number, bigint])[];

/** Ends of a job that nobody asks the system about; `late` holds what comes at the last moment. */
function heardEnds(messages: Messages, late: Messages = []): OwnEnds {
  const ends = new OwnEnds({
    name: "a job",
    handle: () => undefined,
    key: () => 5n,
    settled: () => {
      for (const [code, value] of late) ends.message(code, value);
      return Promise.reject(new Win32Error(ERROR.INVALID_HANDLE, "Get", "Cannot wait"));
    },
  });
  ends.follow(8, new Promise(() => {}));
  for (const [code, value] of messages) ends.message(code, value);
  return ends;
}

Deno.test("OwnEnds: uses the messages about a process as evidence", async () => {
  const known: [Messages, "terminate" | undefined][] = [
    [[[NEW_PROCESS, 8n], [EXIT_PROCESS, 8n], [ACTIVE_PROCESS_ZERO, 0n]], undefined],
    [[[NEW_PROCESS, 8n], [ACTIVE_PROCESS_ZERO, 0n]], "terminate"],
    [[[NEW_PROCESS, 8n], [EXIT_PROCESS, 4n], [ACTIVE_PROCESS_ZERO, 0n]], "terminate"],
    [[[EXIT_PROCESS, 8n]], undefined],
    // An earlier process of this id.
    [[[EXIT_PROCESS, 8n], [ACTIVE_PROCESS_ZERO, 0n], [NEW_PROCESS, 8n], [
      ACTIVE_PROCESS_ZERO,
      0n,
    ]], "terminate"],
  ];
  for (const [messages, other] of known) assertEquals(heardEnds(messages).otherEnd(8), other);
  const late = heardEnds([[NEW_PROCESS, 8n], [EXIT_PROCESS, 4n]]);
  const other = late.otherEnd(8);
  assert(other instanceof Promise);
  late.message(EXIT_PROCESS, 8n);
  assertEquals(await other, undefined);
  const untaken = heardEnds([[NEW_PROCESS, 8n]], [[EXIT_PROCESS, 8n]]);
  assertEquals(await within(Promise.resolve(untaken.otherEnd(8)), "the last message"), undefined);
  const lost = heardEnds([[ACTIVE_PROCESS_ZERO, 0n]]);
  assertEquals(await within(Promise.resolve(lost.otherEnd(8)), "the deadline"), "unknown");
});
