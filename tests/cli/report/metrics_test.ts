import { assertEquals } from "@std/assert";
import { VERDICTS } from "../../../cli/exit_code.ts";
import { HIT_TYPES, readMetrics, renderMetrics, withRun } from "../../../cli/report/metrics.ts";
import { limitHits } from "../../../cli/report/recorder.ts";
import type { RunRecord } from "../../../cli/report/record.ts";
import type { JobNotification } from "../../../mod.ts";
import { readPrometheus } from "../../helpers/prometheus_text.ts";
import { sampleRecord } from "../../helpers/run_record.ts";

/** The sums of runs as a collector reads them. */
function collected(...records: readonly RunRecord[]): Record<string, number> {
  let text: string | undefined;
  // As separate runs do it: each reads what the one before wrote.
  for (const record of records) {
    text = renderMetrics(withRun(text === undefined ? undefined : readMetrics(text), record));
    assertEquals(readPrometheus(text).faults, []);
  }
  return Object.fromEntries(
    readPrometheus(text!).samples.map(({ labels, name, value }) => [
      [name, ...Object.values(labels)].join(" "),
      value,
    ]),
  );
}

const MIB = 2 ** 20;

Deno.test("withRun: every run is added to its sums, however little is known about it", () => {
  const timeout = sampleRecord({ verdict: "timeout", wall: 2500.5 });
  const unknown: RunRecord = {
    ...sampleRecord({ verdict: "notFound" }),
    memory: {},
    times: { start: "", end: "", wall: 0.1 },
    processes: { total: 0, peakActive: 0 },
    limitHitCounts: {},
  };
  const sums = collected(sampleRecord(), timeout, unknown);
  assertEquals(sums["jobbox_runs_total exited"], 1);
  assertEquals(sums["jobbox_runs_total timeout"], 1);
  assertEquals(sums["jobbox_runs_total notFound"], 1);
  assertEquals(sums["jobbox_runs_total failed"], 0);
  assertEquals(sums["jobbox_limit_hits_total jobMemoryLimit"], 2);
  assertEquals(sums["jobbox_wall_seconds_total"], 4.5006);
  assertEquals(sums["jobbox_cpu_seconds_total user"], 2.4);
  assertEquals(sums["jobbox_cpu_seconds_total kernel"], 0.6);
  assertEquals(sums["jobbox_processes_total"], 6);
  const buckets = [64, 256].map((size) => sums[`jobbox_peak_memory_bytes_bucket ${size * MIB}`]);
  assertEquals(buckets, [0, 2]);
  assertEquals(sums["jobbox_peak_memory_bytes_bucket +Inf"], 2);
  assertEquals(sums["jobbox_peak_memory_bytes_sum"], 130 * MIB);
  assertEquals(sums["jobbox_peak_memory_bytes_count"], 2);
});

Deno.test("withRun: every verdict and every kind of hit has a series from the start", () => {
  const sums = collected(sampleRecord());
  for (const verdict of VERDICTS) assertEquals(`jobbox_runs_total ${verdict}` in sums, true);
  for (const type of HIT_TYPES) assertEquals(`jobbox_limit_hits_total ${type}` in sums, true);
});

Deno.test("HIT_TYPES: has every notification about a limit, and jobbox's own limits", () => {
  const events: JobNotification[] = [
    { type: "endOfJobTime" },
    { type: "activeProcessLimit" },
    { type: "endOfProcessTime", pid: 1 },
    { type: "processMemoryLimit", pid: 1 },
    { type: "jobMemoryLimit", pid: 1 },
    { type: "jobCycleTimeLimit", pid: 1 },
    { type: "notificationLimit", pid: 1, violation: { violated: [] } },
    { type: "newProcess", pid: 1 },
    { type: "exitProcess", pid: 1 },
    { type: "abnormalExitProcess", pid: 1 },
    { type: "activeProcessZero" },
    { type: "siloTerminated", pid: 1 },
    { type: "unknown", code: 1, value: 1n },
  ];
  const types = events.flatMap((event) => limitHits(event, 0)).map(({ type }) => type);
  assertEquals([...types, "wallTime", "outputSize"].sort(), [...HIT_TYPES].sort());
});

Deno.test("readMetrics: only a whole file that jobbox wrote is trusted", () => {
  const text = renderMetrics(withRun(undefined, sampleRecord()));
  assertEquals(renderMetrics(readMetrics(text)!), text);
  for (let end = 0; end < text.length; end++) {
    assertEquals(readMetrics(text.slice(0, end)), undefined, String(end));
  }
  const wrong = [
    text + "\0".repeat(10),
    "\0".repeat(text.length),
    text + text,
    text.replace('{verdict="exited"} 1', '{verdict="exited"} -1'),
    text.replace('{verdict="exited"} 1', '{verdict="exited"} 1.5'),
    text.replace('{verdict="exited"} 1', '{verdict="exited"} 1e400'),
    text.replace('{verdict="exited"} 1', '{verdict="exited"} NaN'),
    text.replace('{verdict="exited"} 1', '{verdict="other"} 1'),
    text.replace("jobbox_peak_memory_bytes_count 1", "jobbox_peak_memory_bytes_count 2"),
    text.replace('le="67108864"} 0', 'le="67108864"} 7'),
    text.replace("_sum 68157440", "_sum -1"),
    text.replaceAll("\n", "\r\n"),
    '{"not": "metrics"}',
  ];
  for (const [at, each] of wrong.entries()) {
    assertEquals(each === text, false, String(at));
    assertEquals(readMetrics(each), undefined, String(at));
  }
});

Deno.test("readMetrics: large sums stay exact", () => {
  const big = { ...sampleRecord(), memory: { peakJob: 2 ** 50 } };
  let metrics = withRun(undefined, big);
  for (let at = 0; at < 5; at++) metrics = withRun(readMetrics(renderMetrics(metrics)), big);
  assertEquals(metrics.get("jobbox_peak_memory_bytes_sum"), 6 * 2 ** 50);
  assertEquals(metrics.get('jobbox_peak_memory_bytes_bucket{le="68719476736"}'), 0);
  assertEquals(metrics.get('jobbox_peak_memory_bytes_bucket{le="+Inf"}'), 6);
});
