import { assertEquals } from "@std/assert";
import { renderLimits, renderStats, statsCommand } from "../../../cli/commands/stats.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

const STATS = {
  userTime: 1500,
  kernelTime: 20,
  periodUserTime: 0,
  periodKernelTime: 0,
  pageFaults: 12345,
  processes: { total: 9, active: 2, terminated: 1 },
  memory: { current: 1048576, peak: 3145728, peakProcess: 2097152 },
  io: {
    readOperations: 1,
    writeOperations: 2,
    otherOperations: 3,
    readBytes: 1024,
    writeBytes: 2048,
    otherBytes: 4096,
  },
};

Deno.test("renderStats: shows each value in its unit", () => {
  assertEquals(renderStats(STATS, 12.345), [
    "processes    2 now, 9 in all, 1 ended by limits",
    "cpu          1.5 s user, 20 ms kernel, 12.3 % of the machine now",
    "memory       1 MiB now, 3 MiB at most, 2 MiB at most in one process",
    "read         1 KiB in 1 operations",
    "written      2 KiB in 2 operations",
    "page faults  12,345",
  ]);
});

Deno.test("renderStats: values that the system does not report are left out", () => {
  const { current: _, ...memory } = STATS.memory;
  const [, cpu, line] = renderStats({ ...STATS, memory });
  assertEquals(cpu, "cpu          1.5 s user, 20 ms kernel");
  assertEquals(line, "memory       3 MiB at most, 2 MiB at most in one process");
  const { io: _io, ...uncounted } = STATS;
  assertEquals(renderStats(uncounted).slice(3, 5), [
    "read         not known",
    "written      not known",
  ]);
});

Deno.test('renderLimits: limits that cannot be read are not shown as "no limits"', () => {
  assertEquals(renderLimits([]), []);
  assertEquals(renderLimits(undefined), ["limits       not known"]);
  const memory = { option: "--memory", value: "64M", whenReached: "" };
  const close = { option: "--kill-on-close", value: "on", whenReached: "" };
  assertEquals(renderLimits([memory, close]), ["limits       --memory 64M, --kill-on-close"]);
});

Deno.test("statsCommand: queries once, or repeatedly with --watch", () => {
  const read = (...tokens: string[]): unknown =>
    statsCommand.parse(parseArgs(tokens, statsCommand.spec.options), new FakeIo());
  assertEquals(read("x"), { name: "x", json: false });
  assertEquals(read("-w", "x"), { name: "x", json: false, interval: 1000 });
  assertEquals(read("--watch", "--interval", "250ms", "--json", "x"), {
    name: "x",
    json: true,
    interval: 250,
  });
});
