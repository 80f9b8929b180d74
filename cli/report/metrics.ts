/**
 * The sums of many runs in Prometheus' text format, for the textfile collectors of windows_exporter
 * and node_exporter.
 *
 * Every series is there from the start, with 0, so that a rate can be computed from the first run
 * on, and so that a part of a file is never taken for the whole. Values that a run does not know
 * are not added: `jobbox_peak_memory_bytes_count` can be smaller than the number of runs.
 *
 * Pure.
 *
 * @module
 */
import { type Verdict, VERDICTS } from "../exit_code.ts";
import type { RunRecord } from "./record.ts";

/** The name of the file in its folder: collectors read what ends in `.prom`. */
export const METRICS_FILE = "jobbox.prom";

/** The types of limit hits that a record can count. */
export const HIT_TYPES = [
  "jobMemoryLimit",
  "processMemoryLimit",
  "activeProcessLimit",
  "endOfJobTime",
  "endOfProcessTime",
  "jobCycleTimeLimit",
  "notificationLimit",
  "wallTime",
  "outputSize",
] as const;

/** The upper bounds of the buckets of memory: 1 MiB to 64 GiB. */
const MEMORY_BOUNDS = Array.from({ length: 9 }, (_, at) => 2 ** 20 * 4 ** at);

/** One metric: its samples have a label, a number of buckets, or neither. */
interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "histogram";
  /** The samples, as far as they follow the name. */
  readonly samples: readonly string[];
  /** Whether its values are whole numbers. */
  readonly whole: boolean;
}

function labelled(label: string, values: readonly string[]): string[] {
  return values.map((value) => `{${label}="${value}"}`);
}

const MEMORY = "jobbox_peak_memory_bytes";

const FAMILIES: readonly Family[] = [
  {
    name: "jobbox_runs_total",
    help: "Runs, by how they ended.",
    type: "counter",
    samples: labelled("verdict", VERDICTS),
    whole: true,
  },
  {
    name: "jobbox_limit_hits_total",
    help: "How often limits were reached, whether or not that ended the run.",
    type: "counter",
    samples: labelled("type", HIT_TYPES),
    whole: true,
  },
  {
    name: "jobbox_wall_seconds_total",
    help: "Wall time of all runs.",
    type: "counter",
    samples: [""],
    whole: false,
  },
  {
    name: "jobbox_cpu_seconds_total",
    help: "Processor time of all processes of all runs.",
    type: "counter",
    samples: labelled("mode", ["user", "kernel"]),
    whole: false,
  },
  {
    name: "jobbox_processes_total",
    help: "Processes of all runs.",
    type: "counter",
    samples: [""],
    whole: true,
  },
  {
    name: MEMORY,
    help: "Peak of the commit memory of all processes of a run together.",
    type: "histogram",
    samples: [
      ...labelled("le", [...MEMORY_BOUNDS.map(String), "+Inf"]).map((le) => `_bucket${le}`),
      "_sum",
      "_count",
    ],
    whole: true,
  },
];

/** The sums by the names of their samples, in the order of the file. */
export type Metrics = ReadonlyMap<string, number>;

/** The sums before the first run. */
function noMetrics(): Map<string, number> {
  return new Map(FAMILIES.flatMap(({ name, samples }) => samples.map((rest) => [name + rest, 0])));
}

/** A sum without the noise of binary fractions: to the microsecond. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/**
 * Adds a run.
 *
 * @param before The sums so far; absent before the first run.
 * @param record The record of the run.
 * @returns The new sums.
 */
export function withRun(before: Metrics | undefined, record: RunRecord): Metrics {
  const sums = new Map(before ?? noMetrics());
  const add = (sample: string, value: number): void => {
    sums.set(sample, rounded((sums.get(sample) ?? 0) + value));
  };
  const { limitHitCounts, memory: { peakJob }, processes, times } = record;
  add(`jobbox_runs_total{verdict="${record.verdict satisfies Verdict}"}`, 1);
  for (const type of HIT_TYPES) {
    add(`jobbox_limit_hits_total{type="${type}"}`, limitHitCounts[type] ?? 0);
  }
  add("jobbox_wall_seconds_total", times.wall / 1000);
  for (const mode of ["user", "kernel"] as const) {
    add(`jobbox_cpu_seconds_total{mode="${mode}"}`, (times[mode] ?? 0) / 1000);
  }
  add("jobbox_processes_total", processes.total);
  if (peakJob !== undefined) {
    for (const bound of MEMORY_BOUNDS) {
      if (peakJob <= bound) add(`${MEMORY}_bucket{le="${bound}"}`, 1);
    }
    add(`${MEMORY}_bucket{le="+Inf"}`, 1);
    add(`${MEMORY}_sum`, peakJob);
    add(`${MEMORY}_count`, 1);
  }
  return sums;
}

/**
 * Writes the sums.
 *
 * @param metrics The sums.
 * @returns The content of the file.
 */
export function renderMetrics(metrics: Metrics): string {
  return FAMILIES.flatMap(({ help, name, samples, type }) => [
    `# HELP ${name} ${help}\n`,
    `# TYPE ${name} ${type}\n`,
    ...samples.map((rest) => `${name}${rest} ${metrics.get(name + rest) ?? 0}\n`),
  ]).join("");
}

/** Whether sums can have come about by adding runs. */
function isPossible(metrics: Metrics): boolean {
  for (const { name, samples, whole } of FAMILIES) {
    for (const rest of samples) {
      const value = metrics.get(name + rest) ?? -1;
      const isSum = rest === "_sum" || !whole;
      if (!(value >= 0 && (isSum ? Number.isFinite(value) : Number.isSafeInteger(value)))) {
        return false;
      }
    }
  }
  const buckets = [...MEMORY_BOUNDS.map(String), "+Inf"]
    .map((bound) => metrics.get(`${MEMORY}_bucket{le="${bound}"}`)!);
  return buckets.every((count, at) => at === 0 || count >= buckets[at - 1]!) &&
    buckets.at(-1) === metrics.get(`${MEMORY}_count`);
}

/**
 * Reads sums that {@linkcode renderMetrics} wrote.
 *
 * @param text The content of the file.
 * @returns The sums; `undefined` for any other text, such as one that a crash of the machine has
 * cut short.
 */
export function readMetrics(text: string): Metrics | undefined {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const metrics = new Map(lines.map((line) => {
    const space = line.lastIndexOf(" ");
    return [line.slice(0, space), Number(line.slice(space + 1))];
  }));
  return isPossible(metrics) && renderMetrics(metrics) === text ? metrics : undefined;
}
