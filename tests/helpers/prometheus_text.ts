/**
 * The rules of Prometheus' text format and of its names, as far as `promtool check metrics` has
 * them, for tests on machines that do not have that.
 *
 * @module
 */

/** One sample of a file. */
export interface PrometheusSample {
  /** Its name. */
  readonly name: string;
  /** Its labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Its value. */
  readonly value: number;
}

/** What a text says, and what is wrong with it. */
export interface PrometheusText {
  /** Its samples. */
  readonly samples: readonly PrometheusSample[];
  /** What is wrong, a line each. */
  readonly faults: readonly string[];
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

/** Units that are not base units, and abbreviations. */
const BAD_UNITS =
  /_(?:ms|milliseconds|us|microseconds|minutes|hours|kb|mb|kib|mib|kilobytes|megabytes|secs?|b)(?:_|$)/;

function labelsOf(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (LABEL.lastIndex = 0; LABEL.lastIndex < text.length;) {
    const found = LABEL.exec(text);
    if (found === null) return undefined;
    labels[found[1]!] = found[2]!;
  }
  return labels;
}

/**
 * Reads a text in Prometheus' format and checks it.
 *
 * @param text The text.
 * @returns Its samples and faults.
 */
export function readPrometheus(text: string): PrometheusText {
  const faults: string[] = [];
  const samples: PrometheusSample[] = [];
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const seen = new Set<string>();
  if (!text.endsWith("\n")) faults.push("the last line has no end");
  for (const line of text.split("\n").slice(0, -1)) {
    const [, kind, family = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === "HELP") {
      if (helped.has(family)) faults.push(`${family}: a second HELP`);
      helped.add(family);
      continue;
    }
    if (kind === "TYPE") {
      if (types.has(family)) faults.push(`${family}: a second TYPE`);
      if (!["counter", "gauge", "histogram"].includes(rest)) faults.push(`${family}: no type`);
      if ((rest === "counter") !== family.endsWith("_total")) faults.push(`${family}: _total`);
      if (BAD_UNITS.test(family)) faults.push(`${family}: not a base unit`);
      if (!/^[a-z][a-z0-9_]*$/.test(family)) faults.push(`${family}: not in snake case`);
      types.set(family, rest);
      continue;
    }
    if (line.startsWith("#")) continue;
    const [, name, labelText = "", number = ""] = SAMPLE.exec(line) ?? [];
    const labels = labelsOf(labelText);
    const value = number === "+Inf" ? Infinity : Number(number);
    if (name === undefined || labels === undefined || Number.isNaN(value)) {
      faults.push(`not a sample: ${line}`);
      continue;
    }
    const base = name.replace(/_(?:bucket|sum|count)$/, "");
    const owner = types.get(base) === "histogram" ? base : name;
    if (!types.has(owner) || !helped.has(owner)) faults.push(`${name}: without TYPE and HELP`);
    const key = `${name}{${labelText}}`;
    if (seen.has(key)) faults.push(`${key}: twice`);
    seen.add(key);
    if (types.get(owner) === "counter" && value < 0) faults.push(`${key}: a negative counter`);
    samples.push({ name, labels, value });
  }
  for (const [family, type] of types) {
    if (type === "histogram") faults.push(...histogramFaults(family, samples));
  }
  return { samples, faults };
}

function histogramFaults(family: string, samples: readonly PrometheusSample[]): string[] {
  const buckets = samples.filter(({ name }) => name === `${family}_bucket`)
    .map(({ labels, value }) => ({
      bound: labels["le"] === "+Inf" ? Infinity : Number(labels["le"]),
      value,
    }));
  const total = samples.find(({ name }) => name === `${family}_count`)?.value;
  const faults: string[] = [];
  if (buckets.at(-1)?.bound !== Infinity) faults.push(`${family}: the last bucket is not +Inf`);
  if (buckets.at(-1)?.value !== total) faults.push(`${family}: +Inf is not the count`);
  if (!samples.some(({ name }) => name === `${family}_sum`)) faults.push(`${family}: no sum`);
  for (const [at, { bound, value }] of buckets.entries()) {
    const before = buckets[at - 1];
    if (before !== undefined && !(before.bound < bound && before.value <= value)) {
      faults.push(`${family}: bucket ${bound} does not follow ${before.bound}`);
    }
  }
  return faults;
}
