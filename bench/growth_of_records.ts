/**
 * How a record grows with the length of a run and with its processes. The clock is simulated.
 *
 * @module
 */
import { Recorder } from "../cli/report/recorder.ts";
import type { RunRecord } from "../cli/report/record.ts";
import { renderHtml } from "../cli/report/html/page.ts";
import type { Curve, GrowthPoint } from "./growth.ts";

const HOUR = 3_600_000;
const LENGTHS = [1 / 60, 1 / 6, 1, 3, 6, 12, 24];
const PROCESSES = [10, 100, 1_000, 10_000];
/** Milliseconds between two samples at first. */
const INTERVAL = 100;
const BYTES = new TextEncoder();

function newRecorder(): Recorder {
  return new Recorder({
    toolVersion: "0",
    machine: { name: "bench", processors: 4 },
    command: { executable: "C:\\work\\build.exe", args: ["--all"], cwd: "C:\\work" },
    job: { limits: {}, notificationLimits: {}, ownLimits: {} },
    startedAt: new Date(0),
    sampleInterval: INTERVAL,
  });
}

function stats(at: number, active: number) {
  return {
    userTime: at * 0.7,
    kernelTime: at * 0.1,
    pageFaults: at,
    processes: { total: active, active, terminated: 0 },
    memory: { current: 1e8 + (at * 7919) % 1e8, peak: 2e8, peakProcess: 1e8 },
    io: {
      readOperations: at,
      writeOperations: at,
      otherOperations: at,
      readBytes: at * 1000,
      writeBytes: at * 500,
      otherBytes: at,
    },
  };
}

function finish(recorder: Recorder, wall: number, active: number): RunRecord {
  return recorder.finish({
    verdict: "exited",
    stoppedBy: "self",
    exitCode: 0,
    child: { pid: 4, code: 0 },
    endedAt: new Date(wall),
    wall,
    stats: stats(wall, active),
  });
}

function sizeOf(text: string): number {
  return BYTES.encode(text).length;
}

/** A run of a day that is sampled ten times a second to its end, whatever the series asks for. */
export function measureDay(): Curve[] {
  const recorder = newRecorder();
  const sizes: GrowthPoint[] = [];
  const times: GrowthPoint[] = [];
  let at = 0;
  let spent = 0;
  let samples = 0;
  for (const hours of LENGTHS) {
    const begin = performance.now();
    for (; at < hours * HOUR; at += INTERVAL, samples++) recorder.sample(stats(at, 3), at);
    spent += performance.now() - begin;
    const { samples: kept } = finish(recorder, at, 3);
    sizes.push({ x: hours, value: sizeOf(JSON.stringify(kept)) });
    times.push({ x: hours, value: Math.round(spent * 1e6 / samples) });
  }
  return [
    {
      name: "day",
      shows: "the samples in the record of a run that goes on for a day",
      across: "hours",
      unit: "bytes",
      points: sizes,
    },
    {
      name: "day-sample",
      shows: "taking one of its samples, on average since the start",
      across: "hours",
      unit: "ns",
      points: times,
    },
  ];
}

/** A tree of processes, each started by the one before its tenth. */
function recordOf(count: number): RunRecord {
  const recorder = newRecorder();
  const pid = (index: number): number => 4 * (index + 1);
  for (let index = 0; index < count; index++) {
    recorder.event({ type: "newProcess", pid: pid(index) }, 10 * index);
    recorder.process({
      pid: pid(index),
      parentPid: pid(Math.floor(index / 10)),
      image: "cc.exe",
      commandLine: `cc.exe -c source${index}.c -o object${index}.o`,
    }, 10 * index);
    recorder.sample(stats(10 * index, Math.min(index, 100)), 10 * index);
  }
  for (let index = 0; index < count; index++) {
    recorder.process({ pid: pid(index), code: 0, user: 5, kernel: 1 }, 10 * (index + 100));
    recorder.event({ type: "exitProcess", pid: pid(index) }, 10 * (index + 100));
  }
  return finish(recorder, 10 * (count + 200), count);
}

/** The record and its page, by the processes in it. */
export function measureRecords(): Curve[] {
  const points: Record<"record" | "recordSize" | "page" | "pageSize", GrowthPoint[]> = {
    record: [],
    recordSize: [],
    page: [],
    pageSize: [],
  };
  const timed = (make: () => string): [time: number, size: number] => {
    let best = Infinity;
    let size = 0;
    for (let time = 0; time < 3; time++) {
      const begin = performance.now();
      size = sizeOf(make());
      best = Math.min(best, (performance.now() - begin) * 1e6);
    }
    return [Math.round(best), size];
  };
  for (const x of PROCESSES) {
    const [record, recordSize] = timed(() => JSON.stringify(recordOf(x), null, 2));
    const made = recordOf(x);
    const [page, pageSize] = timed(() => renderHtml(made));
    for (const [name, value] of Object.entries({ record, recordSize, page, pageSize })) {
      points[name as keyof typeof points].push({ x, value });
    }
  }
  const common = { across: "processes" } as const;
  return [
    {
      name: "record",
      shows: "a record, from its first event to its JSON",
      unit: "ns",
      points: points.record,
      ...common,
    },
    {
      name: "record-size",
      shows: "the JSON of a record",
      unit: "bytes",
      points: points.recordSize,
      ...common,
    },
    { name: "page", shows: "the page of a record", unit: "ns", points: points.page, ...common },
    {
      name: "page-size",
      shows: "the HTML of the page",
      unit: "bytes",
      points: points.pageSize,
      ...common,
    },
  ];
}
