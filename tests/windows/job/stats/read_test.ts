import {
  doIo,
  endJob,
  JOBSIM,
  runChild,
  startChild,
  trial,
  uniqueName,
  until,
  within,
} from "../../../helpers/job_trials.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { AlreadyClosedError } from "../../../../ffi/handle.ts";
import { JobObject } from "../../../../job/job_object.ts";

const MB = 2 ** 20;

Deno.test(
  "stats: user time, processes and page faults are those of the children",
  trial(async () => {
    using job = JobObject.create({ killOnClose: true });
    const nothing = { total: 0, active: 0, terminated: 0 };
    assertEquals(job.stats().processes, nothing);
    assertEquals(job.stats().userTime, 0);
    await runChild(job, "exit 7");
    // They stay, so that no sample of a short life is missed.
    startChild(job, "spin 300 sleepforever");
    startChild(job, "spin 200 sleepforever");
    const stats = await until(() => job.stats(), ({ userTime }) => userTime >= 490);
    assert(stats.userTime < 800, `${stats.userTime} ms`);
    assertEquals(stats.periodUserTime, stats.userTime);
    assertEquals(stats.periodKernelTime, stats.kernelTime);
    assert(stats.kernelTime < 500, `${stats.kernelTime} ms`);
    assertEquals(stats.processes, { total: 3, active: 2, terminated: 0 });
    await endJob(job);
    const processor = job.queryProcessorStats();
    assert(processor.totalUserTime >= stats.userTime && processor.totalUserTime < 800);
    assertEquals(processor.thisPeriodTotalUserTime, processor.totalUserTime);
    assertEquals(
      [processor.totalProcesses, processor.activeProcesses, processor.totalTerminatedProcesses],
      [3, 0, 0],
    );
    assert(processor.totalPageFaultCount >= stats.pageFaults);
  }),
);

Deno.test(
  "stats: current and peak memory, of one process and of all; the job's peak can be reset",
  trial(async () => {
    using job = JobObject.create({ killOnClose: true });
    const children = [1, 2].map(() => startChild(job, `alloc ${90 * MB} sleepforever`));
    const both = await until(() => job.stats().memory, ({ current }) => current! >= 180 * MB);
    assert(both.current! < 200 * MB, `${both.current} now`);
    assert(both.peak >= both.current! && both.peak < 200 * MB, `${both.peak} at most`);
    assert(both.peakProcess >= 90 * MB && both.peakProcess < 100 * MB, `${both.peakProcess}`);
    const usage = job.queryMemoryStats();
    assert(usage.jobMemory >= 180 * MB && usage.jobMemory < 200 * MB, `${usage.jobMemory} now`);
    assert(usage.peakJobMemoryUsed >= both.peak && usage.peakJobMemoryUsed < 200 * MB);
    children[0]!.kill();
    await within(children[0]!.status, "the first child's end");
    const one = await until(() => job.stats().memory, ({ current }) => current! < 120 * MB);
    assert(one.current! >= 90 * MB, `${one.current} now`);
    assertEquals(one.peak, usage.peakJobMemoryUsed);
    job.resetPeakMemory();
    const { peak, peakProcess } = job.stats().memory;
    assert(peak >= 90 * MB && peak < 120 * MB, `${peak} at most since the reset`);
    assertEquals(peakProcess, one.peakProcess);
    await endJob(job);
  }),
);

Deno.test(
  "stats: bytes read and written are separate, with those that reached disks if they are tracked",
  trial(async () => {
    using job = JobObject.create({ killOnClose: true, name: uniqueName("io") });
    startChild(job, "sleepforever");
    const before = job.queryStorageStats();
    assertEquals(before.attribution, undefined);
    await doIo(job, { read: 3 * MB });
    job.setIoTracking(true);
    await doIo(job, { write: 5 * MB });
    const io = job.stats().io!;
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
  }),
);

Deno.test(
  "stats: processes that a limit ended have their own count",
  trial(async () => {
    using job = JobObject.create({ killOnClose: true, limits: { processUserTime: 100 } });
    await runChild(job, "exit 7");
    assertEquals((await runChild(job, "spinforever")).code, 1816);
    assertEquals(job.stats().processes, { total: 2, active: 0, terminated: 1 });
  }),
);

Deno.test(
  "stats: a closed job has none",
  trial(() => {
    const job = JobObject.create();
    job.close();
    assertThrows(() => job.stats(), AlreadyClosedError);
    assertThrows(() => job.queryMemoryStats(), AlreadyClosedError);
    assertThrows(() => job.resetPeakMemory(), AlreadyClosedError);
  }),
);
