import "../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { ERROR, TH32CS } from "../../../ffi/constants.ts";
import { failure } from "../../../ffi/error.ts";
import { OwnedHandle } from "../../../ffi/handle.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import { JobObject } from "../../../job/job_object.ts";
import type { ChildProcess } from "../../../process/child_process.ts";
import { completionPort } from "../../../process/io/completion_port.ts";
import { exitWatch } from "../../../process/exit/exit_watch.ts";
import { processUsage } from "../../../process/query/process_usage.ts";
import { startChild, within } from "../../helpers/job_trials.ts";
import { countHandles } from "../../helpers/open_handles.ts";

const CHILDREN = 1_000;
/** How many may be started before the event loop gets a turn. */
const GROUP = 20;

/** What a child with its pipes may cost this process at most, in bytes. */
const CHILD_MEMORY = 200_000;

/** How many threads this process has. */
function threadCount(): number {
  const entry = struct(STRUCTS, "PROCESSENTRY32W");
  const memory = entry.encode({ dwSize: entry.size });
  using snapshot = new OwnedHandle(
    kernel32.CreateToolhelp32Snapshot(TH32CS.SNAPPROCESS, 0),
    "a snapshot",
  );
  let code = failure(kernel32.Process32FirstW(snapshot.value, memory));
  for (; code === ERROR.SUCCESS; code = failure(kernel32.Process32NextW(snapshot.value, memory))) {
    const { th32ProcessID, cntThreads } = entry.decode(memory);
    if (th32ProcessID === Deno.pid) return cntThreads;
  }
  throw new Error(`Cannot count the threads of process ${Deno.pid}: it is not in the snapshot`);
}

/** The most memory that this process had in RAM so far, in bytes. */
function peakMemory(): number {
  return processUsage(kernel32.GetCurrentProcess()).memory?.peakWorkingSet ?? NaN;
}

function toMiB(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

Deno.test("JobObject.spawn: a thousand children at once, with three pipes each, all respond and all end", async () => {
  using job = JobObject.create({ killOnClose: true });
  const started = performance.now();
  void completionPort.handle;
  const before = { handles: countHandles(8192), peak: peakMemory() };
  const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  const children: ChildProcess[] = [];
  let threads = 0;
  const measure = (): void => {
    threads = Math.max(threads, threadCount());
  };
  while (children.length < CHILDREN) {
    for (let i = 0; i < GROUP; i++) children.push(startChild(job, "cat", pipes));
    await new Promise((resolve) => setTimeout(resolve));
  }
  const all = performance.now();
  const stderr = children.map((child) => child.stderr.bytes());
  const readers = children.map((child) => child.stdout.getReader());
  const writers = children.map((child) => child.stdin.getWriter());
  const reading = readers.map((reader) => reader.read());
  assertEquals(new Set(job.pids()), new Set(children.map(({ pid }) => pid)));
  assertEquals(job.stats().processes.active, CHILDREN);
  measure();

  await Promise.all(
    writers.map((writer, i) => writer.write(new TextEncoder().encode(`line ${i}\n`))),
  );
  const answers = await within(Promise.all(reading), "every answer", { deadline: 60_000 });
  measure();
  answers.forEach(({ value }, i) => assertEquals(new TextDecoder().decode(value), `line ${i}\n`));
  assertEquals(job.stats().processes.active, CHILDREN);

  await Promise.all(writers.map((writer) => writer.close()));
  const ends = await within(
    Promise.all(children.map(({ status }) => status)),
    "every end",
    { deadline: 60_000 },
  );
  measure();
  assertEquals(ends.every(({ code }) => code === 0), true);
  for (const reader of readers) assertEquals((await reader.read()).done, true);
  for (const bytes of await Promise.all(stderr)) assertEquals(bytes.length, 0);
  await job.wait();

  const left = countHandles(8192) - before.handles;
  const peak = peakMemory();
  // deno-lint-ignore no-console -- the peak is stated
  console.log(
    `${CHILDREN} children: started in ${Math.round(all - started)} ms, over in ` +
      `${Math.round(performance.now() - started)} ms; ${threads} threads; peak memory ` +
      `${toMiB(peak)} MiB, before ${toMiB(before.peak)} MiB; handles ${left} more`,
  );
  assert(threads < 40, `${threads} threads`);
  assert(peak - before.peak < CHILDREN * CHILD_MEMORY, `${peak} bytes, before ${before.peak}`);
  assert(Math.abs(left) <= 5, `${left} handles more than before`);
  assertEquals([completionPort.refs, completionPort.weakRefs, exitWatch.size], [0, 0, 0]);
});
