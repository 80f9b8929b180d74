import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { JobObject } from "../../../../job/job_object.ts";
import eventSchema from "../../../../schemas/event.schema.json" with { type: "json" };
import { schemaFaults } from "../../../helpers/json_schema.ts";
import { CHILD, jobbox, uniqueName } from "../../../helpers/jobbox_process.ts";
import { Folder, reported } from "../../../helpers/reported_run.ts";

/** Waits until a command has made its file: then it runs. */
async function madeBy(path: string): Promise<void> {
  const until = performance.now() + 60_000;
  while (
    !Deno.readDirSync(path.slice(0, path.lastIndexOf("\\"))).some(({ name }) => path.endsWith(name))
  ) {
    assert(performance.now() < until, "the command did not start");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test("run: a limit that is removed during the run is reported with its value", async () => {
  using folder = new Folder();
  const name = uniqueName();
  const running = reported(
    ...["--name", name, "--memory", "64M", "--processes", "9", "--notify-read", "1M"],
    ...["--", CHILD, "writefile", folder.file("runs"), "1", "sleepforever"],
  );
  await madeBy(folder.file("runs"));
  using job = JobObject.open(name, { access: ["query", "set", "terminate"] });
  job.setLimits({ jobMemory: null, activeProcesses: 5 });
  job.terminate(4);
  const { code, err, record } = await running;
  assertEquals(code, 4);
  assertEquals(record.limitChanges, [
    { name: "jobMemory", kind: "hard", change: "lifted", before: 67108864 },
    { name: "activeProcesses", kind: "hard", change: "changed", before: 9, after: 5 },
  ]);
  assertStringIncludes(err, "jobbox: The job memory limit of 64 MiB was removed during the run\n");
});

Deno.test("run: limits that stay set to the end are not a change", async () => {
  const { err, record } = await reported(
    ...["--memory", "64M", "--cpus", "1", "--affinity", "0", "--notify-read", "1M"],
    ...["--", CHILD, "exit", "0"],
  );
  assertEquals([record.limitChanges, err], [undefined, ""]);
});

Deno.test("run: record and events have each process's command line, times and memory", async () => {
  using folder = new Folder();
  const { code } = await jobbox([
    "run",
    ...["--report", folder.file("r.json"), "--events", folder.file("e")],
    "--",
    ...["cmd", "/d", "/c", `${CHILD.replaceAll("/", "\\")} spin 300 sleep 700 exit 5`],
  ]);
  assertEquals(code, 5);
  const { processTable } = folder.record();
  const child = processTable.find(({ image }) => image?.toLowerCase() === "child.exe");
  assert(child);
  assert(child.commandLine?.endsWith("spin 300 sleep 700 exit 5"), JSON.stringify(processTable));
  assert(child.user! + child.kernel! >= 100, JSON.stringify(child));
  assert(child.peakMemory! > 100_000, JSON.stringify(child));
  const events = folder.text("e").trimEnd().split("\n").map((line) => JSON.parse(line));
  for (const event of events) assertEquals(schemaFaults(event, eventSchema), []);
  const told = events.filter(({ pid }) => pid === child.pid);
  const facts = Object.assign({}, ...told);
  assertEquals([facts.image, facts.commandLine, facts.code], [
    child.image,
    child.commandLine,
    5,
  ]);
});
