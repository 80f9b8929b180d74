import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { CREATION_FLAGS, ERROR, PRIORITY_CLASS, WAIT } from "../../../ffi/constants.ts";
import { AlreadyClosedError } from "../../../ffi/handle.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { JobObject } from "../../../job/job_object.ts";
import { completionPort } from "../../../process/io/completion_port.ts";
import { exitWatch } from "../../../process/exit/exit_watch.ts";
import { makeOutputPipe } from "../../../process/io/pipe_pair.ts";
import { snapshotProcesses } from "../../../process/query/snapshot.ts";
import type { SpawnOptions } from "../../../process/spawn_options.ts";
import { makeInheritable } from "../../../process/start/stdio.ts";
import { filePath } from "../../helpers/file_path.ts";
import { CHILD, startChild, within } from "../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

function killJob(): JobObject {
  return JobObject.create({ killOnClose: true });
}

async function say(job: JobObject, verbs: string, options: SpawnOptions = {}): Promise<string> {
  const child = startChild(job, verbs, { stdout: "piped", ...options });
  const { stdout, code } = await within(child.output(), `child ${verbs}`);
  assertEquals(code, 0);
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("JobObject.spawn: the child is in the job before its first instruction", async () => {
  using job = killJob();
  const child = startChild(job, "sleepforever", { suspended: true });
  assertEquals([job.contains(child.pid), job.pids()], [true, [child.pid]]);
  assertEquals(job.stats().processes.active, 1);
  assertEquals(await say(job, "injob"), "yes");
  await child[Symbol.asyncDispose]();
});

Deno.test("JobObject.spawn: what the child starts at once is in the job too", async () => {
  using job = killJob();
  const child = startChild(job, "spawn 3 -- sleepforever");
  await within(child.status, "its end");
  assertEquals(job.stats().processes, { total: 4, active: 3, terminated: 0 });
});

Deno.test("JobObject.spawn: the child inherits its three handles and no other, whoever else starts programs", async () => {
  using job = killJob();
  // An inheritable handle of ours, which a Deno.Command passes on.
  const extra = makeOutputPipe();
  using _theirs = extra.theirs;
  makeInheritable(extra.theirs);
  const control = await new Deno.Command(CHILD, { args: ["handles"], stdin: "null" }).output();
  const leaked = JSON.parse(new TextDecoder().decode(control.stdout)) as { inherited: number[] };
  assert(leaked.inherited.length > 3, "the child program does not see what it inherits");
  extra.ours.close();
  const worker = new Worker(
    `data:text/javascript,${
      encodeURIComponent(`
        let go = true;
        self.onmessage = () => go = false;
        const run = async () => {
          while (go) {
            await new Deno.Command(${JSON.stringify(filePath(CHILD))}, {
              args: ["exit", "0"], stdin: "piped", stdout: "piped", stderr: "piped",
            }).spawn().output().catch(() => {});
            self.postMessage("ran");
          }
          self.close();
        };
        run();`)
    }`,
    { type: "module" },
  );
  let others = 0;
  worker.onmessage = () => others++;
  const closed = Promise.withResolvers<void>();
  for (let i = 0; i < 6 || others < 3; i++) {
    const texts = await Promise.all(
      [1, 2, 3].map(() => say(job, "handles", { stdin: "piped", stderr: "piped" })),
    );
    for (const text of texts) {
      const { inherited } = JSON.parse(text) as { inherited: number[] };
      assertEquals(inherited.length, 3, text);
    }
  }
  worker.onmessage = () => closed.resolve();
  worker.postMessage("stop");
  await within(closed.promise, "the worker's last run");
  worker.terminate();
});

/** Runs to the end what starts processes, and gives the creation flags. */
async function creationFlags(options: SpawnOptions): Promise<number> {
  using job = killJob();
  let flags = 0;
  {
    using _recorded = substituteKernel("CreateProcessW", (real) => (...args) => {
      flags = args[5];
      return real(...args);
    });
    await using _child = startChild(job, "exit 0", options);
  }
  return flags;
}

Deno.test("JobObject.spawn: each option is its creation flag, and no other", async () => {
  const plain = await creationFlags({});
  const cases: [SpawnOptions, number][] = [
    [{ priority: "idle" }, PRIORITY_CLASS.IDLE_PRIORITY_CLASS],
    [{ priority: "belowNormal" }, PRIORITY_CLASS.BELOW_NORMAL_PRIORITY_CLASS],
    [{ priority: "high" }, PRIORITY_CLASS.HIGH_PRIORITY_CLASS],
    [{ newProcessGroup: true }, CREATION_FLAGS.CREATE_NEW_PROCESS_GROUP],
    [{ noWindow: true }, CREATION_FLAGS.CREATE_NO_WINDOW],
    [{ newConsole: true }, CREATION_FLAGS.CREATE_NEW_CONSOLE],
    [{ detached: true }, CREATION_FLAGS.DETACHED_PROCESS | CREATION_FLAGS.CREATE_NEW_PROCESS_GROUP],
    [{ suspended: true, noWindow: false, detached: false }, 0],
  ];
  for (const [options, flags] of cases) {
    assertEquals(await creationFlags(options), plain | flags, JSON.stringify(options));
    assertEquals(plain & flags, 0);
  }
  using job = killJob();
  assertThrows(
    () => startChild(job, "exit 0", { priority: "highest" as "high" }),
    TypeError,
    "priority must be one of idle, belowNormal",
  );
});

Deno.test("JobObject.spawn: detached has no console; two kinds of console exclude each other", async () => {
  using job = killJob();
  assertEquals(await say(job, "console", { detached: true }), "no");
  assertThrows(
    () => startChild(job, "exit 0", { detached: true, noWindow: true }),
    TypeError,
    "noWindow and detached exclude each other",
  );
  assertEquals(await say(job, "print shown", { noWindow: true }), "shown");
  assertEquals(await say(job, "print shown", { newProcessGroup: true }), "shown");
});

Deno.test("JobObject.spawn: another process as the parent, with our pipes", async () => {
  using job = killJob();
  using other = killJob();
  await using parent = startChild(other, "sleepforever");
  await using child = startChild(job, "print grandchild sleepforever", {
    parentPid: parent.pid,
    stdout: "piped",
  });
  const reader = child.stdout.getReader();
  const { value } = await within(reader.read(), "its word");
  assertEquals(new TextDecoder().decode(value).trim(), "grandchild");
  assertEquals(snapshotProcesses().get(child.pid)?.parentPid, parent.pid);
  assertEquals(job.contains(child.pid), true);
  // No copy of the pipe is left in the parent: the child's end is the stream's.
  child.kill();
  assertEquals((await within(reader.read(), "the end")).done, true);
  assertThrows(() => startChild(job, "exit 0", { parentPid: 0xffff_fff0 }), Win32Error);
  assertThrows(
    () => startChild(job, "exit 0", { parentPid: -1 }),
    RangeError,
    "options.parentPid must be a whole number",
  );
});

Deno.test("JobObject.spawn: a signal that is aborted already starts nothing", () => {
  using job = killJob();
  const reason = new Error("not wanted any more");
  const error = assertThrows(() =>
    startChild(job, "exit 0", { signal: AbortSignal.abort(reason) })
  );
  assertEquals(error, reason);
  assertEquals(job.stats().processes.total, 0);
});

Deno.test("JobObject.spawn: a signal that is aborted while the process is made leaves none", async () => {
  using job = killJob();
  const before = [completionPort.refs, completionPort.sources, exitWatch.size];
  await assertNoHandleLeft(async () => {
    const controller = new AbortController();
    {
      using _aborting = substituteKernel("ResumeThread", (real) => (thread) => {
        controller.abort();
        return real(thread);
      });
      const { signal } = controller;
      const error = assertThrows(() =>
        startChild(job, "sleepforever", { stdout: "piped", signal })
      );
      assertEquals(error, signal.reason);
    }
    await within(job.wait(), "the process's end");
    await within(completionPort.idle(), "the port's rest");
  });
  assertEquals(job.stats().processes.total, 1);
  assertEquals([completionPort.refs, completionPort.sources, exitWatch.size], before);
});

Deno.test("JobObject.spawn: refuses an invalid signal or drainTimeout, and a closed job", () => {
  const job = killJob();
  assertThrows(
    () => startChild(job, "exit 0", { signal: new AbortController() as unknown as AbortSignal }),
    TypeError,
    "signal must be an AbortSignal",
  );
  assertThrows(() => startChild(job, "exit 0", { drainTimeout: NaN }), RangeError, "drainTimeout");
  assertEquals(job.stats().processes.total, 0);
  job.close();
  assertThrows(() => startChild(job, "exit 0"), AlreadyClosedError);
});

Deno.test("JobObject.spawn: a process that cannot be put into the job is ended", async () => {
  using job = killJob();
  await assertNoHandleLeft(async () => {
    const pids: number[] = [];
    {
      using _outside = substituteKernel("IsProcessInJob", () => (_process, _job, result) => {
        (result as Int32Array)[0] = 0;
        return 1;
      });
      using _refused = substituteKernel("AssignProcessToJobObject", () => (_job, process) => {
        assertEquals(kernel32.WaitForSingleObject(process, 0), WAIT.WAIT_TIMEOUT);
        pids.push(...job.pids());
        kernel32.SetLastError(ERROR.ACCESS_DENIED);
        return 0;
      });
      const error = assertThrows(() => startChild(job, "sleepforever"), Win32Error);
      assertEquals([error.api, error.code], ["AssignProcessToJobObject", ERROR.ACCESS_DENIED]);
    }
    assertEquals(pids.length, 1);
    await within(job.wait(), "its end");
  });
});
