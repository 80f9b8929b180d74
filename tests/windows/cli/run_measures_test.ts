import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CHILD, jobbox } from "../../helpers/jobbox_process.ts";
import { Folder, reported } from "../../helpers/reported_run.ts";

Deno.test("jobbox run: output to files is counted to the byte, with or without a cap", async () => {
  using folder = new Folder();
  const files = ["--stdout", folder.file("out"), "--stderr", folder.file("err")];
  const command = ["--", CHILD, "write", "1000", "writeerr", "30"];
  for (const cap of [[], ["--max-output", "1M"]]) {
    const { record } = await reported(...cap, ...files, ...command);
    assertEquals(record.output, { stdoutBytes: 1000, stderrBytes: 30 });
    const sizes = ["out", "err"].map((name) => Deno.statSync(folder.file(name)).size);
    assertEquals(sizes, [1000, 30]);
  }
  const { record } = await reported(...files.slice(0, 2), ...command);
  assertEquals(record.output, { stdoutBytes: 1000 });
});

Deno.test("jobbox run: stdout and stderr in one file lose nothing, and keep what it held before", async () => {
  using folder = new Folder();
  const log = folder.file("log");
  const command = ["--", CHILD, "write", "1000", "writeerr", "30", "write", "7"];
  for (const cap of [[], ["--max-output", "1M"]]) {
    Deno.writeTextFileSync(log, "x".repeat(5000));
    const { code } = await jobbox(["run", ...cap, "--stdout", log, "--stderr", log, ...command]);
    assertEquals([code, Deno.statSync(log).size], [0, 1037]);
  }
});

Deno.test("jobbox run: a stream's file that cannot be written is an error before the start", async () => {
  using folder = new Folder();
  for (const cap of [[], ["--max-output", "1M"]]) {
    const { code, err, record } = await reported(
      ...[...cap, "--stdout", folder.file("no\\out"), "--", CHILD, "exit", "5"],
    );
    assertEquals([code, record.verdict, record.processTable], [125, "failed", []]);
    assertStringIncludes(err, "stdout");
    assertEquals(err.trimEnd().split("\n").length, 1);
  }
});

/** How late the timers of this busy machine are while something runs, at worst, in ms. */
async function lateness(during: Promise<unknown>): Promise<number> {
  let worst = 0;
  let runs = true;
  const ended = during.finally(() => runs = false);
  while (runs) {
    const begin = performance.now();
    await new Promise((done) => setTimeout(done, 10));
    worst = Math.max(worst, performance.now() - begin - 10);
  }
  await ended;
  return worst;
}

Deno.test("jobbox run: the recorded wall time is the time between the command's start and end, within 50 ms", async () => {
  // The kernel's own clock of the command, which is not jobbox's.
  const differences = [];
  for (let i = 0; i < 5; i++) {
    const run = jobbox(["run", "--json", "--", CHILD, "sleep", "300"]);
    const late = await lateness(run);
    const { code, out } = await run;
    const { times, processTable, child } = JSON.parse(out);
    const { start, end } = processTable.find(({ pid }: { pid: number }) => pid === child.pid);
    assertEquals(code, 0);
    assert(end - start >= 300, `${start} to ${end}`);
    const longer = times.wall - (end - start);
    differences.push(`${longer} with timers ${late} late`);
    assert(longer >= -16, differences.join(", "));
    // A start and an end wait for the processor some times each.
    if (longer < 50 + 4 * Math.max(0, late - 16)) return;
  }
  assert(false, differences.join(", "));
});

Deno.test("jobbox run: the peak memory and the wall time agree with what was done", async () => {
  const { record } = await reported("--", CHILD, "alloc", "0x6400000", "sleep", "600");
  const peak = record.memory.peakJob ?? 0;
  assert(Math.abs(peak - 0x6400000) < 0x6400000 / 10, String(peak));
  const { start, end } = record.processTable.find(({ pid }) => pid === record.child?.pid)!;
  const lived = end! - start;
  const { wall } = record.times;
  // How much longer the wall time may be is the test above.
  assert(lived >= 600 && wall >= lived - 16, `${wall} of ${lived}`);
});

Deno.test("jobbox run: output below its cap is complete, and its count exact", async () => {
  const result = await jobbox([
    "run",
    "--max-output",
    "1M",
    "--json",
    "--",
    CHILD,
    "write",
    "100000",
  ]);
  const expected = Uint8Array.from({ length: 100000 }, (_, i) => i % 251);
  assertEquals(result.bytes.subarray(0, 100000), expected);
  const record = JSON.parse(new TextDecoder().decode(result.bytes.subarray(100000)));
  assertEquals([record.verdict, record.output.stdoutBytes], ["exited", 100000]);
});
