/** Runs of the real tool with fewer rights. */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CHILD, jobbox, startJobbox } from "../../../helpers/jobbox_process.ts";
import { Folder, reported } from "../../../helpers/reported_run.ts";

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test("jobbox run --isolate user: every restriction is in the record with its evidence", async () => {
  const { code, err, out, record } = await reported(
    "--isolate",
    "user",
    "--",
    CHILD,
    "getenv",
    "TEMP",
  );
  assertEquals([code, err], [0, ""]);
  assert(/\\jobbox-\d+-\d+-[0-9a-f]{32}$/.test(JSON.parse(out)), out);
  const { asked, left, restrictions } = record.isolation!;
  assertEquals(asked, { admin: false, privileges: [], temp: "fresh", protect: true });
  assertEquals(restrictions.map(({ row }) => row), ["admin", "privileges", "temp", "protect"]);
  for (const { readBack, row } of restrictions) assert(readBack !== "", row);
  assertEquals(left, []);
  // The trials are none of the job's processes, and none of its time.
  assertEquals(record.processes.total, 1);
});

Deno.test("jobbox run --isolate low: in force, or 125 and the command never started", async () => {
  using folder = new Folder();
  const marker = folder.file("marker");
  const { code, record } = await reported(
    "--isolate",
    "low",
    "--",
    CHILD,
    "writefile",
    marker,
    "1",
  );
  assertEquals(isThere(marker), false);
  // A Windows with levels runs it, and the folder of the user is closed to it.
  if (record.isolation!.refused === undefined) {
    assertEquals(record.isolation!.restrictions.at(-1)!.readBack, "low (S-1-16-4096)");
    return;
  }
  assertEquals([code, record.verdict, record.child], [125, "failed", {}]);
  const { asked, readBack, row } = record.isolation!.refused;
  assertEquals([row, asked], ["integrity", "low (S-1-16-4096)"]);
  assertStringIncludes(
    record.error!,
    `--isolate low (--integrity): asked ${asked}, read ${readBack}`,
  );
  assertEquals(record.isolation!.left, []);
});

Deno.test("jobbox run --isolate container: in force, or 125 and the command never started", async () => {
  using folder = new Folder();
  const marker = folder.file("marker");
  const path = marker.slice(0, marker.lastIndexOf("\\"));
  const { code, record } = await reported(
    ...["--isolate", "container", "--write", path, "--no-network"],
    ...["--", "cmd", "/d", "/c", `echo x>"${marker}"`],
  );
  assertEquals(record.isolation!.asked["container"], { network: [], write: [path] });
  assertEquals(record.isolation!.left, []);
  if (record.isolation!.restrictions.length > 0) {
    assertEquals([code, isThere(marker)], [0, true]);
    return;
  }
  assertEquals([code, record.verdict, record.child, isThere(marker)], [125, "failed", {}, false]);
  assertStringIncludes(record.error!, "AppContainer");
});

Deno.test("jobbox run --explain: lists the restrictions, tries the first gate, starts nothing", async () => {
  const { code, out } = await jobbox([
    ...["run", "--explain", "--json", "--isolate", "low", "--timeout", "5s"],
    ...["--", CHILD, "exit", "0"],
  ]);
  const { calls, isolation, policy, refused } = JSON.parse(out);
  assertEquals(isolation.map(({ name }: { name: string }) => name), [
    "admin",
    "privileges",
    "temp",
    "protect",
    "integrity",
  ]);
  const closed = isolation.filter(({ refused }: { refused?: string }) => refused !== undefined);
  for (const { options, refused } of closed) {
    assertEquals(options, ["--isolate low"]);
    assertStringIncludes(refused, "Cannot start the process with --isolate low (--");
  }
  assertEquals([code === 125, refused.length > 0], [closed.length > 0, closed.length > 0]);
  assertStringIncludes(calls.join("\n"), "CreateProcessAsUserW: starts in the job");
  assertEquals(policy.isolate, "low");
});

Deno.test("jobbox run: the wall time counts from the start of the command, not from the trials", async () => {
  const { record } = await reported("--no-admin", "--timeout", "60s", "--", CHILD, "exit", "0");
  const { code, record: plain } = await reported("--timeout", "60s", "--", CHILD, "exit", "0");
  assertEquals([record.exitCode, code], [0, 0]);
  // Two programs of the system run before the command; their time is in neither.
  assert(record.times.wall < plain.times.wall + 2000, `${record.times.wall} ${plain.times.wall}`);
  // The times of its processes count from the same moment.
  const [command] = record.processTable;
  assert(command?.end !== undefined && command.end <= record.times.wall + 50, `${command?.end}`);
});

Deno.test("jobbox run: isolation together with an option that defeats it is a usage error", async () => {
  for (
    const [options, said] of [
      [["--isolate", "user", "--breakaway"], "processes that leave the job are not ended with it"],
      [["--protect"], "--no-admin"],
      [["--no-network"], "add --isolate container or --container"],
      [["--container", "--write", "C:\\"], "root of a drive"],
      [["--isolate", "best"], "none, user, low or container"],
    ] as const
  ) {
    const { code, err } = await jobbox(["run", ...options, "--", CHILD, "exit", "0"]);
    assertEquals(code, 125);
    assertStringIncludes(err, said);
  }
});

Deno.test("jobbox run --fresh-temp together with another TEMP is refused, and nothing runs", async () => {
  const { code, record } = await reported(
    ...["--fresh-temp", "--env", "TEMP=C:\\x", "--", CHILD, "exit", "0"],
  );
  assertEquals([code, record.verdict], [125, "failed"]);
  assertStringIncludes(record.error!, "both say where temporary files are");
});

Deno.test("jobbox run --fresh-temp: the next run deletes what a killed one has left", async () => {
  let folder: string;
  {
    await using killed = startJobbox(
      ["run", "--fresh-temp", "--", CHILD, "getenv", "TEMP", "sleepforever"],
    );
    folder = JSON.parse(await killed.line("jobbox-"));
    assert(Deno.statSync(folder).isDirectory);
    killed.kill("SIGKILL");
    await killed.end();
  }
  const { record } = await reported("--fresh-temp", "--", CHILD, "exit", "0");
  assertEquals(record.isolation!.left, []);
  assertThrows(() => Deno.statSync(folder), Deno.errors.NotFound);
});
