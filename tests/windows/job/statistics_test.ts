import {
  doIo,
  endJob,
  JOBSIM,
  nextMessage,
  runChild,
  startChild,
  uniqueName,
  within,
} from "../../helpers/job_trials.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { AlreadyClosedError } from "../../../ffi/handle.ts";
import { JobObject } from "../../../job/job_object.ts";

const MB = 2 ** 20;

Deno.test("stats: user time, processes and page faults are those of the children", async () => {
  using job = JobObject.create({ killOnClose: true });
  const nothing = { total: 0, active: 0, terminated: 0 };
  assertEquals(job.stats().processes, nothing);
  assertEquals(job.stats().userTime, 0);
  await runChild(job, "spin 300");
  await runChild(job, "spin 200");
  startChild(job, "sleepforever");
  const stats = job.stats();
  assert(stats.userTime >= 490 && stats.userTime < 800, `${stats.userTime} ms`);
  assertEquals(stats.periodUserTime, stats.userTime);
  assertEquals(stats.periodKernelTime, stats.kernelTime);
  assert(stats.kernelTime < 500, `${stats.kernelTime} ms`);
  assertEquals(stats.processes, { total: 3, active: 1, terminated: 0 });
  const processor = job.queryProcessorStats();
  assertEquals([processor.totalUserTime, processor.thisPeriodTotalUserTime], [
    stats.userTime,
    stats.userTime,
  ]);
  assertEquals(
    [processor.totalProcesses, processor.activeProcesses, processor.totalTerminatedProcesses],
    [3, 1, 0],
  );
  assert(processor.totalPageFaultCount >= stats.pageFaults);
  await endJob(job);
});

Deno.test("stats: memory now and at most, of one process and of all; the job's peak can be reset", async () => {
  using job = JobObject.create({ killOnClose: true, notifications: true });
  job.setNotificationLimits({ jobMemory: 150 * MB });
  const children = [1, 2].map(() => startChild(job, `alloc ${90 * MB} sleepforever`));
  // Both have their memory when both together have passed the limit.
  const { violation } = await nextMessage(job, "notificationLimit");
  assertEquals(violation.violated, ["jobMemory"]);
  const reader = await peaksOf(job, ({ current }) => current! >= 180 * MB);
  assert(reader.current! < 200 * MB, `${reader.current} now`);
  assert(reader.peak >= reader.current! && reader.peak < 200 * MB, `${reader.peak} at most`);
  assert(reader.peakProcess >= 90 * MB && reader.peakProcess < 100 * MB, `${reader.peakProcess}`);
  const usage = job.queryMemoryStats();
  assertEquals([usage.jobMemory, usage.peakJobMemoryUsed], [reader.current, reader.peak]);
  children[0]!.kill();
  await within(children[0]!.status, "the first child's end");
  const { current } = await peaksOf(job, (memory) => memory.current! < 120 * MB);
  assertEquals(job.stats().memory.peak, reader.peak);
  job.resetPeakMemory();
  assertEquals(job.stats().memory.peak, current);
  assertEquals(job.stats().memory.peakProcess, reader.peakProcess);
  await endJob(job);
});

/** The memory, as soon as it is as wanted. */
async function peaksOf(
  job: JobObject,
  wanted: (memory: ReturnType<JobObject["stats"]>["memory"]) => boolean,
): Promise<ReturnType<JobObject["stats"]>["memory"]> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const { memory } = job.stats();
    if (wanted(memory)) return memory;
    // A child's start and end is the clock here.
    using clock = JobObject.create();
    await runChild(clock, "sleep 20");
  }
  throw new Error(`Cannot wait longer: memory is ${JSON.stringify(job.stats().memory)}`);
}

Deno.test("stats: bytes read and written are told apart, and what reached disks when it is tracked", async () => {
  using job = JobObject.create({ killOnClose: true, name: uniqueName("io") });
  startChild(job, "sleepforever");
  const before = job.queryStorageStats();
  assertEquals(before.attribution, undefined);
  await doIo(job, { read: 3 * MB });
  job.setIoTracking(true);
  await doIo(job, { write: 5 * MB });
  const { io } = job.stats();
  const storage = job.queryStorageStats();
  assert(io.readBytes - before.readTransferCount >= 3 * MB);
  assert(io.writeBytes - before.writeTransferCount >= 5 * MB);
  assertEquals(
    [io.readBytes, io.writeBytes, io.readOperations, io.writeOperations],
    [
      storage.readTransferCount,
      storage.writeTransferCount,
      storage.readOperationCount,
      storage.writeOperationCount,
    ],
  );
  assert(storage.attribution !== undefined);
  if (JOBSIM) {
    assertEquals([io.readBytes, io.writeBytes], [3 * MB, 5 * MB]);
    assertEquals([io.readOperations, io.writeOperations], [1, 1]);
    assertEquals(storage.attribution.read.totalSize, 0);
    assertEquals(storage.attribution.write.totalSize, 5 * MB);
    assertEquals(storage.attribution.write.ioCount, 1);
  }
  job.setIoTracking(false);
  job.setIoTracking(false);
  await endJob(job);
});

Deno.test("stats: processes that a limit ended are counted apart", async () => {
  using job = JobObject.create({ killOnClose: true, limits: { processUserTime: 100 } });
  await runChild(job, "exit 7");
  assertEquals((await runChild(job, "spinforever")).code, 1816);
  assertEquals(job.stats().processes, { total: 2, active: 0, terminated: 1 });
});

Deno.test("stats: a closed job has none", () => {
  const job = JobObject.create();
  job.close();
  assertThrows(() => job.stats(), AlreadyClosedError);
  assertThrows(() => job.queryMemoryStats(), AlreadyClosedError);
  assertThrows(() => job.resetPeakMemory(), AlreadyClosedError);
});
