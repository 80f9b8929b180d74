/**
 * The report page, looked at in a browser.
 */
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { renderHtml } from "../../cli/report/html/page.ts";
import type { RunRecord } from "../../cli/report/record.ts";
import { STYLE } from "../../cli/report/html/style.ts";
import { fileUrl } from "../helpers/file_path.ts";
import { decodePng, type Picture } from "../helpers/png.ts";
import { sampleRecord } from "../helpers/run_record.ts";
import { ensureProgram } from "../../tools/host/packages.ts";

const WIDTH = 1100;
const HEIGHT = 1500;

/** A browser without network access; each run has its own profile. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--hide-scrollbars",
  `--window-size=${WIDTH},${HEIGHT}`,
];

/** Runs the browser on a page and returns its output. */
async function browse(page: string, folder: string, flags: readonly string[]): Promise<string> {
  await ensureProgram("chromium", {
    debian: "chromium",
    purpose: "to look at the report page",
    size: "about 300 MB installed",
  });
  const path = `${folder}/page.html`;
  await Deno.writeTextFile(path, page);
  const { code, stdout, stderr } = await new Deno.Command("chromium", {
    args: [...FLAGS, `--user-data-dir=${folder}/profile`, ...flags, fileUrl(path).href],
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "jobbox-page-" });
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function screenshot(page: string, flags: readonly string[] = []): Promise<Picture> {
  return withFolder(async (folder) => {
    const path = `${folder}/page.png`;
    await browse(page, folder, [...flags, `--screenshot=${path}`]);
    return await decodePng(await Deno.readFile(path));
  });
}

/** The value of a colour of the style sheet: the first is the light one, the second the dark one. */
function colourOf(name: string, index: number): [number, number, number] {
  const found = [...STYLE.matchAll(new RegExp(`--${name}: #([0-9a-f]{3,6});`, "g"))][index]?.[1];
  assert(found, name);
  const digits = found.length === 3 ? [...found].map((digit) => digit + digit).join("") : found;
  const value = parseInt(digits, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** The pixels that have a colour of the style sheet. */
function pixelsOf(picture: Picture, colour: readonly number[]): { x: number; y: number }[] {
  const found: { x: number; y: number }[] = [];
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const pixel = picture.colour(x, y);
      if (pixel.every((channel, i) => Math.abs(channel - (colour[i] ?? 0)) <= 3)) {
        found.push({ x, y });
      }
    }
  }
  return found;
}

function span(values: readonly number[]): number {
  return values.length === 0
    ? 0
    : values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
}

/** What a page with charts must show, by colour. */
function chartFaults(picture: Picture, index: 0 | 1): string[] {
  const faults: string[] = [];
  for (const series of ["memory", "cpu", "processes"]) {
    const pixels = pixelsOf(picture, colourOf(series, index));
    if (span(pixels.map(({ x }) => x)) < 700) faults.push(`${series} does not go over the chart`);
    if (span(pixels.map(({ y }) => y)) < 20) faults.push(`${series} is flat`);
  }
  const limit = pixelsOf(picture, colourOf("bad", index));
  if (span(limit.map(({ x }) => x)) < 700) faults.push("no limit is drawn");
  for (const bar of ["bar-ok", "bar-crash"]) {
    if (pixelsOf(picture, colourOf(bar, index)).length < 500) faults.push(`no bar of ${bar}`);
  }
  return faults;
}

function memoryRecord(): RunRecord {
  return sampleRecord({
    verdict: "memory",
    stoppedBy: "terminate",
    exitCode: 137,
    limit: { name: "jobMemory", limit: 64 * 1048576, measured: 65 * 1048576, unit: "bytes" },
  });
}

Deno.test("renderHtml's page shows the charts against their limits and the process tree", async () => {
  const picture = await screenshot(renderHtml(memoryRecord()));
  assertEquals([picture.width, picture.height], [WIDTH, HEIGHT]);
  assertEquals(picture.colour(3, 3), colourOf("page", 0));
  assertEquals(chartFaults(picture, 0), []);
  const verdict = pixelsOf(picture, colourOf("limit", 0)).filter(({ x }) => x > 60);
  assertLess(Math.min(...verdict.map(({ y }) => y)), 100);
});

Deno.test("renderHtml's page follows a dark system", async () => {
  const picture = await screenshot(renderHtml(memoryRecord()), [
    "--blink-settings=preferredColorScheme=0",
  ]);
  assertEquals(picture.colour(3, 3), colourOf("page", 1));
  assertEquals(chartFaults(picture, 1), []);
});

Deno.test("renderHtml's check by colour finds that charts are missing", async () => {
  const picture = await screenshot(
    renderHtml({ ...memoryRecord(), samples: [], processTable: [] }),
  );
  assertGreater(chartFaults(picture, 0).length, 6);
});

Deno.test("renderHtml's memory line is where its samples say", async () => {
  const record = memoryRecord();
  const picture = await screenshot(renderHtml(record));
  const pixels = pixelsOf(picture, colourOf("memory", 0));
  const middle = (from: number, to: number): number => {
    const ys = pixels.filter(({ x }) => x >= from && x < to).map(({ y }) => y);
    return ys.reduce((sum, y) => sum + y, 0) / ys.length;
  };
  // It begins at 8 MiB of an axis to 64 MiB and is near the top at nine tenths of the time.
  assertGreater(middle(160, 200) - middle(900, 940), 80);
});

Deno.test("renderHtml's page is read by the browser as it was meant", async () => {
  const page = await withFolder((folder) =>
    browse(renderHtml(memoryRecord()), folder, ["--dump-dom"])
  );
  const count = (text: string): number => page.split(text).length - 1;
  // Each drawing is there for wide screens and for narrow ones.
  assertEquals(count("<svg"), 8);
  assertEquals(count('class="bar"'), 6);
  assertEquals(count("<section"), count("</section>"));
  assert(
    page.includes("Ended at its memory limit of 64 MiB (--memory), measured 65 MiB</span></h1>"),
  );
  assert(page.includes("STATUS_ACCESS_VIOLATION"));
});
