import { assert, assertEquals } from "@std/assert";
import { ENDED_BY_JOBBOX } from "../../../cli/exit_code.ts";
import type { WatchPlan } from "../../../cli/run/supervisor.ts";
import type { ProcessEntry } from "../../../job/member_table.ts";
import type { JobNotification } from "../../../job/messages/notification.ts";
import { FakeIo, settle } from "../../helpers/fake_io.ts";
import {
  FakeJob,
  FakeOutput,
  supervise,
  watch,
  WATCH_PLAN,
  type Watched,
} from "../../helpers/fake_job.ts";

async function outcome({ io, result }: Watched): Promise<string> {
  const { verdict, stoppedBy, code } = await result;
  assertEquals(io.pending, 0, "timers and listeners are tidied up");
  return `${verdict} ${stoppedBy} ${code}`;
}

Deno.test("Supervisor: a command that ends keeps its code", async () => {
  const run = watch();
  await settle();
  run.job.end(7);
  assertEquals(await outcome(run), "exited self 7");
  assertEquals(run.job.calls, []);
});

Deno.test("Supervisor: listens for Ctrl-C before it starts the command", async () => {
  const [io, job] = [new FakeIo(), new FakeJob()];
  await using run = supervise(io, job);
  io.signal("interrupt");
  assertEquals(job.calls, [], "nobody is there to be asked");
  const result = run.watch(job, new FakeOutput());
  assertEquals(job.calls, ["ask"]);
  await io.advance(WATCH_PLAN.grace);
  assertEquals((await result).verdict, "interrupted");
});

Deno.test("Supervisor: waits for the tree after the command has ended", async () => {
  const run = watch();
  let over = false;
  run.result.then(() => over = true);
  run.job.leaderEnds(3);
  await run.io.advance(60_000);
  assert(!over);
  run.job.end(0);
  assertEquals(await outcome(run), "exited self 3");
});

Deno.test("Supervisor: without waitTree the tree ends with the command", async () => {
  const run = watch({ waitTree: false });
  run.job.leaderEnds(3);
  assertEquals(await outcome(run), "exited self 3");
  assertEquals(run.job.calls, ["terminate"]);
});

Deno.test("Supervisor: at its wall time it asks, waits for the grace and terminates", async () => {
  const run = watch({ timeout: 500 });
  await run.io.advance(499);
  assertEquals(run.job.calls, []);
  await run.io.advance(1);
  assertEquals(run.job.calls, ["ask"]);
  await run.io.advance(1999);
  assertEquals(run.job.calls, ["ask"]);
  await run.io.advance(1);
  assertEquals(run.job.calls, ["ask", "terminate"]);
  assertEquals(await outcome(run), `timeout terminate ${ENDED_BY_JOBBOX}`);
  assertEquals((await run.result).reason?.limit, {
    name: "wallTime",
    limit: 500,
    measured: 500,
    unit: "ms",
  });
});

Deno.test("Supervisor: a command that obeys the request was ended by it", async () => {
  const run = watch({ timeout: 500 });
  await run.io.advance(600);
  run.job.end(0xc000_013a);
  assertEquals(await outcome(run), `timeout break ${0xc000_013a}`);
  assertEquals(run.job.calls, ["ask"]);
});

Deno.test("Supervisor: a command that cannot be asked is terminated without the grace", async () => {
  const run = watch({ timeout: 500, refuses: true });
  await run.io.advance(500);
  assertEquals(run.job.calls, ["ask", "terminate"]);
  assertEquals(await outcome(run), `timeout terminate ${ENDED_BY_JOBBOX}`);
});

Deno.test("Supervisor: without a grace it terminates at once", async () => {
  const run = watch({ timeout: 500, grace: 0 });
  await run.io.advance(500);
  assertEquals(run.job.calls, ["terminate"]);
  assertEquals(await outcome(run), `timeout terminate ${ENDED_BY_JOBBOX}`);
});

Deno.test("Supervisor: Ctrl-C asks, the second one terminates", async () => {
  const once = watch();
  await settle();
  once.io.signal("interrupt");
  assertEquals(once.job.calls, ["ask"]);
  once.io.signal("interrupt");
  assertEquals(once.job.calls, ["ask", "terminate"]);
  assertEquals(await outcome(once), `interrupted terminate ${ENDED_BY_JOBBOX}`);
});

Deno.test("Supervisor: the first reason is the verdict", async () => {
  const run = watch({ timeout: 500 });
  await run.io.advance(500);
  run.io.signal("interrupt");
  run.supervisor.end({ verdict: "outputSize" }, "kill");
  assertEquals(await outcome(run), `timeout terminate ${ENDED_BY_JOBBOX}`);
});

Deno.test("Supervisor: a memory limit ends the job only if --on-limit says so", async () => {
  const limits = { jobMemory: 64 };
  const report = watch({ limits });
  report.job.post({ type: "jobMemoryLimit", pid: 42 });
  await settle();
  assertEquals(report.job.calls, []);
  report.job.end(12);
  assertEquals(await outcome(report), "exited self 12");

  const kill = watch({ limits, onLimit: "kill" });
  kill.job.post({ type: "jobMemoryLimit", pid: 42 });
  assertEquals(await outcome(kill), `memory terminate ${ENDED_BY_JOBBOX}`);
  assertEquals((await kill.result).reason?.limit, {
    name: "jobMemory",
    limit: 64,
    measured: 70,
    unit: "bytes",
  });
});

Deno.test("Supervisor: a limit that is reported after the end still is the verdict", async () => {
  const run = watch({ limits: { jobMemory: 64 }, onLimit: "kill" });
  await settle();
  run.job.post({ type: "jobMemoryLimit", pid: 42 });
  run.job.end(12);
  const { verdict } = await run.result;
  assertEquals(verdict, "memory");
  assertEquals(run.io.pending, 0);
});

Deno.test("Supervisor: a process, time or soft limit ends the job as its reaction says", async () => {
  const violation = { violated: [] };
  const cases: [JobNotification, Partial<WatchPlan>, string][] = [
    [{ type: "activeProcessLimit" }, { onLimit: "kill" }, "processes"],
    [{ type: "endOfJobTime" }, { onLimit: "kill" }, "cpuTime"],
    [{ type: "endOfProcessTime", pid: 43 }, { onLimit: "kill" }, "cpuTime"],
    [{ type: "processMemoryLimit", pid: 43 }, { onLimit: "kill" }, "memory"],
    [{ type: "notificationLimit", pid: 43, violation }, { onNotify: "kill" }, "notification"],
  ];
  for (const [event, policy, verdict] of cases) {
    const run = watch(policy);
    run.job.post(event);
    assertEquals(await outcome(run), `${verdict} terminate ${ENDED_BY_JOBBOX}`);
  }
  const stop = watch({ onNotify: "stop", onLimit: "report" });
  stop.job.post({ type: "notificationLimit", pid: 43, violation });
  await settle();
  assertEquals(stop.job.calls, ["ask"]);
  stop.job.end(5);
  assertEquals(await outcome(stop), "notification break 5");
});

Deno.test("Supervisor: a soft limit's reason names limit and measured value", async () => {
  const run = watch({ onNotify: "kill" });
  const violation = { violated: ["readBytes" as const], readBytes: { limit: 100, measured: 120 } };
  run.job.post({ type: "notificationLimit", pid: 42, violation });
  assertEquals((await run.result).reason, {
    verdict: "notification",
    limit: { name: "readBytes", limit: 100, measured: 120, unit: "bytes" },
  });
});

Deno.test("Supervisor: an end by the kernel's time limit is attributed to the kernel", async () => {
  for (const code of [1816, 0xc000_0044]) {
    const run = watch({ limits: { jobUserTime: 1000 } });
    run.job.end(code);
    assertEquals(await outcome(run), `cpuTime kernel ${code}`);
  }
  const own = watch({ limits: { processUserTime: 60_000 } });
  own.job.post({ type: "endOfProcessTime", pid: 42 });
  own.job.end(1816);
  assertEquals(await outcome(own), "cpuTime kernel 1816");
});

Deno.test("Supervisor: code 1816 without a time limit is the command's own", async () => {
  const run = watch({ limits: { jobMemory: 64 } });
  run.job.end(1816);
  assertEquals(await outcome(run), "exited self 1816");
  const early = watch({ limits: { jobUserTime: 60_000 } });
  early.job.end(1816);
  assertEquals(await outcome(early), "exited self 1816");
});

Deno.test("Supervisor: a command that another jobbox ended was killed", async () => {
  const run = watch();
  run.job.end(ENDED_BY_JOBBOX);
  assertEquals(await outcome(run), `killed terminate ${ENDED_BY_JOBBOX}`);
});

Deno.test("Supervisor: a tree that another jobbox ended after the command's own end was killed", async () => {
  const killRequested = (): boolean => true;
  const run = watch({ killRequested });
  run.job.leaderEnds(0);
  await settle();
  run.job.end(0);
  const { verdict, stoppedBy, code } = await run.result;
  assertEquals([verdict, stoppedBy, code], ["killed", "terminate", 0]);
  // A tree that nobody waits for is ended in any case, and no kill gives the code 0.
  const other = watch({ killRequested, waitTree: false });
  other.job.end(0);
  assertEquals(await outcome(other), "exited self 0");
});

Deno.test("Supervisor: a kill counts as one whatever its code, unless the run was ended before", async () => {
  const killRequested = (): boolean => true;
  for (const waitTree of [true, false]) {
    const run = watch({ killRequested, waitTree });
    run.job.end(7);
    assertEquals(await outcome(run), "killed terminate 7");
  }
  const late = watch({ killRequested, timeout: 500, grace: 0 });
  await late.io.advance(500);
  assertEquals(await outcome(late), `timeout terminate ${ENDED_BY_JOBBOX}`);
});

Deno.test("Supervisor: if it is unknown whether the run was killed, the run has failed", async () => {
  const run = watch({
    killRequested: () => {
      throw new Error("Cannot read the request");
    },
  });
  run.job.end(0);
  const { verdict, error } = await run.result;
  assertEquals([verdict, error], ["failed", "Cannot read the request"]);
  assertEquals(run.job.calls, []);
});

Deno.test("Supervisor: giving up before the start leaves nothing", async () => {
  const [io, job] = [new FakeIo(), new FakeJob()];
  const supervisor = supervise(io, job, { timeout: 5 });
  await supervisor[Symbol.asyncDispose]();
  assertEquals([io.pending, job.calls], [0, []]);
  await supervisor[Symbol.asyncDispose]();
});

Deno.test("Supervisor: a job that cannot be ended is given up", async () => {
  const run = watch({ timeout: 10, grace: 0 });
  run.job.obeys = false;
  await run.io.advance(20_000);
  const { verdict, error, code } = await run.result;
  assertEquals([verdict, code], ["timeout", undefined]);
  assertEquals(
    error,
    "Cannot end every process of the job: some still ran after they were terminated",
  );
  assertEquals(run.io.pending, 0);
});

Deno.test("Supervisor: a termination that the system refuses is the reason of a tree that stays", async () => {
  const run = watch({ timeout: 10, grace: 0 });
  run.job.terminate = () => {
    throw new Error("TerminateJobObject was refused");
  };
  await run.io.advance(20_000);
  const { verdict, error } = await run.result;
  assertEquals([verdict, error], [
    "timeout",
    "Cannot end every process of the job: TerminateJobObject was refused",
  ]);
});

Deno.test("Supervisor: samples at the listener's interval, and reports each event", async () => {
  const samples: number[] = [];
  const events: string[] = [];
  const run = watch({
    reports: {
      sample: (_, at) => {
        samples.push(at);
        return samples.length < 3 ? 100 : 400;
      },
      event: ({ type }) => void events.push(type),
    },
  });
  await run.io.advance(1000);
  run.job.post({ type: "newProcess", pid: 42 });
  await settle();
  run.job.end(0);
  await run.result;
  assertEquals(samples, [0, 100, 200, 600, 1000]);
  assertEquals(events, ["newProcess", "activeProcessZero"]);
});

Deno.test("Supervisor: a listener that fails ends the job, and the failure is reported", async () => {
  const fail = (): never => {
    throw new Error("disk full");
  };
  for (const reports of [{ event: fail }, { sample: fail }]) {
    const run = watch({ reports });
    await settle();
    run.job.post({ type: "newProcess", pid: 42 });
    await run.io.advance(1000);
    assertEquals(await outcome(run), `failed terminate ${ENDED_BY_JOBBOX}`);
    assertEquals((await run.result).error, "disk full");
  }
});

Deno.test("Supervisor: a listener that fails while the tree is waited for ends the job", async () => {
  const run = watch({
    reports: {
      waiting: () => {
        throw new Error("disk full");
      },
    },
  });
  run.job.leaderEnds(3);
  await run.io.advance(60_000);
  assertEquals(await outcome(run), "failed terminate 3");
  assertEquals((await run.result).error, "disk full");
});

Deno.test("Supervisor: a system without statistics is not a failure", async () => {
  const run = watch({
    onLimit: "kill",
    limits: { jobMemory: 64 },
    reports: { sample: () => 100 },
  });
  run.job.hasStats = false;
  await settle();
  run.job.post({ type: "jobMemoryLimit", pid: 42 });
  const { verdict, reason, stats, error } = await run.result;
  assertEquals([verdict, stats, error], ["memory", undefined, undefined]);
  assertEquals(reason?.limit, { name: "jobMemory", limit: 64, unit: "bytes" });
});
Deno.test("Supervisor: an end by the job's time limit is attributed to the kernel", async () => {
  for (const onLimit of ["report", "stop", "kill"] as const) {
    const run = watch({ onLimit, limits: { jobUserTime: 1000 } });
    await settle();
    run.job.end(1816);
    run.job.post({ type: "endOfJobTime" });
    assertEquals(await outcome(run), "cpuTime kernel 1816");
    assertEquals(run.job.calls, []);
  }
  const posted = watch({ onLimit: "kill", limits: { jobUserTime: 1000, endOfJobTime: "post" } });
  posted.job.post({ type: "endOfJobTime" });
  assertEquals(await outcome(posted), `cpuTime terminate ${ENDED_BY_JOBBOX}`);
});

Deno.test("Supervisor: the verdict waits for the output, and too much output is the verdict", async () => {
  const run = watch({ output: new FakeOutput(false) });
  let isOver = false;
  run.result.then(() => isOver = true);
  run.job.end(0);
  await run.io.advance(60_000);
  assert(!isOver, "the reader takes its time");
  run.supervisor.end({ verdict: "outputSize" }, "kill");
  run.output.deliver();
  assertEquals(await outcome(run), "outputSize self 0");
  assertEquals(run.job.calls, []);
});

Deno.test("Supervisor: a pump that fails after the end is a failure of the run", async () => {
  const run = watch({ output: new FakeOutput(false) });
  run.job.end(0);
  await settle();
  run.supervisor.fail(new Error("disk full"));
  assertEquals(await outcome(run), "failed self 0");
  const { error, reason } = await run.result;
  // The disk can be full because of the job: another machine would not be different.
  assertEquals([error, reason], ["disk full", { verdict: "failed" }]);
});

Deno.test("Supervisor: a wait that the system refuses is an end with a record, and a kill", async () => {
  const run = watch();
  await settle();
  run.job.leaderEnds(0);
  await settle();
  run.job.loseTree(new Error("cannot count"));
  await run.io.advance(1000);
  assertEquals(await outcome(run), "failed terminate 0");
  const { error, reason } = await run.result;
  assertEquals([error, reason], ["cannot count", { verdict: "failed", isMachineFault: true }]);
  assertEquals(run.job.calls, ["terminate"]);
});

Deno.test("Supervisor: only a watch that the system fails is the machine's fault", async () => {
  const lost = watch();
  await settle();
  lost.job.fail(new Error("port closed"));
  // Nothing tells of the end any more, so it is waited for.
  await lost.io.advance(1000);
  assertEquals(await outcome(lost), `failed terminate ${ENDED_BY_JOBBOX}`);
  const { error, reason } = await lost.result;
  assertEquals([error, reason], ["port closed", { verdict: "failed", isMachineFault: true }]);

  const late = watch({ output: new FakeOutput(false) });
  await settle();
  late.supervisor.fail(new Error("disk full"));
  late.job.fail(new Error("port closed"));
  await late.io.advance(1000);
  assertEquals((await late.result).reason, { verdict: "failed" }, "the first failure counts");
});

Deno.test("Supervisor: a deadline and Ctrl-C hold while the reader of the output stalls", async () => {
  const late = watch({ timeout: 500, output: new FakeOutput(false) });
  await settle();
  late.job.end(0);
  await late.io.advance(500);
  assertEquals(await outcome(late), "timeout self 0");
  assertEquals(late.output.calls, ["cut short"]);
  const interrupted = watch({ output: new FakeOutput(false) });
  interrupted.job.end(0);
  await settle();
  interrupted.io.signal("interrupt");
  assertEquals(await outcome(interrupted), "interrupted self 0");
});

Deno.test("Supervisor: after a second it reports what is left of a tree whose command has ended", async () => {
  const told: string[] = [];
  const reports = {
    waiting: (left: readonly ProcessEntry[], code: number | undefined): void =>
      void told.push(`${code} ${left.map(({ pid }) => pid)}`),
  };
  const run = watch({ reports });
  await settle();
  run.job.leaderEnds(3);
  await run.io.advance(900);
  assertEquals(told, []);
  await run.io.advance(60_000);
  assertEquals(told, ["3 43"], "once");
  run.job.end(0);
  await run.result;
  const short = watch({ reports });
  short.job.end(0);
  await short.io.advance(2000);
  await short.result;
  const ended: string[] = [];
  const left = (processes: readonly ProcessEntry[], code: number | undefined): void =>
    void ended.push(`${code} ${processes.map(({ pid }) => pid)}`);
  const cut = watch({ reports: { ...reports, left }, waitTree: false });
  cut.job.leaderEnds(0);
  await cut.io.advance(2000);
  await cut.result;
  assertEquals([told.length, ended], [1, ["0 43"]]);
});

Deno.test("Supervisor: times count from the command's start, not from jobbox's", async () => {
  const [io, job] = [new FakeIo(), new FakeJob()];
  await io.advance(5_000);
  const times: number[] = [];
  await using run = supervise(io, job, { reports: { event: (_, at) => void times.push(at) } });
  await io.advance(100);
  run.begin();
  const result = run.watch(job, new FakeOutput());
  await io.advance(30);
  job.post({ type: "newProcess", pid: 7 });
  await settle();
  job.end(0);
  await result;
  assertEquals(times[0], 30);
});

Deno.test("Supervisor: the console's close leaves less than the system's time, and never more than the grace", async () => {
  for (const [grace, wait] of [[60_000, 4000], [300, 300]] as const) {
    const run = watch({ grace });
    await settle();
    run.io.signal("close");
    await run.io.advance(wait - 1);
    assertEquals(run.job.calls, ["ask"]);
    await run.io.advance(1);
    assertEquals(run.job.calls, ["ask", "terminate"]);
    assertEquals(await outcome(run), `interrupted terminate ${ENDED_BY_JOBBOX}`);
  }
});

Deno.test("Supervisor: Ctrl-C that was left to the command is the verdict only if it came", async () => {
  const STATUS_CONTROL_C_EXIT = 0xc000_013a;
  for (const [isSent, verdict] of [[true, "interrupted"], [false, "exited"]] as const) {
    const run = watch({ foreground: true });
    await settle();
    if (isSent) run.io.signal("interrupt");
    run.job.end(STATUS_CONTROL_C_EXIT);
    assertEquals((await run.result).verdict, verdict);
    assertEquals(run.job.calls, []);
  }
});

Deno.test("Supervisor: the reports hear of the first reason, once", async () => {
  const told: string[] = [];
  const run = watch({
    timeout: 500,
    reports: { reached: ({ verdict }, at) => void told.push(`${verdict} ${at}`) },
  });
  await run.io.advance(500);
  run.supervisor.end({ verdict: "outputSize" }, "kill");
  await run.result;
  assertEquals(told, ["timeout 500"]);
});

Deno.test("Supervisor: a tree that outlives its termination is an error, whether the command ended or not", async () => {
  const run = watch({ timeout: 10, grace: 0 });
  run.job.obeys = false;
  run.job.leaderEnds(3);
  await run.io.advance(20_000);
  const { error, code } = await run.result;
  assertEquals([error?.startsWith("Cannot end every process"), code], [true, 3]);
});

Deno.test("Supervisor: a watch that is given up takes its next sample back", async () => {
  const [io, job] = [new FakeIo(), new FakeJob()];
  const supervisor = supervise(io, job, { reports: { sample: () => 100 } });
  const result = supervisor.watch(job, new FakeOutput());
  job.end(0);
  await result;
  await supervisor[Symbol.asyncDispose]();
  assertEquals(io.pending, 0);
});

Deno.test("Supervisor: a notification that was posted before the end is waited for", async () => {
  const run = watch({ limits: { jobMemory: 64 }, onLimit: "kill" });
  await settle();
  run.job.leaderEnds(12);
  await settle();
  const { promise, resolve } = Promise.withResolvers<void>();
  run.job.wait = () => promise;
  run.job.end(12);
  resolve();
  run.job.post({ type: "jobMemoryLimit", pid: 42 });
  assertEquals((await run.result).verdict, "memory");
});

Deno.test("Supervisor: a tree that cannot be listed at the command's end fails the run, and is ended", async () => {
  const run = watch({ waitTree: false });
  run.job.processes = () => {
    throw new Error("no list");
  };
  run.job.leaderEnds(3);
  const { verdict, error } = await run.result;
  assertEquals([verdict, error, run.job.calls], ["failed", "no list", ["terminate"]]);
});

Deno.test("Supervisor: says nothing of a tree that is being terminated", async () => {
  const told: number[] = [];
  const run = watch({
    timeout: 10,
    grace: 0,
    reports: { waiting: (left) => void told.push(left.length) },
  });
  run.job.obeys = false;
  run.job.leaderEnds(3);
  await run.io.advance(20_000);
  await run.result;
  assertEquals(told, []);
});

Deno.test("Supervisor: a command that ends before its wall time leaves no timer", async () => {
  const run = watch({ timeout: 60_000 });
  await settle();
  run.job.end(0);
  assertEquals(await outcome(run), "exited self 0");
});

Deno.test("Supervisor: statistics that the system does not keep are not sampled", async () => {
  const samples: unknown[] = [];
  const [io, job] = [new FakeIo(), new FakeJob()];
  job.hasStats = false;
  await using run = supervise(io, job, {
    reports: { sample: (stats) => void samples.push(stats) },
  });
  const result = run.watch(job, new FakeOutput());
  await settle();
  job.end(0);
  await result;
  assertEquals(samples, []);
});

Deno.test("Supervisor: a process that came after the last zero has its own zero waited for", async () => {
  const run = watch();
  let over = false;
  run.result.then(() => over = true);
  run.job.post({ type: "activeProcessZero" });
  run.job.post({ type: "newProcess", pid: 44 });
  await settle();
  run.job.leaderEnds(0);
  run.job.treeEnds();
  await run.io.advance(100);
  assertEquals(over, false);
  await run.io.advance(100);
  await run.result;
  assertEquals(over, true);
});
