import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { renderHtml } from "../../../../cli/report/html/page.ts";
import { EXIT_CODES } from "../../../../cli/exit_code.ts";
import type { RunRecord } from "../../../../cli/report/record.ts";
import { sampleRecord, sampleRecorder } from "../../../helpers/run_record.ts";

const HOSTILE = `"><script>alert('x')</script>&\u202e\x00<img src=x onerror=alert(1)>`;

/** A record in which every text is hostile. */
function hostileRecord(): RunRecord {
  const spoil = (value: unknown): unknown => {
    if (typeof value === "string") return HOSTILE + value;
    if (Array.isArray(value)) return value.map(spoil);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, spoil(part)]));
  };
  const record = sampleRecord({ error: "e", limit: { name: "n", limit: "l", unit: "bytes" } });
  const spoiled = spoil(record) as RunRecord;
  const counts = { [HOSTILE]: 3 };
  return { ...spoiled, verdict: "failed", stoppedBy: "self", limitHitCounts: counts };
}

/** The names of all elements of a page. */
function elements(page: string): Set<string> {
  return new Set([...page.matchAll(/<([a-z][a-z0-9]*)/gi)].map(([, name]) => String(name)));
}

Deno.test("renderHtml's page loads nothing from outside and runs no script", () => {
  const page = renderHtml(sampleRecord());
  for (
    const outside of [
      "<script",
      "<link",
      "<img",
      "<iframe",
      "src=",
      "href=",
      "url(",
      "@import",
      "http:",
      "https:",
    ]
  ) {
    assertFalse(page.includes(outside), outside);
  }
  assertStringIncludes(page, "default-src 'none'");
});

Deno.test("renderHtml makes the same elements of hostile texts as of harmless ones", () => {
  const page = renderHtml(hostileRecord());
  for (const name of elements(page)) assert(elements(renderHtml(sampleRecord())).has(name), name);
  assertFalse(page.includes("<script") || page.includes("<img"));
  assertEquals(page.match(/[^\P{Cc}\n]|\p{Cf}/gu), null);
});

Deno.test("renderHtml puts the verdict first", () => {
  for (const verdict of EXIT_CODES.flatMap(({ verdicts }) => verdicts)) {
    const page = renderHtml(sampleRecord({ verdict }));
    const heading = page.indexOf("<h1>");
    assert(heading > 0 && heading < page.indexOf("<svg"), verdict);
  }
});

Deno.test("renderHtml draws memory against its limit, with the hit marked", () => {
  const page = renderHtml(sampleRecord());
  assertStringIncludes(page, "limit 64 MiB");
  assertStringIncludes(page, "job memory limit (process 108) at 1.6 s");
  const points = /<svg class="chart wide memory".*?class="line" d="([^"]*)"/s.exec(page)?.[1] ?? "";
  assertEquals(points.match(/[ML]/g)?.length, 21);
});

Deno.test("renderHtml names a limit that is far above instead of flattening the curve", () => {
  const record = sampleRecord();
  const job = { ...record.job, limits: { jobMemory: 64 * 1024 ** 3 } };
  const page = renderHtml({ ...record, job });
  assertStringIncludes(page, "the limit of 64 GiB is far above");
  assertFalse(page.includes('class="label limit-label"'));
});

Deno.test("renderHtml gives each process a bar, and at most two hundred", () => {
  // Each is drawn for wide screens and for narrow ones.
  const bars = (page: string): number => (page.split('class="bar"').length - 1) / 2;
  assertEquals(bars(renderHtml(sampleRecord())), 3);
  const recorder = sampleRecorder();
  for (let i = 1; i <= 500; i++) recorder.event({ type: "newProcess", pid: 4 * i }, i);
  const page = renderHtml(recorder.finish({
    verdict: "exited",
    exitCode: 0,
    endedAt: new Date(0),
    wall: 600,
  }));
  assertEquals(bars(page), 200);
  assertStringIncludes(page, "200 of 500 processes are drawn");
});

Deno.test("renderHtml makes a page of a command that was never started", () => {
  const record = sampleRecorder().finish({
    verdict: "notFound",
    exitCode: 127,
    endedAt: new Date(0),
    wall: 0,
    error: "Cannot find build.exe",
  });
  const page = renderHtml(record);
  assertStringIncludes(page, "Not found: Cannot find build.exe");
  assertFalse(page.includes("<svg"));
  assertFalse(page.includes("NaN"));
});

Deno.test("renderHtml contains no NaN or Infinity", () => {
  const record = sampleRecord({ wall: 0 });
  assertFalse(/NaN|Infinity|undefined|\[object/.test(renderHtml(record)));
});

Deno.test("renderHtml: the machine and the labels are text, whatever they contain", () => {
  const hostile = "<script>alert(1)</script>\u202e&\n" + "x".repeat(1000);
  const page = renderHtml({
    ...sampleRecord(),
    machine: { name: "w<b>7", processors: 2 },
    labels: { team: hostile },
  });
  assertStringIncludes(
    page,
    "<b>team</b> &lt;script&gt;alert(1)&lt;/script&gt;\\u202e&amp;\\u000a",
  );
  assertStringIncludes(page, "w&lt;b&gt;7 · 2 logical processors");
  assertFalse(page.includes("<script"));
  assertFalse(page.includes("x".repeat(500)));
  const { labels: _, ...bare } = sampleRecord();
  assertFalse(renderHtml(bare).includes('class="labels"'));
});
