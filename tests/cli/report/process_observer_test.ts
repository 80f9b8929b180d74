import { assertEquals } from "@std/assert";
import { type ObservedProcess, ProcessObserver } from "../../../cli/report/process_observer.ts";
import type { ProcessEnd } from "../../../cli/report/process_query.ts";
import type { ProcessInfo } from "../../../cli/report/process_table.ts";

interface FakeProcess extends ObservedProcess {
  ended?: ProcessEnd;
  closed: number;
}

function fake(startedAt: number): FakeProcess {
  return {
    closed: 0,
    start: () => startedAt,
    image: () => "x.exe",
    parentPid: () => 39,
    commandLine: () => undefined,
    peakMemory: () => undefined,
    end() {
      return this.ended;
    },
    close() {
      this.closed++;
    },
  };
}

function endOf(code: number, endedAt: number): ProcessEnd {
  return { code, endedAt, userTime: 7, kernelTime: 3 };
}

function observe(processes: Map<number, FakeProcess>): {
  observer: ProcessObserver;
  told: [ProcessInfo, number][];
} {
  const told: [ProcessInfo, number][] = [];
  const observer = new ProcessObserver(
    { process: (info, at) => told.push([info, at]) },
    new Date(1000),
    {
      open: (pid) => processes.get(pid),
    },
  );
  return { observer, told };
}

Deno.test("ProcessObserver reports parent, image and start, then code and end", () => {
  const process = fake(1005);
  const { observer, told } = observe(new Map([[40, process]]));
  observer.event({ type: "newProcess", pid: 40 }, 6);
  process.ended = endOf(3, 1080.5);
  observer.event({ type: "exitProcess", pid: 40 }, 90);
  assertEquals(told, [
    [{ pid: 40, parentPid: 39, image: "x.exe", start: 5 }, 6],
    [{ pid: 40, code: 3, end: 80.5, user: 7, kernel: 3 }, 90],
  ]);
  assertEquals(process.closed, 1);
});

Deno.test("ProcessObserver reports nothing about a process that is gone before it can be queried", () => {
  const { observer, told } = observe(new Map());
  observer.event({ type: "newProcess", pid: 40 }, 6);
  observer.event({ type: "exitProcess", pid: 40 }, 7);
  observer.event({ type: "activeProcessZero" }, 8);
  assertEquals(told, []);
});

Deno.test("ProcessObserver.finish reads the ends that no notification reported", () => {
  const [ended, running] = [fake(1000), fake(1000)];
  const { observer, told } = observe(new Map([[40, ended], [44, running]]));
  for (const pid of [40, 44]) observer.event({ type: "newProcess", pid }, 0);
  ended.ended = endOf(9, 1010);
  observer.finish(20);
  assertEquals(told.slice(2), [[{ pid: 40, code: 9, end: 10, user: 7, kernel: 3 }, 20]]);
  observer[Symbol.dispose]();
  assertEquals([ended.closed, running.closed], [1, 1]);
});

Deno.test("ProcessObserver reads the end of a process whose id is used again", () => {
  const first = fake(1000);
  const processes = new Map([[40, first]]);
  const { observer, told } = observe(processes);
  observer.event({ type: "newProcess", pid: 40 }, 0);
  first.ended = endOf(1, 1005);
  processes.set(40, fake(1010));
  observer.event({ type: "newProcess", pid: 40 }, 11);
  assertEquals(told.map(([{ code, start }]) => [code, start]), [
    [undefined, 0],
    [1, undefined],
    [undefined, 10],
  ]);
});

Deno.test("ProcessObserver never gives a time before the run", () => {
  const { observer, told } = observe(new Map([[40, fake(990)]]));
  observer.event({ type: "newProcess", pid: 40 }, 0);
  assertEquals(told[0]?.[0].start, 0);
});

Deno.test("ProcessObserver.sample queries again what was unknown while a process was being created", () => {
  const process = fake(1005);
  const { observer, told } = observe(new Map([[40, process]]));
  using _observer = observer;
  process.image = () => undefined;
  observer.event({ type: "newProcess", pid: 40 }, 6);
  observer.sample(100);
  process.image = () => "late.exe";
  process.commandLine = () => `late ${"x".repeat(3000)}`;
  process.peakMemory = () => 4096;
  observer.sample(200);
  process.peakMemory = () => 8192;
  observer.sample(300);
  // An ended process may tell less: a peak never falls.
  process.peakMemory = () => 0;
  observer.sample(400);
  const line = `late ${"x".repeat(2042)}…`;
  assertEquals(line.length, 2048);
  assertEquals(told, [
    [{ pid: 40, parentPid: 39, start: 5 }, 6],
    [{ pid: 40, image: "late.exe", commandLine: line, peakMemory: 4096 }, 200],
    [{ pid: 40, peakMemory: 8192 }, 300],
  ]);
});

Deno.test("ProcessObserver.sample queries a bounded number of processes, all of them in turn", () => {
  const asked = new Set<number>();
  const pids = Array.from({ length: 500 }, (_, at) => at + 1);
  const processes = new Map(pids.map((pid) => {
    const process = fake(1000);
    return [pid, process];
  }));
  const { observer } = observe(processes);
  using _observer = observer;
  for (const pid of pids) observer.event({ type: "newProcess", pid }, 0);
  let count = 0;
  for (const [pid, process] of processes) {
    process.peakMemory = () => {
      asked.add(pid);
      count++;
      return undefined;
    };
  }
  for (const at of [100, 200, 300]) observer.sample(at);
  assertEquals([asked.size, count], [500, 600]);
});

Deno.test("ProcessObserver queries a last time when a process ends, and never after it is disposed", () => {
  const process: FakeProcess = { ...fake(1005), image: () => undefined };
  const { observer, told } = observe(new Map([[40, process]]));
  observer.event({ type: "newProcess", pid: 40 }, 6);
  process.image = () => "x.exe";
  process.ended = endOf(3, 1080);
  observer.event({ type: "exitProcess", pid: 40 }, 90);
  assertEquals(told.at(-1), [
    { pid: 40, image: "x.exe", code: 3, end: 80, user: 7, kernel: 3 },
    90,
  ]);
  observer[Symbol.dispose]();
});

Deno.test("ProcessObserver.hold: facts read before the first instruction are reported with the start", () => {
  const process = { ...fake(1005), commandLine: () => "x.exe --fast" };
  const { observer, told } = observe(new Map([[40, process]]));
  observer.hold(40);
  process.commandLine = () => undefined as never;
  observer.sample(2);
  assertEquals(told, []);
  observer.event({ type: "newProcess", pid: 40 }, 6);
  const info = { parentPid: 39, image: "x.exe", commandLine: "x.exe --fast", start: 5 };
  assertEquals(told, [[{ pid: 40, ...info }, 6]]);
  process.ended = endOf(3, 1080.5);
  observer.finish(90);
  assertEquals(told.length, 2);
});

Deno.test("ProcessObserver.hold: reports the process at the end if its start was never reported", () => {
  const process = fake(1005);
  const { observer, told } = observe(new Map([[40, process]]));
  observer.hold(40);
  process.ended = endOf(3, 1080.5);
  observer.finish(90);
  const start = { parentPid: 39, image: "x.exe", start: 5 };
  assertEquals(told, [[{ pid: 40, ...start, code: 3, end: 80.5, user: 7, kernel: 3 }, 90]]);
  assertEquals(process.closed, 1);
});

Deno.test("ProcessObserver.askNew: queries processes that were being created, until all is known or they ended", () => {
  const process = fake(1005);
  const { observer, told } = observe(new Map([[40, process]]));
  observer.event({ type: "newProcess", pid: 40 }, 6);
  assertEquals([observer.hasNew, observer.askNew(7)], [true, true]);
  process.commandLine = () => "x.exe";
  assertEquals([observer.askNew(8), observer.hasNew], [false, false]);
  assertEquals(told.at(-1), [{ pid: 40, commandLine: "x.exe" }, 8]);
  process.ended = endOf(0, 1010);
  observer.finish(9);
  assertEquals(observer.askNew(10), false);
});
