/**
 * Records to test renderers with.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { type FinalStats, Recorder, type RunOutcome } from "../../cli/report/recorder.ts";
import type { RunRecord } from "../../cli/report/record.ts";

/** Statistics in which every counter has a different value. */
export const SAMPLE_STATS: FinalStats = {
  userTime: 1200,
  kernelTime: 300,
  pageFaults: 4711,
  processes: { total: 3, active: 0, terminated: 1 },
  memory: { current: 48 * 1048576, peak: 65 * 1048576, peakProcess: 41 * 1048576 },
  io: {
    readOperations: 11,
    writeOperations: 12,
    otherOperations: 13,
    readBytes: 1400,
    writeBytes: 1500,
    otherBytes: 1600,
  },
};

/**
 * Makes a recorder that a run has just begun with.
 *
 * @param sampleInterval Milliseconds between two samples.
 * @returns The recorder.
 */
export function sampleRecorder(sampleInterval?: number): Recorder {
  return new Recorder({
    toolVersion: "1.2.3",
    machine: { name: "worker-7", processors: 4 },
    labels: { build: "1234" },
    command: { executable: "C:\\tools\\build.exe", args: ["--all", "a b"], cwd: "C:\\work" },
    job: {
      name: "build",
      limits: { jobMemory: 64 * 1048576, activeProcesses: 8, affinity: "0x3" },
      notificationLimits: {},
      ownLimits: { wallTime: 5000 },
    },
    startedAt: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
    ...defined({ sampleInterval }),
  });
}

/**
 * Makes the record of a run with three processes and a few samples.
 *
 * @param outcome What differs from an exit with 0 after two seconds.
 * @returns The record.
 */
export function sampleRecord(outcome: Partial<RunOutcome> = {}): RunRecord {
  const recorder = sampleRecorder();
  recorder.event({ type: "newProcess", pid: 100 }, 0);
  recorder.process({ pid: 100, parentPid: 4, image: "build.exe" }, 1);
  for (let at = 0; at < 2000; at += 100) {
    if (at === 500) recorder.event({ type: "newProcess", pid: 104 }, at);
    if (at === 700) recorder.process({ pid: 104, parentPid: 100, image: "cc.exe" }, at);
    if (at === 900) recorder.event({ type: "newProcess", pid: 108 }, at);
    if (at === 1500) {
      recorder.process({ pid: 104, code: 0xC0000005 }, at);
      recorder.event({ type: "abnormalExitProcess", pid: 104 }, at);
    }
    if (at === 1600) recorder.event({ type: "jobMemoryLimit", pid: 108 }, at);
    recorder.sample({
      ...SAMPLE_STATS,
      userTime: at / 2,
      kernelTime: at / 10,
      processes: { total: 3, active: 1 + (at >= 500 ? 1 : 0), terminated: 0 },
      memory: { current: Math.round((8 + 56 * (at / 2000) ** 2) * 1048576) },
    }, at);
  }
  recorder.event({ type: "exitProcess", pid: 108 }, 1900);
  recorder.event({ type: "exitProcess", pid: 100 }, 1990);
  return recorder.finish({
    verdict: "exited",
    stoppedBy: "self",
    exitCode: 0,
    child: { pid: 100, code: 0 },
    endedAt: new Date(Date.UTC(2026, 0, 2, 3, 4, 7)),
    wall: 2000,
    stats: SAMPLE_STATS,
    ...outcome,
  });
}
