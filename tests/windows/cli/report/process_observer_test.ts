import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { ProcessObserver } from "../../../../cli/report/process_observer.ts";
import type { RecordedProcess, RunRecord } from "../../../../cli/report/record.ts";
import { Recorder } from "../../../../cli/report/recorder.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { CHILD } from "../../../helpers/job_trials.ts";
import { NamedEvent } from "../../../helpers/named_event.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";

/** What a record of our child is steered by. */
interface Steering {
  /** Ends it by force when `ready` was printed. */
  readonly end?: (job: JobObject) => void;
  /** Is told how many processes were seen. */
  readonly seen?: (count: number) => void;
}

/** Runs our child in a job and records it. */
async function record(args: readonly string[], { end, seen }: Steering = {}): Promise<RunRecord> {
  using job = JobObject.create({ killOnClose: true });
  const startedAt = new Date();
  const from = performance.now();
  const at = (): number => performance.now() - from;
  const recorder = new Recorder({
    toolVersion: "0",
    machine: { processors: 1 },
    command: { executable: "child.exe", args, cwd: "." },
    job: { limits: {}, notificationLimits: {} },
    startedAt,
  });
  using observer = new ProcessObserver(recorder, startedAt);
  let count = 0;
  const zero = Promise.withResolvers<void>();
  const listening = (async () => {
    for await (const event of job.notifications()) {
      recorder.event(event, at());
      observer.event(event, at());
      if (event.type === "newProcess") seen?.(++count);
      if (event.type === "activeProcessZero") zero.resolve();
    }
  })();
  await using child = job.spawn(CHILD, { args, stdin: "null", stdout: "piped" });
  if (end) {
    const reader = child.stdout.getReader();
    let text = "";
    while (!text.includes("ready")) {
      const { done, value } = await reader.read();
      assert(!done, "the child ended before it was ready");
      text += new TextDecoder().decode(value);
    }
    reader.releaseLock();
    end(job);
  } else await child.stdout.text();
  const { code } = await child.status;
  await job.wait();
  await zero.promise;
  const stats = job.stats();
  observer.finish(at());
  job.close();
  await listening;
  return recorder.finish({
    verdict: "exited",
    exitCode: 0,
    child: { pid: child.pid, code: code! },
    endedAt: new Date(),
    wall: at(),
    stats,
  });
}

function byImage(table: readonly RecordedProcess[]): RecordedProcess[] {
  return table.filter(({ image }) => image?.toLowerCase() === "child.exe");
}

Deno.test("ProcessObserver: twenty children have their parent, image, times and code", async () => {
  using go = new NamedEvent();
  // One that ended before its start was told could not be asked: they stay until all were seen.
  const { processTable, processes, times } = await record(
    ["spawnwait", "20", "--", "await", go.name, "sleep", "100", "exit", "5", ";", "exit", "7"],
    {
      seen: (count) => {
        if (count === 21) go.set();
      },
    },
  );
  const [leader, ...children] = byImage(processTable);
  assert(leader);
  assertEquals(processTable.length, processes.total);
  assertEquals(leader.code, 7);
  assertEquals(children.map(({ code }) => code), Array(20).fill(5));
  assertEquals(children.map(({ parentPid }) => parentPid), Array(20).fill(leader.pid));
  for (const { start, end } of children) {
    assert(end !== undefined);
    assertGreaterOrEqual(start, leader.start);
    // The sleep, less a tick of the system's clock.
    assertGreaterOrEqual(end - start, 80);
    assertLessOrEqual(end, times.wall + 20);
  }
});

Deno.test("ProcessObserver: a crash has its code and the code's name", async () => {
  const { child, processTable } = await record(["crash"]);
  assertEquals([child.code, child.codeName], [0xC0000005, "STATUS_ACCESS_VIOLATION"]);
  const [leader] = byImage(processTable);
  assertEquals(leader?.codeName, "STATUS_ACCESS_VIOLATION");
});

Deno.test("ProcessObserver: every process of a job that is terminated has its end and code", async () => {
  const args = ["spawn", "5", "--", "sleepforever", ";", "print", "ready", "sleepforever"];
  const { processTable } = await record(args, { end: (job) => job.terminate(77) });
  const children = byImage(processTable);
  assertEquals(children.map(({ code }) => code), Array(6).fill(77));
  for (const { end } of processTable) assert(end !== undefined);
});

Deno.test("ProcessObserver: no handle is left", async () => {
  const run = async (): Promise<void> => {
    await record(["spawnwait", "5", "--", "exit", "0"]);
  };
  await run();
  await assertNoHandleLeft(run, "a record of six processes");
});
