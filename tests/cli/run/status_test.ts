import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { FinalStats } from "../../../cli/report/recorder.ts";
import { readRunPlan, RUN_OPTIONS } from "../../../cli/run/plan.ts";
import { RunStatus } from "../../../cli/run/status.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

const STATS: FinalStats = {
  userTime: 500,
  kernelTime: 0,
  pageFaults: 0,
  processes: { total: 2, active: 2, terminated: 0 },
  memory: { current: 1048576, peak: 1048576 },
};

function status(terminals: readonly string[], ...options: string[]): {
  io: FakeIo;
  status: RunStatus | undefined;
} {
  const io = new FakeIo();
  io.variables = { WT_SESSION: "a terminal that is known" };
  for (const stream of terminals) io.terminals.add(stream);
  const args = parseArgs([...options, "--", "x"], RUN_OPTIONS, { stopEarly: true });
  return { io, status: RunStatus.of(readRunPlan(args, io), io) };
}

Deno.test("RunStatus: is off if stderr is not a terminal or the run is quiet", () => {
  assertEquals(status(["stdout", "stdin"]).status, undefined);
  assertEquals(status(["stderr"], "--quiet").status, undefined);
});

Deno.test("RunStatus: a short run is never shown", () => {
  const { io, status: shown } = status(["stderr"]);
  shown?.sample(STATS, 0);
  shown?.sample(STATS, 900);
  shown?.[Symbol.dispose]();
  assertEquals(io.err, "");
});

Deno.test("RunStatus: shares the terminal with the command with a reserved row, and releases it", () => {
  const { io, status: shown } = status(["stdout", "stderr"], "--memory", "4M");
  shown?.sample(STATS, 1000);
  assertStringIncludes(io.err, "\x1b[1;23r", "the rows above scroll");
  assertStringIncludes(io.err, "\x1b[24;1H00:01  mem 1 MiB of 4 MiB  2 processes");
  assert(!io.err.includes("\r"), "nothing is drawn where the command writes");
  io.err = "";
  shown?.sample(STATS, 1250);
  assert(!io.err.includes("\x1b[1;23r"), "the row is taken once");
  io.err = "";
  shown?.[Symbol.dispose]();
  assertEquals(io.err, "\x1b7\x1b[r\x1b[24;1H\x1b[K\x1b8");
  io.err = "";
  shown?.[Symbol.dispose]();
  assertEquals(io.err, "", "given back once");
});

Deno.test("RunStatus: draws nothing on an unknown terminal that the command writes to", () => {
  const shown = (variables: Record<string, string>, ...options: string[]): boolean => {
    const { io } = status(["stdout", "stderr"]);
    io.variables = variables;
    const args = parseArgs([...options, "--", "x"], RUN_OPTIONS, { stopEarly: true });
    return RunStatus.of(readRunPlan(args, io), io) !== undefined;
  };
  assertEquals(shown({}), false);
  assertEquals(shown({ WT_SESSION: "" }), false);
  assertEquals(shown({ term_program: "vscode" }), true);
  assertEquals(shown({}, "--stdout", "o", "--stderr", "e"), true, "it is jobbox's own");
});

Deno.test("RunStatus: redraws its line in place if the command's output goes elsewhere", () => {
  for (const options of [["--stdout", "o", "--stderr", "e"], ["--max-output", "1M"]]) {
    const { io, status: shown } = status(["stdout", "stderr"], ...options);
    shown?.sample(STATS, 1000);
    assert(io.err.startsWith("\r\x1b[K00:01"), io.err);
    io.err = "";
    shown?.clear();
    assertEquals(io.err, "\r\x1b[K");
  }
});

Deno.test("RunStatus: the share of the processors is since the previous sample", () => {
  const { io, status: shown } = status(["stderr"], "--stderr", "e");
  shown?.sample(STATS, 1000);
  shown?.sample({ ...STATS, userTime: 1500 }, 1250);
  // 1000 ms in 250 ms on 8 processors.
  assertStringIncludes(io.err, "cpu 50 %");
});

Deno.test("RunStatus: colour follows NO_COLOR", () => {
  const draw = (variables: Record<string, string>): string => {
    const { io } = status(["stderr"]);
    io.variables = variables;
    const args = parseArgs(["--memory", "1M", "--stderr", "e", "x"], RUN_OPTIONS, {
      stopEarly: true,
    });
    RunStatus.of(readRunPlan(args, io), io)?.sample(STATS, 1000);
    return io.err;
  };
  assertStringIncludes(draw({}), "\x1b[31m");
  assertStringIncludes(draw({ NO_COLOR: "" }), "\x1b[31m");
  assert(!draw({ no_color: "1" }).includes("\x1b[31m"));
});
