/** Two of everything, and children that do not cooperate: nothing is lost, and each limit holds. */
import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { JobObject } from "../../../job/job_object.ts";
import {
  CHILD,
  runChild,
  startChild,
  trial,
  uniqueName,
  until,
  within,
} from "../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";

/** What a Worker with a module of its own tells. */
interface WorkerResult {
  readonly codes: readonly (number | null)[];
  readonly total: number;
  readonly active: number;
}

const MODULE = JSON.stringify(import.meta.resolve("../../../mod.ts"));

/** A Worker, and what it says. */
interface StartedWorker extends Disposable {
  postMessage(message: unknown): void;
  /** Its next word. */
  next(): Promise<unknown>;
}

function startWorker(code: string): StartedWorker {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  const said = new ReadableStream<unknown>({
    start: (controller) => {
      worker.onmessage = ({ data }) => controller.enqueue(data);
      worker.onerror = (event) => {
        event.preventDefault();
        controller.error(new Error(event.message));
      };
    },
  }).getReader();
  return {
    postMessage: (message) => worker.postMessage(message),
    next: async () => (await said.read()).value,
    [Symbol.dispose]: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

/** Starts children in a job of a Worker's own. */
async function inWorker(children: number): Promise<WorkerResult> {
  using worker = startWorker(`
    import { JobObject } from ${MODULE};
    using job = JobObject.create({ killOnClose: true });
    const options = { stdin: "null", stdout: "null", stderr: "null" };
    const started = Array.from({ length: ${children} }, (_, at) =>
      job.spawn(new URL(${
    JSON.stringify(CHILD.href)
  }), { ...options, args: ["exit", String(at)] }));
    const codes = (await Promise.all(started.map(({ status }) => status))).map(({ code }) => code);
    await job.wait();
    const { total, active } = job.stats().processes;
    postMessage({ codes, total, active });`);
  return await within(worker.next(), "the Worker") as WorkerResult;
}

Deno.test(
  "two Workers, each with the module, and this program: each gets the ends of its own children",
  trial(async () => {
    using job = JobObject.create({ killOnClose: true });
    const own = Array.from({ length: 4 }, (_, at) => startChild(job, `exit ${at}`));
    const results = await Promise.all([inWorker(4), inWorker(4)]);
    for (const result of results) {
      assertEquals(result, { codes: [0, 1, 2, 3], total: 4, active: 0 });
    }
    const codes = (await Promise.all(own.map(({ status }) => status))).map(({ code }) => code);
    assertEquals(codes, [0, 1, 2, 3]);
    await within(job.wait(), "its own job");
  }),
);

Deno.test(
  "open while another handle closes: a job or a typed error, and no handle is left",
  trial(async () => {
    await assertNoHandleLeft(
      () => {
        for (let i = 0; i < 50; i++) {
          const name = uniqueName("open-close");
          const first = JobObject.create({ name });
          const second = JobObject.open(name);
          first.close();
          // The name lives as long as a handle.
          const third = JobObject.open(name);
          second.close();
          third.close();
          const error = assertThrows(() => JobObject.open(name), Win32Error);
          assertEquals(error.code, ERROR.FILE_NOT_FOUND);
        }
      },
      "fifty jobs",
      { late: true },
    );
  }),
);

Deno.test(
  "open while another thread closes: an empty job of that name or a typed error",
  trial(async () => {
    const name = uniqueName("thread-close");
    const isOver = new Int32Array(new SharedArrayBuffer(4));
    const worker = startWorker(`
      import { JobObject } from ${MODULE};
      const turn = () => {
        try {
          JobObject.create({ name: ${JSON.stringify(name)} }).close();
        } catch (error) {
          // The other thread has it open.
          if (error.code !== ${ERROR.ALREADY_EXISTS}) throw error;
        }
      };
      onmessage = ({ data }) => {
        postMessage("begins");
        while (Atomics.load(data, 0) === 0) turn();
        postMessage("over");
      };`);
    worker.postMessage(isOver);
    try {
      await within(worker.next(), "the Worker's first job");
      for (let i = 0; i < 300; i++) {
        try {
          using job = JobObject.open(name);
          assertEquals([job.name, job.pids()], [name, []]);
        } catch (error) {
          if (!(error instanceof Win32Error)) throw error;
          assertEquals(error.code, ERROR.FILE_NOT_FOUND);
        }
      }
    } finally {
      Atomics.store(isOver, 0, 1);
      await within(worker.next(), "the Worker's last job");
      worker[Symbol.dispose]();
    }
    // No handle keeps the name.
    assertThrows(() => JobObject.open(name), Win32Error);
  }),
);

Deno.test(
  "terminate between two starts: the first child ends by it, and the second one runs",
  trial(async () => {
    using job = JobObject.create({ killOnClose: true });
    for (let i = 0; i < 5; i++) {
      const first = startChild(job, "sleepforever");
      job.terminate(9);
      const second = startChild(job, "exit 4");
      const [a, b] = await within(Promise.all([first.status, second.status]), "both ends");
      assertEquals([a.code, a.success, a.endedBy], [9, false, "terminate"]);
      assertEquals([b.code, b.success, b.endedBy], [4, false, "itself"]);
    }
    await within(job.wait(), "the job's end");
    assertEquals(job.stats().processes.total, 10);
  }),
);

Deno.test(
  "a fork storm meets its limit: never more processes than allowed, and the record of it is right",
  trial(async () => {
    using job = JobObject.create({ killOnClose: true, limits: { activeProcesses: 5 } });
    const { stdout } = await runChild(job, "spawn 40 -- sleepforever");
    const said = stdout.trim().split(/\r?\n/);
    const refused = said.filter((line) => line.startsWith("failed")).length;
    assertEquals(said.length, 40);
    // It is one of the five itself. jobsim, which is not in the child, ends one that is too many a
    // moment after its start, so that the child may see it start.
    assert(refused > 0 && refused <= 36, stdout);
    await until(() => job.stats().processes.active, (active) => active === 4);
    const { total } = job.stats().processes;
    assert(total >= 5, `${total}`);
    assertEquals(job.pids().length, 4);
    const reached = await job.limitsReached();
    assertEquals(reached.map(({ limit }) => limit), ["activeProcesses"]);
    job.terminate();
    await within(job.wait(), "the storm's end");
    assertEquals(job.pids(), []);
  }),
);

Deno.test(
  "everything of 32,767 units and invalid UTF-16: passed on unchanged, or refused with a typed error",
  trial(async () => {
    using job = JobObject.create({ killOnClose: true });
    const long = "\ud800".repeat(32_767);
    const say = async (options: { args?: string[]; env?: Record<string, string> }) => {
      const quiet = { stdin: "null", stdout: "piped", stderr: "null" } as const;
      const child = job.spawn(CHILD, { ...quiet, ...options });
      return JSON.parse(await within(child.stdout.text(), "what it says")) as unknown;
    };
    // A variable that is as long as a block allows, of half pairs only.
    const value = long.slice(0, 32_000);
    assertEquals(await say({ args: ["getenv", "A"], env: { A: value } }), value);
    assertThrows(() => job.spawn(CHILD, { args: [long] }), RangeError, "command line");
    assertThrows(() => job.spawn(long), Error);
    assertThrows(() => job.spawn(CHILD, { cwd: long }), Error);
    assertThrows(() => JobObject.create({ name: long }), Win32Error);
    await assertRejects(async () => await JobObject.open(long).wait(), Win32Error);
    await within(job.wait(), "the job's end");
  }),
);
