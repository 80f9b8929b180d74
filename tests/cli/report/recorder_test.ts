import { assert, assertEquals } from "@std/assert";
import { limitHits } from "../../../cli/report/recorder.ts";
import { SAMPLE_STATS, sampleRecord, sampleRecorder } from "../../helpers/run_record.ts";

const OUTCOME = {
  verdict: "exited",
  exitCode: 0,
  endedAt: new Date(0),
  wall: 1000,
} as const;

Deno.test("Recorder.finish writes every number of the statistics to its own field", () => {
  const record = sampleRecord();
  assertEquals(record.times.user, 1200);
  assertEquals(record.times.kernel, 300);
  assertEquals(record.times.wall, 2000);
  assertEquals(record.times.start, "2026-01-02T03:04:05.000Z");
  assertEquals(record.times.end, "2026-01-02T03:04:07.000Z");
  assertEquals(record.pageFaults, 4711);
  assertEquals(record.memory, { peakJob: 65 * 1048576, peakProcess: 41 * 1048576 });
  assertEquals(record.io, SAMPLE_STATS.io);
  assertEquals(record.processes, { total: 3, active: 0, terminated: 1, peakActive: 3 });
  assertEquals(record.child, { pid: 100, code: 0 });
  assertEquals(record.machine, { name: "worker-7", processors: 4 });
  assertEquals(record.labels, { build: "1234" });
});

Deno.test("Recorder.finish names the child's code and leaves out what is absent", () => {
  const record = sampleRecord({ child: { pid: 100, code: 0xC0000005 } });
  assertEquals(record.child.codeName, "STATUS_ACCESS_VIOLATION");
  assertEquals(Object.hasOwn(record, "limit"), false);
  assertEquals(Object.hasOwn(record, "error"), false);
  assertEquals(Object.hasOwn(record, "output"), false);
});

Deno.test("Recorder.finish makes a record of a command that was never started", () => {
  const record = sampleRecorder().finish({
    ...OUTCOME,
    verdict: "notFound",
    exitCode: 127,
    wall: 0,
    error: "Cannot find x",
  });
  assertEquals(record.child, {});
  assertEquals(record.processTable, []);
  assertEquals(record.samples, []);
  assertEquals(record.memory, {});
  assertEquals(record.error, "Cannot find x");
  assertEquals(Object.hasOwn(record, "stoppedBy"), false);
});

Deno.test("Recorder.finish uses the latest sample if the job can no longer be read", () => {
  const recorder = sampleRecorder();
  recorder.sample(SAMPLE_STATS, 10);
  assertEquals(recorder.finish(OUTCOME).times.user, 1200);
  assertEquals(recorder.latest, SAMPLE_STATS);
});

Deno.test("Recorder keeps a row for each process, found by notifications and by queries", () => {
  assertEquals(sampleRecord().processTable, [
    { pid: 100, parentPid: 4, image: "build.exe", start: 0, end: 1990, code: 0 },
    {
      pid: 104,
      parentPid: 100,
      image: "cc.exe",
      start: 500,
      end: 1500,
      code: 0xC0000005,
      codeName: "STATUS_ACCESS_VIOLATION",
    },
    { pid: 108, start: 900, end: 1900 },
  ]);
});

Deno.test("Recorder opens a new row when the system uses a process id again", () => {
  const recorder = sampleRecorder();
  for (const [type, at] of [["newProcess", 1], ["exitProcess", 2], ["newProcess", 3]] as const) {
    recorder.event({ type, pid: 40 }, at);
  }
  recorder.process({ pid: 40, image: "second.exe" }, 4);
  assertEquals(recorder.finish(OUTCOME).processTable, [
    { pid: 40, start: 1, end: 2 },
    { pid: 40, image: "second.exe", start: 3 },
  ]);
});

Deno.test("Recorder gives the command's code to the first row of its id", () => {
  const recorder = sampleRecorder();
  for (const [type, at] of [["newProcess", 1], ["exitProcess", 2], ["newProcess", 3]] as const) {
    recorder.event({ type, pid: 40 }, at);
  }
  const { processTable } = recorder.finish({ ...OUTCOME, child: { pid: 40, code: 9 } });
  assertEquals(processTable.map(({ code }) => code), [9, undefined]);
});

Deno.test("Recorder keeps the end that a process reported, not the later notification's", () => {
  const recorder = sampleRecorder();
  recorder.event({ type: "newProcess", pid: 40 }, 1);
  recorder.process({ pid: 40, end: 5, code: 0 }, 7);
  recorder.event({ type: "exitProcess", pid: 40 }, 8);
  assertEquals(recorder.finish(OUTCOME).processTable, [{ pid: 40, start: 1, end: 5, code: 0 }]);
});

Deno.test("Recorder ends rows whose end was never reported, but only if nothing is running", () => {
  for (const [active, end] of [[0, 1000], [1, undefined]] as const) {
    const recorder = sampleRecorder();
    recorder.event({ type: "newProcess", pid: 40 }, 1);
    const stats = { ...SAMPLE_STATS, processes: { total: 1, active, terminated: 0 } };
    assertEquals(recorder.finish({ ...OUTCOME, stats }).processTable[0]?.end, end);
  }
});

Deno.test("Recorder counts the processes beyond ten thousand rows", () => {
  const recorder = sampleRecorder();
  for (let i = 1; i <= 10_007; i++) recorder.event({ type: "newProcess", pid: 4 * i }, i);
  const record = recorder.finish(OUTCOME);
  assertEquals(record.processTable.length, 10_000);
  assertEquals(record.processTableOmitted, 7);
  assertEquals(record.processes.peakActive, 10_007);
});

Deno.test("Recorder counts the hits beyond a thousand rows", () => {
  const recorder = sampleRecorder();
  for (let i = 0; i < 1500; i++) recorder.event({ type: "processMemoryLimit", pid: 8 }, i);
  recorder.hit({ at: 1600, type: "wallTime", limit: 5000, measured: 5001 });
  const record = recorder.finish(OUTCOME);
  assertEquals(record.limitHits.length, 1000);
  assertEquals(record.limitHitCounts, { processMemoryLimit: 1500, wallTime: 1 });
});

Deno.test("limitHits returns one hit for each soft limit that was crossed", () => {
  const violation = {
    violated: ["jobMemory", "cpuRate", "readBytes"],
    jobMemory: { limit: 100, measured: 120 },
    cpuRate: { limit: "low", measured: "high" },
  } as const;
  assertEquals(limitHits({ type: "notificationLimit", pid: 12, violation }, 7), [
    { at: 7, type: "notificationLimit", pid: 12, name: "jobMemory", limit: 100, measured: 120 },
    { at: 7, type: "notificationLimit", pid: 12, name: "cpuRate", limit: "low", measured: "high" },
    { at: 7, type: "notificationLimit", pid: 12, name: "readBytes" },
  ]);
  const none = { type: "notificationLimit", pid: 12, violation: { violated: [] } } as const;
  assertEquals(limitHits(none, 7), [{ at: 7, type: "notificationLimit", pid: 12 }]);
});

Deno.test("limitHits returns none for a notification that is not about a limit", () => {
  for (const type of ["newProcess", "exitProcess", "abnormalExitProcess"] as const) {
    assertEquals(limitHits({ type, pid: 4 }, 1), []);
  }
  assertEquals(limitHits({ type: "activeProcessZero" }, 1), []);
  assertEquals(limitHits({ type: "unknown", code: 99, value: 4n }, 1), []);
  assertEquals(limitHits({ type: "endOfJobTime" }, 1), [{ at: 1, type: "endOfJobTime" }]);
});

Deno.test("Recorder.sampleInterval grows with a long run", () => {
  const recorder = sampleRecorder(100);
  assertEquals(recorder.sampleInterval, 100);
  for (let at = 0; at < 300_000; at += 100) recorder.sample(SAMPLE_STATS, at);
  assert(recorder.sampleInterval > 100);
});

Deno.test("Recorder: a hit has its limit, and the hit that ended the run also the measured value", () => {
  const recorder = sampleRecorder();
  recorder.event({ type: "jobMemoryLimit", pid: 4 }, 5);
  recorder.event({ type: "activeProcessLimit" }, 6);
  const [limit, measured] = [64 * 1048576, 84 * 1048576];
  const { limitHits } = recorder.finish({
    verdict: "memory",
    exitCode: 137,
    limit: { name: "jobMemory", limit, measured, unit: "bytes" },
    endedAt: new Date(0),
    wall: 10,
  });
  assertEquals(limitHits, [
    { at: 5, type: "jobMemoryLimit", pid: 4, limit, measured },
    { at: 6, type: "activeProcessLimit", limit: 8 },
  ]);
});

Deno.test("Recorder: a value that was not measured is absent, not 0", () => {
  const nothing = sampleRecorder().finish({
    verdict: "notFound",
    exitCode: 127,
    endedAt: new Date(0),
    wall: 1,
  });
  assertEquals([nothing.io, nothing.pageFaults, nothing.memory, nothing.times.user], [
    ...[undefined, undefined, {}, undefined],
  ]);
  const recorder = sampleRecorder();
  const memory = { current: 5, peak: 0, peakProcess: 0 };
  const { io: _io, ...uncounted } = SAMPLE_STATS;
  recorder.sample({ ...uncounted, memory }, 1);
  const record = recorder.finish({ verdict: "exited", exitCode: 0, endedAt: new Date(0), wall: 2 });
  assertEquals([record.io, record.memory, record.samples[0]?.readBytes], [
    ...[undefined, {}, undefined],
  ]);
  assertEquals(record.times.user, SAMPLE_STATS.userTime);
});
