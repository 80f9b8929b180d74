import { assert, assertEquals } from "@std/assert";
import { psCommand, renderProcesses } from "../../../cli/commands/ps.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

const USAGE = {
  startTime: new Date(1000),
  endTime: undefined,
  userTime: 1500,
  kernelTime: 500,
  memory: {
    commit: 1048576,
    peakCommit: 2097152,
    workingSet: 1,
    peakWorkingSet: 1,
    pageFaults: 0,
  },
  io: { readBytes: 0, writeBytes: 0 },
};

Deno.test("renderProcesses: shows age, time and memory of each process, and a dash for unknown values", () => {
  const processes = [
    { pid: 4, parentPid: 1, image: "C:\\x\\a.exe", usage: USAGE, commandLine: "a.exe --x" },
    { pid: 1234, parentPid: 4, image: "b.exe", usage: undefined },
    { pid: 8, parentPid: 4, image: "c.exe", usage: { ...USAGE, memory: undefined } },
  ];
  assertEquals(renderProcesses(processes, { now: 61_000, width: 80 }), [
    " PID  PARENT    AGE  CPU  MEMORY   PEAK  COMMAND",
    "   4       1  1 min  2 s   1 MiB  2 MiB  a.exe --x",
    "1234       4      -    -       -      -  b.exe",
    "   8       4  1 min  2 s       -      -  c.exe",
  ]);
});

Deno.test("psCommand: takes one name", () => {
  const read = (...tokens: string[]): unknown =>
    psCommand.parse(parseArgs(tokens, psCommand.spec.options), new FakeIo());
  assertEquals(read("build", "--json"), { name: "build", json: true });
});

Deno.test("renderProcesses: without a terminal no line is cut", () => {
  const commandLine = `a.exe ${"x".repeat(500)}`;
  const processes = [{ pid: 4, parentPid: 1, image: "a.exe", usage: undefined, commandLine }];
  const [, line] = renderProcesses(processes, { now: 0, width: Infinity });
  assert(line!.endsWith(commandLine));
});
