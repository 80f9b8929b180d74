/**
 * Ctrl-C at the executable, and CTRL_BREAK by it.
 */
import { assert, assertEquals } from "@std/assert";
import { IS_WINE } from "../helpers/executable.ts";
import { CHILD, jobbox, startJobbox, uniqueName } from "../helpers/jobbox_process.ts";
import { Folder, reported } from "../helpers/reported_run.ts";

/** The folder of Linux processes as Wine shows it. */
const PROCESSES = "Z:\\proc";

/** The Linux process of the tool that has a word in its command line. */
function linuxProcess(word: string): string {
  for (const { name } of Deno.readDirSync(PROCESSES)) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const line = Deno.readTextFileSync(`${PROCESSES}\\${name}\\cmdline`);
      const [program = ""] = line.split("\0");
      if (program.endsWith("jobbox.exe") && line.includes(word)) return name;
    } catch {
      // It ended while the list was read.
    }
  }
  throw new Error(`Cannot find the tool with "${word}" in its command line`);
}

Deno.test({
  name: "jobbox.exe: Ctrl-C ends the tree with code 130, and the record says so",
  // Windows sends one only within a console; Wine makes one of a SIGINT.
  ignore: !IS_WINE,
  fn: async () => {
    using folder = new Folder();
    const name = uniqueName();
    await using run = startJobbox([
      ...["run", "--name", name, "--report", folder.file("r.json"), "--", CHILD],
      ...["spawn", "1", "--", "sleepforever", ";", "print", "ready\n", "sleepforever"],
    ]);
    await run.line("ready");
    // Its code is not the shell's; the run's end shows whether it worked.
    await new Deno.Command("start", {
      args: ["/unix", "/bin/sh", "-c", `kill -INT ${linuxProcess(name)}`],
    }).output();
    assertEquals((await run.end()).code, 130);
    const { verdict, exitCode, processes, stoppedBy } = folder.record();
    assertEquals([verdict, exitCode], ["interrupted", 130]);
    assertEquals([processes.total, processes.active], [2, 0]);
    assert(stoppedBy === "break" || stoppedBy === "terminate");
  },
});

Deno.test("jobbox.exe: asks by CTRL_BREAK and then ends, whether or not that can be sent", async () => {
  const begin = performance.now();
  const { code, record } = await reported(
    ...["--timeout", "1s", "--grace", "2s", "--", CHILD, "waitbreak"],
  );
  assertEquals([code, record.verdict, record.processes.active], [124, "timeout", 0]);
  const { stoppedBy, child } = record;
  if (stoppedBy === "break") assertEquals(child.code, 3);
  else assertEquals(stoppedBy, "terminate");
  assert(record.times.wall >= 1000 && performance.now() - begin >= record.times.wall);
});

Deno.test("jobbox.exe: jobbox kill from a second process ends the run", async () => {
  const name = uniqueName();
  await using run = startJobbox(
    ["run", "-q", "--name", name, "--", CHILD, "print", "ready\n", "sleepforever"],
  );
  await run.line("ready");
  assertEquals((await jobbox(["kill", name])).code, 0);
  assertEquals((await run.end()).code, 143);
});
