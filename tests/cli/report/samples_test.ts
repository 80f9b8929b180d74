import { assert, assertEquals } from "@std/assert";
import { type SampledStats, SampleSeries } from "../../../cli/report/samples.ts";

function stats(values: {
  user?: number;
  kernel?: number;
  memory?: number;
  processes?: number;
  read?: number;
  write?: number;
}): SampledStats {
  return {
    userTime: values.user ?? 0,
    kernelTime: values.kernel ?? 0,
    processes: { active: values.processes ?? 1 },
    memory: values.memory === undefined ? {} : { current: values.memory },
    io: { readBytes: values.read ?? 0, writeBytes: values.write ?? 0 },
  };
}

Deno.test("SampleSeries.list returns each number in its own field", () => {
  const series = new SampleSeries({ processors: 2 });
  series.add(stats({ user: 30, kernel: 20, memory: 5000, processes: 3, read: 7, write: 8 }), 100);
  assertEquals(series.list(), [{
    at: 100,
    memory: 5000,
    cpuPercent: 25,
    userMs: 30,
    kernelMs: 20,
    processes: 3,
    readBytes: 7,
    writeBytes: 8,
  }]);
});

Deno.test("SampleSeries.list gives the share of all processors since the previous sample", () => {
  const series = new SampleSeries({ processors: 4 });
  series.add(stats({}), 0);
  series.add(stats({ user: 400 }), 100);
  series.add(stats({ user: 400, kernel: 100 }), 200);
  series.add(stats({ user: 400, kernel: 100 }), 300);
  assertEquals(series.list().map(({ cpuPercent }) => cpuPercent), [0, 100, 25, 0]);
});

Deno.test("SampleSeries.list never shows more than 100 percent nor less than 0", () => {
  const series = new SampleSeries({ processors: 1 });
  series.add(stats({ user: 500 }), 100);
  series.add(stats({ user: 400 }), 200);
  assertEquals(series.list().map(({ cpuPercent }) => cpuPercent), [100, 0]);
});

Deno.test("SampleSeries stays within its capacity however long the run", () => {
  const series = new SampleSeries({ processors: 1, capacity: 100 });
  for (let i = 0; i < 50_000; i++) series.add(stats({ user: i }), i * 100);
  const list = series.list();
  assert(list.length <= 100);
  assert(list.length >= 40);
  assertEquals(list.at(-1)?.userMs, 49_999);
  assertEquals(Math.log2(series.interval / 100) % 1, 0);
});

Deno.test("SampleSeries keeps every peak when it merges samples", () => {
  const series = new SampleSeries({ processors: 1, capacity: 20 });
  for (let i = 0; i < 5000; i++) {
    const peak = i === 1234;
    series.add(stats({ memory: peak ? 999 : 10, processes: peak ? 77 : 1, user: i }), i * 100);
  }
  const list = series.list();
  assertEquals(list.filter(({ memory }) => memory === 999).length, 1);
  assertEquals(list.filter(({ processes }) => processes === 77).length, 1);
});

Deno.test("SampleSeries merges samples that come more often than its interval", () => {
  const series = new SampleSeries({ processors: 1, interval: 100 });
  for (const at of [0, 10, 20, 110, 120]) series.add(stats({ user: at, memory: 500 - at }), at);
  const list = series.list();
  assertEquals(list.map(({ at, memory }) => [at, memory]), [[20, 500], [120, 390]]);
});

Deno.test("SampleSeries.list leaves out memory if the system does not report it", () => {
  const series = new SampleSeries({ processors: 1 });
  series.add(stats({}), 0);
  assertEquals(Object.hasOwn(series.list()[0] ?? {}, "memory"), false);
});

Deno.test("SampleSeries.list is in order of time, each time once", () => {
  const series = new SampleSeries({ processors: 1, capacity: 64 });
  for (let i = 0; i < 3000; i++) series.add(stats({ user: i }), i * 37);
  const times = series.list().map(({ at }) => at);
  assertEquals(times, [...new Set(times)].sort((a, b) => a - b));
});
