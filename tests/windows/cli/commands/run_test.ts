import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { ENDED_BY_JOBBOX } from "../../../../cli/exit_code.ts";
import { filePath } from "../../../helpers/file_path.ts";
import { runDeno } from "../../../helpers/deno_process.ts";
import { SAME_KERNEL } from "../../../helpers/job_trials.ts";
import { CHILD, jobbox, startJobbox, uniqueName } from "../../../helpers/jobbox_process.ts";
import { Folder, reported } from "../../../helpers/reported_run.ts";
import { hasEnded, watchProcess } from "../../../helpers/process_watch.ts";
import { runUntilTold } from "../../../helpers/told_run.ts";

/** A command that says that it is there, and stays. */
const SLEEPER = ["--", CHILD, "print", "ready\n", "sleepforever"];

Deno.test("jobbox run: passes the command's exit code, all 32 bits, and its output", async () => {
  const { code, out, err } = await jobbox(["run", "--", "cmd", "/c", "echo hello& exit 7"]);
  assertEquals([code, out, err], [7, "hello\r\n", ""]);
  const crashed = await jobbox(["run", "--", CHILD, "exit", "0xC0000005"]);
  assertEquals(crashed.code, 0xc000_0005);
});

Deno.test("jobbox run: the command gets its own options, and its arguments unchanged", async () => {
  const args = ["--memory", 'a "b" c', "", "\\\\x\\", "--", "-q"];
  const { out } = await jobbox(["run", CHILD, "argv", ...args]);
  const [first = ""] = out.split("\n");
  assertEquals(JSON.parse(first).argv.slice(2), args);
});

Deno.test("jobbox run: verdict exited, with times, counts and the child's code", async () => {
  const { code, record } = await reported(
    "--",
    CHILD,
    "spawnwait",
    "2",
    "--",
    "sleep",
    "50",
    ";",
    "exit",
    "3",
  );
  assertEquals([code, record.verdict, record.stoppedBy], [3, "exited", "self"]);
  assertEquals(record.child.code, 3);
  assertEquals(record.processes.total, 3);
  assertEquals(record.processTable.length, 3);
  const [leader] = record.processTable;
  assertEquals(leader?.pid, record.child.pid);
  assertEquals(record.processTable.filter(({ parentPid }) => parentPid === leader?.pid).length, 2);
});

Deno.test("jobbox run: verdict not found, with the name and code 127", async () => {
  const { code, err, record } = await reported("--", "no-such-program");
  assertEquals([code, record.verdict], [127, "notFound"]);
  assertStringIncludes(err, '"no-such-program"');
  assertEquals(record.processTable, []);
});

Deno.test("jobbox run: verdict cannot execute with code 126", async () => {
  using folder = new Folder();
  Deno.writeTextFileSync(folder.file("no.exe"), "this is no program");
  const { code, err, record } = await reported("--", folder.file("no.exe"));
  assertEquals([code, record.verdict], [126, "cannotExecute"]);
  assertStringIncludes(err, "no.exe");
});

Deno.test("jobbox run: verdict timeout, and the wall time agrees with a clock outside", async () => {
  const begin = performance.now();
  const { code, err, record } = await reported(
    ...["--timeout", "700ms", "--grace", "0s", "--", CHILD, "sleepforever"],
  );
  const outside = performance.now() - begin;
  assertEquals([code, record.verdict, record.stoppedBy], [124, "timeout", "terminate"]);
  assertEquals(record.child.code, ENDED_BY_JOBBOX);
  assert(record.times.wall >= 700, String(record.times.wall));
  assertLess(record.times.wall, outside);
  assertEquals(record.limit?.name, "wallTime");
  assertEquals(record.limitHits.map(({ type }) => type), ["wallTime"]);
  assertEquals(err.trimEnd().split("\n").length, 5, "a summary of five lines");
});

Deno.test("jobbox run: --quiet prints nothing about a limit", async () => {
  const { code, err } = await jobbox(
    ["run", "-q", "--timeout", "200ms", "--grace", "0s", "--", CHILD, "sleepforever"],
  );
  assertEquals([code, err], [124, ""]);
});

Deno.test("jobbox run: verdict memory if the memory limit ends it", async () => {
  const { code, record } = await reported(
    ...[
      "--memory",
      "64M",
      "--on-limit",
      "kill",
      "--",
      CHILD,
      "alloc",
      "0x10000000",
      "sleepforever",
    ],
  );
  assertEquals([code, record.verdict, record.limit?.name], [137, "memory", "jobMemory"]);
  assertEquals(record.limit?.limit, 64 * 1024 * 1024);
});

Deno.test("jobbox run: verdict CPU time, ended by the kernel", async () => {
  const { code, record } = await reported("--cpu-time", "500ms", "--", CHILD, "spinforever");
  assertEquals([code, record.verdict, record.stoppedBy], [152, "cpuTime", "kernel"]);
  assertEquals(record.limit?.name, "jobUserTime");
});

Deno.test("jobbox run: verdict processes", async () => {
  const { code, record } = await reported(
    ...["--processes", "2", "--on-limit", "kill", "--"],
    ...[CHILD, "spawn", "3", "--", "sleepforever", ";", "sleepforever"],
  );
  assertEquals([code, record.verdict, record.limit?.name], [143, "processes", "activeProcesses"]);
});

Deno.test("jobbox run: verdict output size, exact to the byte", async () => {
  using folder = new Folder();
  const { code, out, record } = await reported(
    ...["--max-output", "1500B", "--stderr", folder.file("err")],
    ...["--", CHILD, "write", "1000", "writeerr", "1000", "sleepforever"],
  );
  assertEquals([code, record.verdict, record.limit?.name], [153, "outputSize", "outputSize"]);
  assertEquals(out.length + Deno.statSync(folder.file("err")).size, 1500);
  assertEquals(record.output, { stdoutBytes: 1000, stderrBytes: 1000 });
});

Deno.test("jobbox run: verdict notification, then a stop", async () => {
  const { code, record } = await reported(
    ...["--notify-memory", "32M", "--on-notify", "stop", "--grace", "0s", "--"],
    ...[CHILD, "alloc", "0x4000000", "sleepforever"],
  );
  assertEquals([code, record.verdict, record.limit?.name], [143, "notification", "jobMemory"]);
  assertEquals(record.limit?.limit, 32 * 1024 * 1024);
});

Deno.test("jobbox run: a soft limit is reported and the command keeps running", async () => {
  const { code, record } = await runUntilTold(
    "notificationLimit",
    1,
    ({ events, waits }) =>
      reported(
        ...["--notify-memory", "32M", "--events", events, "--"],
        ...[CHILD, "alloc", "0x4000000", ...waits, "exit", "4"],
      ),
  );
  assertEquals([code, record.verdict], [4, "exited"]);
  assertEquals(record.limitHits.map(({ type, name }) => [type, name]), [
    ["notificationLimit", "jobMemory"],
  ]);
});

Deno.test("jobbox run: verdict killed, by another jobbox", async () => {
  using folder = new Folder();
  const name = uniqueName();
  const report = folder.file("r.json");
  await using run = startJobbox(
    ["run", "--name", name, "--report", report, ...SLEEPER],
  );
  await run.line("ready");
  const killed = await jobbox(["kill", "--json", name]);
  assertEquals(killed.code, 0);
  assertEquals(JSON.parse(killed.out).pids.length, 1);
  const { code, stderr } = await run.end();
  assertEquals(code, 143);
  assertStringIncludes(stderr, "jobbox: Killed from outside\n");
  const { verdict, child } = folder.record();
  assertEquals([verdict, child.endedBy], ["killed", "terminate"]);
});

Deno.test("jobbox run: a job that another program ends with code 0 is not a success", async () => {
  using folder = new Folder();
  const [name, report, meta] = [uniqueName(), folder.file("r.json"), folder.file("meta")];
  const options = ["--name", name, "--report", report, "--meta", meta];
  await using run = startJobbox(["run", ...options, ...SLEEPER]);
  await run.line("ready");
  const ender = filePath(new URL("../../../helpers/job_ender.ts", import.meta.url));
  const ended = await runDeno(["run", "-A", "--no-check", ...SAME_KERNEL, ender, name, "0"]);
  assertEquals(ended.code, 0);
  const { code, stderr } = await run.end();
  assertEquals(code, 143);
  assertStringIncludes(stderr, "jobbox: Killed from outside\n");
  const { verdict, child } = folder.record();
  assertEquals([verdict, child.code, child.endedBy], ["killed", 0, "terminate"]);
  assertStringIncludes(await Deno.readTextFile(meta), "status:SG\n");
});

Deno.test("jobbox run: waits for the tree, or ends it with --no-wait-tree", async () => {
  using folder = new Folder();
  const late = folder.file("late");
  const command = [
    CHILD,
    "spawn",
    "1",
    "--",
    "sleep",
    "400",
    "writefile",
    late,
    "5",
    ";",
    "exit",
    "6",
  ];
  const waited = await reported("--", ...command);
  assertEquals([waited.code, Deno.statSync(late).size], [6, 5]);
  Deno.removeSync(late);
  const left = await reported("--no-wait-tree", "--", ...command);
  assertEquals([left.code, left.record.verdict], [6, "exited"]);
  assertEquals(left.record.processes.active, 0);
});

Deno.test("jobbox run: sets folder, variables and standard streams", async () => {
  using folder = new Folder();
  Deno.writeTextFileSync(folder.file("vars"), "# of a file\nFROM_FILE=file\nBOTH=file\n");
  Deno.writeTextFileSync(folder.file("in"), "from a file");
  const child = Deno.realPathSync(CHILD);
  const { code } = await jobbox([
    ...["run", "--env-file", folder.file("vars"), "--env", "BOTH=option", "--unset-env", "GONE"],
    ...["--cwd", folder.file("."), "--stdin", folder.file("in"), "--stdout", folder.file("out")],
    ...["--", child, "getenv", "FROM_FILE", "getenv", "BOTH", "getenv", "GONE", "cwd", "cat"],
  ], { env: { GONE: "here" } });
  assertEquals(code, 0);
  const [fromFile, both, gone, cwd, rest] = folder.text("out").split("\n");
  assertEquals([fromFile, both, gone].map((text) => JSON.parse(text!)), ["file", "option", null]);
  assert(Deno.statSync(JSON.parse(cwd!)).isDirectory);
  assertEquals(rest, "from a file");
});

Deno.test("jobbox run: events are lines of JSON, the first and the last among them", async () => {
  using folder = new Folder();
  const { code } = await jobbox(["run", "--events", folder.file("e"), "--", CHILD, "sleep", "100"]);
  assertEquals(code, 0);
  const events = folder.text("e").trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(events[0].type, "start");
  assertEquals(events.at(-1).type, "end");
  const types = events.map(({ type }) => type);
  for (const type of ["newProcess", "exitProcess", "activeProcessZero"]) {
    assert(types.includes(type));
  }
});

Deno.test("jobbox run: events are whole when jobbox is killed, and so is its tree", async () => {
  using folder = new Folder();
  const name = uniqueName();
  await using run = startJobbox([
    ...["run", "--name", name, "--events", folder.file("e"), "--"],
    ...[CHILD, "spawn", "2", "--", "sleepforever", ";", "print", "ready\n", "sleepforever"],
  ]);
  await run.line("ready");
  const pids = JSON.parse((await jobbox(["ps", "--json", name])).out).map(
    ({ pid }: { pid: number }) => pid,
  );
  assertEquals(pids.length, 3);
  using handles = new DisposableStack();
  const watched = pids.map((pid: number) => handles.use(watchProcess(pid)));
  run.kill("SIGKILL");
  await run.end();
  for (const process of watched) assert(hasEnded(process, 10_000));
  const lines = folder.text("e").split("\n");
  assertEquals(lines.at(-1), "");
  for (const line of lines.slice(0, -1)) JSON.parse(line);
});

Deno.test("jobbox run: writes isolate's keys, and a page", async () => {
  using folder = new Folder();
  const { code } = await jobbox([
    ...["run", "--meta", folder.file("m"), "--report", folder.file("r.html")],
    ...["--", CHILD, "exit", "5"],
  ]);
  assertEquals(code, 5);
  assertStringIncludes(folder.text("m"), "exitcode:5\n");
  assertStringIncludes(folder.text("r.html").toLowerCase(), "<!doctype html>");
});

Deno.test("jobbox run: a report that cannot be written is found before the start", async () => {
  using folder = new Folder();
  const before = await jobbox([
    "run",
    "--report",
    folder.file("no\\r.json"),
    "--",
    CHILD,
    "exit",
    "5",
  ]);
  assertEquals(before.code, 125);
  assertStringIncludes(before.err, "--report: Cannot write");
});

Deno.test("jobbox run: a taken name is refused, with advice", async () => {
  const name = uniqueName();
  await using run = startJobbox(["run", "--name", name, ...SLEEPER]);
  await run.line("ready");
  const second = await jobbox(["run", "--name", name, "--", CHILD, "exit", "5"]);
  assertEquals(second.code, 125);
  assertStringIncludes(second.err, "ERROR_ALREADY_EXISTS (183): a job with this name exists");
  await jobbox(["kill", name]);
  await run.end();
});
