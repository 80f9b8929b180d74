import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { cpuSection, memorySection, processSection } from "../../../../cli/report/html/charts.ts";
import type { JsonObject } from "../../../../cli/text/json.ts";
import type { RunRecord } from "../../../../cli/report/record.ts";
import { sampleRecord } from "../../../helpers/run_record.ts";

function withLimits(limits: JsonObject, soft: JsonObject = {}): RunRecord {
  const record = sampleRecord();
  return { ...record, job: { ...record.job, limits, notificationLimits: soft } };
}

/** The labels of the lines to compare with. */
function labels(section: { toString(): string }): string[] {
  const wide = section.toString().split('<svg class="chart narrow')[0]!;
  return [...wide.matchAll(/class="label (?:limit|soft|peak)-label"[^>]*>([^<]*)</g)]
    .map(([, label]) => String(label));
}

Deno.test("memorySection draws limit, soft limit and peak if they differ", () => {
  assertEquals(labels(memorySection(withLimits({ jobMemory: 128 * 1048576 }))), [
    "limit 128 MiB",
    "peak 65 MiB",
  ]);
  assertEquals(labels(memorySection(withLimits({}, { jobMemory: 32 * 1048576 }))), [
    "soft limit 32 MiB",
    "peak 65 MiB",
  ]);
  assertEquals(labels(memorySection(withLimits({ jobMemory: 64 * 1048576 }))), ["limit 64 MiB"]);
});

Deno.test("memorySection says so if the system does not report the memory", () => {
  const record = sampleRecord();
  const samples = record.samples.map(({ memory: _, ...rest }) => rest);
  const section = memorySection({ ...record, samples }).toString();
  assertStringIncludes(section, "does not report the current memory");
  assertFalse(section.includes("<svg"));
});

Deno.test("cpuSection draws a limit in processors as a share of the machine", () => {
  assertEquals(labels(cpuSection(withLimits({ cpu: { hardCapCpus: 2 } }))), ["limit 50 %"]);
  assertEquals(labels(cpuSection(withLimits({ cpu: { hardCap: 30 } }))), ["limit 30 %"]);
  assertEquals(labels(cpuSection(withLimits({ cpu: { min: 5, max: 20 } }))), ["limit 20 %"]);
});

Deno.test("cpuSection does not treat a weight as a limit", () => {
  assertEquals(labels(cpuSection(withLimits({ cpu: { weight: 5 } }))), []);
});

Deno.test("processSection is empty unless there are several processes or a process limit", () => {
  const one = { ...withLimits({}), samples: sampleRecord().samples.slice(0, 3) };
  const alone = { ...one, processes: { ...one.processes, peakActive: 1 } };
  assertEquals(processSection(alone).toString(), "");
  const limited = { ...alone, job: { ...alone.job, limits: { activeProcesses: 4 } } };
  assertEquals(labels(processSection(limited)), ["limit 4"]);
  assertStringIncludes(processSection(sampleRecord()).toString(), "<svg");
});

Deno.test("processSection counts by starts and ends, which samples can miss", () => {
  const record = sampleRecord();
  const processTable = [
    { pid: 4, start: 0, end: 2000 },
    ...Array.from({ length: 6 }, (_, i) => ({ pid: 8 + 4 * i, start: 1010, end: 1020 })),
  ];
  const section = processSection({ ...record, processTable }).toString();
  assertStringIncludes(section, "1.02 s: 2</title>");
  const axis = [...section.matchAll(/class="tick" x="88"[^>]*>(\d+)</g)].map(([, tick]) => tick);
  assertEquals(axis.at(-1), "8");
  // Where rows are left out, the samples are all there is.
  const sampled = processSection({ ...record, processTable, processTableOmitted: 1 }).toString();
  assertFalse(sampled.includes("1.02 s: 2</title>"));
});

Deno.test("memorySection draws a hit that was measured at its time and its value", () => {
  const record = withLimits({ jobMemory: 64 * 1048576 });
  const [limit, measured] = [64 * 1048576, 84 * 1048576];
  const hit = { at: 1650, type: "jobMemoryLimit", limit, measured };
  const section = memorySection({ ...record, limitHits: [hit] }).toString();
  assertStringIncludes(section, "1.65 s: 84 MiB</title>");
  assertStringIncludes(section, "job memory limit at 1.65 s");
  assertStringIncludes(section, "▼");
});
