/**
 * Ctrl-C at the tool, from outside of Windows: only the host can send one without a console.
 */
import { assert, assertEquals } from "@std/assert";
import type { RunRecord } from "../../cli/report/record.ts";
import { DenoProcess } from "../helpers/deno_process.ts";

const TOOL = ["run", "--no-prompt", "--no-check", "--allow-ffi", "--allow-read", "--allow-write"];
const CHILD = "tests/children/build/child.exe";

Deno.test("jobbox run: Ctrl-C ends the tree with code 130, and the record says so", async () => {
  const report = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await using run = new DenoProcess([
      ...["run", "-A", "tools/host/main.ts", ...TOOL, "cli.ts"],
      ...["run", "--report", report, "--", CHILD],
      ...["spawn", "1", "--", "sleepforever", ";", "print", "ready\n", "sleepforever"],
    ]);
    await run.line("ready");
    run.kill("SIGINT");
    assertEquals((await run.end()).code, 130);
    const record: RunRecord = JSON.parse(await Deno.readTextFile(report));
    assertEquals([record.verdict, record.exitCode], ["interrupted", 130]);
    assertEquals([record.processes.total, record.processes.active], [2, 0]);
    assert(record.stoppedBy === "break" || record.stoppedBy === "terminate");
  } finally {
    await Deno.remove(report);
  }
});
