/**
 * The tables of what jobbox relies on Windows for, made from the promises that
 * `jobbox doctor --conformance` tests and from the recorded results.
 *
 * @module
 */
import type { Verdict, WindowsPromise } from "../../job/conformance/promise.ts";
import { AREAS, PROMISES } from "../../job/conformance/promises.ts";
import { type Ring, ringOf } from "../host/rings.ts";
import { renderTable } from "./table.ts";

/** The recorded results of each kernel, and the ring that compares them with a new run. */
const RECORDS: { readonly [file: string]: Ring } = {
  "jobsim-requested": "windows",
  "jobsim-finished": "windows-other-model",
  wine: "windows-bare",
};

/** Where the tests of jobsim are, which the ring host runs. */
const JOBSIM_TESTS = "tools/jobsim/tests/";

const PROJECT = new URL("../../", import.meta.url);

/** The verdicts of one promise, by the ring that found them. */
export type RingVerdicts = ReadonlyMap<Ring, Verdict>;

/** What the tables are made from. */
export interface PromiseFacts {
  /** The promises, in the order of their areas. */
  readonly promises: readonly WindowsPromise[];
  /** The verdicts by the name of the promise. */
  readonly verdicts: ReadonlyMap<string, RingVerdicts>;
  /** Whether a file of the project exists. */
  readonly exists: (path: string) => boolean;
}

/** Reads the recorded verdicts. */
function recordedVerdicts(): Map<string, Map<Ring, Verdict>> {
  const verdicts = new Map<string, Map<Ring, Verdict>>();
  for (const [file, ring] of Object.entries(RECORDS)) {
    const path = new URL(`tests/expected/conformance/${file}.json`, PROJECT);
    const rows: { promise: string; verdict: Verdict }[] = JSON.parse(Deno.readTextFileSync(path));
    for (const { promise, verdict } of rows) {
      const rings = verdicts.get(promise) ?? new Map<Ring, Verdict>();
      verdicts.set(promise, rings.set(ring, verdict));
    }
  }
  return verdicts;
}

function isProjectFile(path: string): boolean {
  try {
    return Deno.statSync(new URL(path, PROJECT)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function sourceCell(source: string): string {
  if (!source.startsWith("https://")) return source;
  return `[${source.slice(source.lastIndexOf("/") + 1)}](${source})`;
}

/** The test and its ring; says so if there is none. */
function testCell(path: string, exists: PromiseFacts["exists"]): string {
  if (!exists(path)) return "**no test**";
  const ring = path.startsWith(JOBSIM_TESTS) ? "host" : ringOf(path);
  return `[${path.slice(path.lastIndexOf("/") + 1)}](../${path})<br>${ring ?? "**in no ring**"}`;
}

/** The rings that saw the promise kept, then what the others saw. */
function shownCell(verdicts: RingVerdicts | undefined): string {
  const byVerdict = Map.groupBy(verdicts ?? [], ([, verdict]) => verdict);
  const kept = byVerdict.get("kept") ?? [];
  byVerdict.delete("kept");
  const names = (entries: readonly (readonly [Ring, Verdict])[]): string =>
    entries.map(([ring]) => ring).join(", ");
  return [
    kept.length === 0 ? "**nowhere**" : names(kept),
    ...[...byVerdict].map(([verdict, entries]) => `${verdict}: ${names(entries)}`),
  ].join("<br>");
}

/**
 * Renders the promises: one table per area, one line per promise.
 *
 * @param facts What they are made from; by default the project's own.
 * @returns Markdown, with an anchor for each promise.
 */
export function renderPromises(
  facts: PromiseFacts = {
    promises: PROMISES,
    verdicts: recordedVerdicts(),
    exists: isProjectFile,
  },
): string {
  const byArea = Map.groupBy(facts.promises, ({ area }) => area);
  return [...byArea].map(([area, promises]) => {
    const table = renderTable(
      ["promise", "source", "test", "kept in", "if it is false"],
      promises.map(({ consequence, id, open, sentence, source, test }) => [
        `<a id="${id}"></a>\`${id}\`${open ? "\\*" : ""}<br>${sentence}`,
        sourceCell(source),
        testCell(test, facts.exists),
        shownCell(facts.verdicts.get(id)),
        consequence,
      ]),
    );
    return `## ${AREAS[area]}\n\n${table}\n`;
  }).join("\n");
}

/**
 * Renders the sums: how many promises there are, and how many are shown.
 *
 * @param facts What they are made from; by default the project's own.
 * @returns One table.
 */
export function renderPromiseSums(
  facts: PromiseFacts = {
    promises: PROMISES,
    verdicts: recordedVerdicts(),
    exists: isProjectFile,
  },
): string {
  const { promises, verdicts, exists } = facts;
  const hasVerdict = ({ id }: WindowsPromise, wanted: Verdict): boolean =>
    [...verdicts.get(id)?.values() ?? []].includes(wanted);
  const nowhere = promises.filter((promise) => !hasVerdict(promise, "kept"));
  const without = promises.filter(({ test }) => !exists(test));
  const list = (rows: readonly WindowsPromise[]): string =>
    rows.map(({ id }) => `[\`${id}\`](#${id})`).join(", ");
  return renderTable(["promises", "count", "which"], [
    ["all", String(promises.length), "the tables below"],
    ["not documented (`*`)", String(promises.filter(({ open }) => open).length), ""],
    ["kept in no ring", String(nowhere.length), list(nowhere)],
    ["without a test", String(without.length), list(without)],
  ]);
}
