import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertLess, assertRejects, assertThrows } from "@std/assert";
import { ERROR, JOBOBJECTINFOCLASS } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import type { Handle } from "../../../../ffi/handle.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { struct } from "../../../../ffi/struct.ts";
import { STRUCTS } from "../../../../ffi/structs.ts";
import { JobEnds } from "../../../../job/ends/job_ends.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { completionPort } from "../../../../process/io/completion_port.ts";
import { openHandle, startChild, trial, uniqueName, within } from "../../../helpers/job_trials.ts";
import { hasEnded, watchProcess } from "../../../helpers/process_watch.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";
import { ticksUntil } from "../../../helpers/ticks.ts";

const ACCOUNTING = struct(STRUCTS, "JOBOBJECT_BASIC_ACCOUNTING_INFORMATION");
const PORT = struct(STRUCTS, "JOBOBJECT_ASSOCIATE_COMPLETION_PORT");
const LIST = struct(STRUCTS, "JOBOBJECT_BASIC_PROCESS_ID_LIST");

/**
 * A kernel on which the end of a job is only requested: nothing is counted or listed any more, and
 * no message comes, while the processes are still there until the end is let come.
 */
function requestedEnds(): Disposable & { come(): void } {
  let late: (() => void) | undefined;
  const scope = new DisposableStack();
  scope.use(substituteKernel("TerminateJobObject", (real) => (job, code) => {
    late = () => void real(job, code);
    return 1;
  }));
  scope.use(
    substituteKernel("QueryInformationJobObject", (real) => (job, info, memory, ...rest) => {
      const result = real(job, info, memory, ...rest);
      if (late === undefined || result === 0) return result;
      const view = memory as DataView<ArrayBuffer>;
      if (info === JOBOBJECTINFOCLASS.JobObjectBasicAccountingInformation) {
        ACCOUNTING.encode({ ...ACCOUNTING.decode(view), ActiveProcesses: 0 }, view);
      } else if (info === JOBOBJECTINFOCLASS.JobObjectBasicProcessIdList) {
        LIST.encode({ ...LIST.decode(view), NumberOfProcessIdsInList: 0 }, view);
      }
      return result;
    }),
  );
  return { come: () => late?.(), [Symbol.dispose]: () => scope.dispose() };
}

/** A job with a child and a grandchild, and the handle of the grandchild. */
async function family(job: JobObject) {
  const leader = startChild(job, "spawnapart 1 -- sleepforever ; sleepforever", {
    stdout: "piped",
  });
  const reader = leader.stdout.getReader();
  const { value } = await within(reader.read(), "the grandchild's id");
  const pid = Number(new TextDecoder().decode(value).match(/spawned (\d+)/)?.[1]);
  await reader.cancel();
  return { leader, grandchild: watchProcess(pid) };
}

Deno.test(
  "wait: after a termination that is only requested it waits until the processes are gone",
  trial(async () => {
    using owner = JobObject.create({ killOnClose: true, name: uniqueName("late") });
    using opened = JobObject.open(owner.name!);
    for (const job of [owner, opened]) {
      const { leader, grandchild } = await family(owner);
      using _grandchild = grandchild;
      let isOver = false;
      using kernel = requestedEnds();
      job.terminate(7);
      const wait = job.wait().then(() => isOver = true);
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, 150);
      await Promise.race([wait, promise]);
      clearTimeout(timer);
      assertEquals([isOver, hasEnded(grandchild)], [false, false]);
      using process = watchProcess(leader.pid);
      kernel.come();
      const isLate = () => hasEnded(grandchild) && hasEnded(process);
      assertLess(await ticksUntil(within(wait, "the end"), isLate), 100);
      assert(hasEnded(grandchild));
      const status = await within(leader.status, "the leader's end");
      assertEquals([status.code, status.endedBy], [7, "terminate"]);
    }
  }),
);

Deno.test(
  "wait: waits for an end that another handle requests",
  trial(async () => {
    using owner = JobObject.create({ killOnClose: true, name: uniqueName("other") });
    using opened = JobObject.open(owner.name!);
    for (const [waiter, ender] of [[owner, opened], [opened, owner]] as const) {
      const { grandchild } = await family(owner);
      using _grandchild = grandchild;
      let isOver = false;
      const wait = waiter.wait().then(() => isOver = true);
      using kernel = requestedEnds();
      ender.terminate();
      await within(ender.wait({ signal: AbortSignal.timeout(150) }).catch(() => {}), "the signal");
      assertEquals([isOver, hasEnded(grandchild)], [false, false]);
      kernel.come();
      await within(wait, "the end");
      assert(hasEnded(grandchild));
    }
  }),
);

Deno.test(
  "wait: if processes could not be listed before their end, the end is unknown",
  trial(async () => {
    using job = JobObject.create({ killOnClose: true });
    const child = startChild(job, "sleepforever");
    {
      using _refused = substituteKernel(
        "QueryInformationJobObject",
        (real) => (job, info, ...rest) => {
          if (info !== JOBOBJECTINFOCLASS.JobObjectBasicProcessIdList) {
            return real(job, info, ...rest);
          }
          kernel32.SetLastError(ERROR.GEN_FAILURE);
          return 0;
        },
      );
      job.terminate();
      await within(child.status, "the child's end");
      const error = await assertRejects(() => within(job.wait(), "the refusal"), Win32Error);
      assertEquals(error.code, ERROR.GEN_FAILURE);
    }
    job.terminate();
    await within(job.wait(), "the end");
  }),
);

Deno.test(
  "close: the ends of children of a job that lives on are noticed at once, without a message",
  trial(async () => {
    const job = JobObject.create({ name: uniqueName("portless") });
    const child = startChild(job, "read exit 5", { stdin: "piped" });
    {
      // As if the system dropped the port with the last handle.
      using handle = openHandle(job.name!);
      const none = PORT.encode({ CompletionKey: 0n, CompletionPort: 0n });
      const info = JOBOBJECTINFOCLASS.JobObjectAssociateCompletionPortInformation;
      assert(kernel32.SetInformationJobObject(handle.value, info, none, PORT.size));
    }
    job.close();
    using process = watchProcess(child.pid);
    await child.stdin.close();
    assert(hasEnded(process, 60_000));
    const news = within(child.status, "the news");
    assertLess(await ticksUntil(news), 10);
    const status = await news;
    assertEquals([status.code, status.success, status.endedBy], [5, false, "itself"]);
    await within(completionPort.idle(), "the pump's end");
  }),
);

/** A child that holds a folder, a file in it and a port, once it says so. */
async function holder(job: JobObject, folder: string, port: number): Promise<void> {
  const child = startChild(job, `spawn 1 -- listen ${port} count held ; sleepforever`, {
    cwd: folder,
    stdout: "piped",
  });
  let said = "";
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  while (!said.includes("listening")) {
    const { value, done } = await within(reader.read(), "its word");
    assert(!done, said);
    said += value;
  }
  await reader.cancel();
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test(
  "wait: afterwards the folder and the port that a member held are free",
  trial(async () => {
    const ends = {
      terminate: (job: JobObject) => job.terminate(),
      "another's terminate": (job: JobObject) => {
        using opened = JobObject.open(job.name!);
        opened.terminate();
      },
    };
    for (const [about, end] of Object.entries(ends)) {
      const folder = await Deno.makeTempDir();
      const port = freePort();
      using job = JobObject.create({ killOnClose: true, name: uniqueName("holder") });
      await holder(job, folder, port);
      assertThrows(() => Deno.listen({ hostname: "127.0.0.1", port }), Error, "", about);
      const wait = job.wait();
      end(job);
      await within(wait, `the end by ${about}`);
      Deno.removeSync(folder, { recursive: true });
      Deno.listen({ hostname: "127.0.0.1", port }).close();
    }
  }),
);

Deno.test(
  "asyncDispose: ends the tree, waits until it is gone, and closes the job",
  trial(async () => {
    const folder = await Deno.makeTempDir();
    const port = freePort();
    const name = uniqueName("scope");
    {
      await using job = JobObject.create({ name });
      await holder(job, folder, port);
    }
    Deno.removeSync(folder, { recursive: true });
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    assertThrows(() => JobObject.open(name), Win32Error);
  }),
);

Deno.test(
  "asyncDispose: an opened job is only closed",
  trial(async () => {
    await using owner = JobObject.create({ name: uniqueName("opened") });
    const child = startChild(owner, "sleepforever");
    for (const open of [JobObject.open, openExisting]) {
      await using opened = open(owner.name!);
      assertEquals(opened.pids(), [child.pid]);
    }
    assertEquals(owner.pids(), [child.pid]);
  }),
);

function openExisting(name: string): JobObject {
  return JobObject.create({ name, openExisting: true });
}

Deno.test(
  "status.endedBy: also names an end by another job into which the child was put",
  trial(async () => {
    for (const by of ["close", "terminate"] as const) {
      const outer = JobObject.create({ killOnClose: true });
      await using stranger = JobObject.create();
      const child = startChild(stranger, "sleepforever");
      using inner = JobObject.create({ killOnClose: true });
      const nested = startChild(outer, "sleepforever");
      inner.assign(nested.pid);
      if (by === "close") inner.close();
      else inner.terminate(0);
      const status = await within(nested.status, "the nested child's end");
      assertEquals([status.success, status.code, status.endedBy], [false, 0, by]);
      assertEquals(stranger.pids(), [child.pid]);
      await outer[Symbol.asyncDispose]();
    }
  }),
);

Deno.test(
  "status.endedBy: closing a job that another handle keeps open is not the cause of an end",
  trial(async () => {
    const job = JobObject.create({ killOnClose: true, name: uniqueName("held") });
    await using _other = JobObject.open(job.name!);
    const child = startChild(job, "sleep 1500 exit 0");
    job.close();
    const { success, endedBy } = await within(child.status, "its own end");
    assertEquals([success, endedBy], [true, "itself"]);
  }),
);

Deno.test(
  "close: if it is unknown whether it ends the processes, their end is not a success",
  trial(async () => {
    for (const refused of ["some", "all"] as const) {
      const job = JobObject.create({ killOnClose: true });
      const child = startChild(job, "sleepforever");
      {
        using _failing = substituteKernel("QueryInformationJobObject", (real) => (...args) => {
          const isAsked = args[1] === JOBOBJECTINFOCLASS.JobObjectExtendedLimitInformation ||
            refused === "all" && args[1] !== JOBOBJECTINFOCLASS.JobObjectBasicProcessIdList;
          if (!isAsked) return real(...args);
          kernel32.SetLastError(0);
          return 0;
        });
        job.close();
      }
      const { success, endedBy } = await within(child.status, "the child's end");
      assertEquals([success, endedBy], [false, "close"], refused);
    }
  }),
);

Deno.test("accounting: the memory of an earlier query is never taken for a result", () => {
  const ends = new JobEnds({
    name: undefined,
    handle: () => 5n as Handle,
    label: "a job",
    key: () => undefined,
  });
  let asked = 0;
  using _short = substituteKernel("QueryInformationJobObject", () => (_job, _class, memory) => {
    const view = memory as DataView<ArrayBuffer>;
    // A success that wrote nothing, after one that did.
    if (asked++ === 0) new Uint8Array(view.buffer).fill(7);
    return 1;
  });
  assertEquals(ends.accounting().ActiveProcesses, 0x0707_0707);
  assertEquals(ends.accounting().ActiveProcesses, 0);
});

Deno.test(
  "wait: searches the system's processes only for a job that had others than this program's children",
  trial(async () => {
    let searches = 0;
    using _counted = substituteKernel("CreateToolhelp32Snapshot", (real) => (...args) => {
      searches++;
      return real(...args);
    });
    await using job = JobObject.create({ killOnClose: true });
    for (const code of [0, 1]) await within(startChild(job, `exit ${code}`).status, "its end");
    await within(job.wait(), "the end of the children");
    assertEquals(searches, 0);
    const { leader, grandchild } = await family(job);
    job.terminate();
    await within(leader.status, "the leader's end");
    await within(job.wait(), "the end of the family");
    assert(hasEnded(grandchild));
    grandchild.close();
    assertEquals(searches, 1);
  }),
);

Deno.test("wait: resolves while a consumer reads the messages", async () => {
  for (let round = 0; round < 10; round++) {
    await using job = JobObject.create({ killOnClose: true });
    const stop = new AbortController();
    const reading = (async () => {
      try {
        for await (const _ of job.notifications({ signal: stop.signal }));
      } catch (error) {
        if (error !== stop.signal.reason) throw error;
      }
    })();
    const child = startChild(job, "exit 0");
    await within(job.wait(), `the end of round ${round}`);
    assertEquals((await child.status).code, 0);
    stop.abort(new Error("read enough"));
    await reading;
  }
});
