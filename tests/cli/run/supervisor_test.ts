import { assert, assertEquals, assertRejects } from "@std/assert";
import { ENDED_BY_JOBBOX } from "../../../cli/exit_code.ts";
import { type FinalStats, NO_IO, type RecordableEvent } from "../../../cli/report/recorder.ts";
import {
  type SupervisedChild,
  type SupervisedEnd,
  type SupervisedJob,
  Supervisor,
  type SupervisorHooks,
  type SupervisorPolicy,
} from "../../../cli/run/supervisor.ts";
import { FakeIo, settle } from "../../helpers/fake_io.ts";

const STATS: FinalStats = {
  userTime: 950,
  kernelTime: 0,
  pageFaults: 0,
  processes: { total: 1, active: 0, terminated: 0 },
  memory: { current: 10, peak: 70, peakProcess: 60 },
  io: NO_IO,
};

/** A job with one command, both steered by the test. */
class FakeJob implements SupervisedJob, SupervisedChild {
  readonly pid = 42;
  readonly calls: string[] = [];
  readonly #code = Promise.withResolvers<number>();
  readonly #gone = Promise.withResolvers<void>();
  readonly #queue: RecordableEvent[] = [];
  #wake = Promise.withResolvers<void>();
  /** Whether the system keeps statistics. */
  hasStats = true;
  /** Whether the system refuses to ask. */
  cannotBeAsked = false;
  /** Whether a termination is obeyed. */
  obeys = true;
  readonly code: Promise<number> = this.#code.promise;

  async *events(signal: AbortSignal): AsyncGenerator<RecordableEvent> {
    signal.addEventListener("abort", () => this.#wake.resolve());
    while (true) {
      for (let event = this.#queue.shift(); event; event = this.#queue.shift()) yield event;
      if (signal.aborted) return;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers<void>();
    }
  }

  post(event: RecordableEvent): void {
    this.#queue.push(event);
    this.#wake.resolve();
  }

  wait(): Promise<void> {
    return this.#gone.promise;
  }

  terminate(exitCode: number): void {
    this.calls.push("terminate");
    if (this.obeys) this.end(exitCode);
  }

  stats(): FinalStats | undefined {
    return this.hasStats ? STATS : undefined;
  }

  askToEnd(refused: () => void): void {
    this.calls.push("ask");
    if (this.cannotBeAsked) refused();
  }

  leaderEnds(code: number): void {
    this.#code.resolve(code);
  }

  end(code: number): void {
    this.#code.resolve(code);
    this.#gone.resolve();
    this.post({ type: "activeProcessZero" });
  }
}

const POLICY: SupervisorPolicy = {
  grace: 2000,
  waitTree: true,
  onLimit: "report",
  onNotify: "report",
  limits: {},
};

interface Watched {
  readonly io: FakeIo;
  readonly job: FakeJob;
  readonly supervisor: Supervisor;
  readonly result: Promise<SupervisedEnd>;
}

function watch(policy: Partial<SupervisorPolicy> = {}, hooks: SupervisorHooks = {}): Watched {
  const io = new FakeIo();
  const job = new FakeJob();
  const supervisor = new Supervisor(job, { ...POLICY, ...policy }, { clock: io, hooks });
  const result = supervisor.run(() => job);
  return { io, job, supervisor, result };
}

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

Deno.test("Supervisor: Ctrl-C is listened for before the command is started", async () => {
  const [io, job] = [new FakeIo(), new FakeJob()];
  const run = new Supervisor(job, POLICY, { clock: io });
  const result = run.run(() => (io.signal("interrupt"), job));
  await io.advance(POLICY.grace);
  assertEquals((await result).verdict, "interrupted");
});

Deno.test("Supervisor: waits for the tree behind the command", async () => {
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

Deno.test("Supervisor: the wall time asks, waits the grace, terminates", async () => {
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
  const run = watch({ timeout: 500 });
  run.job.cannotBeAsked = true;
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

Deno.test("Supervisor: Ctrl-C asks, the second one terminates, a closing console too", async () => {
  const once = watch();
  await settle();
  once.io.signal("interrupt");
  assertEquals(once.job.calls, ["ask"]);
  once.io.signal("interrupt");
  assertEquals(once.job.calls, ["ask", "terminate"]);
  assertEquals(await outcome(once), `interrupted terminate ${ENDED_BY_JOBBOX}`);
  const closed = watch();
  await settle();
  closed.io.signal("close");
  assertEquals(closed.job.calls, ["terminate"]);
  await closed.result;
});

Deno.test("Supervisor: the first reason is the verdict", async () => {
  const run = watch({ timeout: 500 });
  await run.io.advance(500);
  run.io.signal("interrupt");
  run.supervisor.end({ verdict: "outputSize" }, "kill");
  assertEquals(await outcome(run), `timeout terminate ${ENDED_BY_JOBBOX}`);
});

Deno.test("Supervisor: a memory limit ends the job only where that was asked for", async () => {
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

Deno.test("Supervisor: a limit that is told after the end still is the verdict", async () => {
  const run = watch({ limits: { jobMemory: 64 }, onLimit: "kill" });
  await settle();
  run.job.post({ type: "jobMemoryLimit", pid: 42 });
  run.job.end(12);
  const { verdict } = await run.result;
  assertEquals(verdict, "memory");
  assertEquals(run.io.pending, 0);
});

Deno.test("Supervisor: limits of processes, time and soft limits end by their reaction", async () => {
  const cases: [RecordableEvent, Partial<SupervisorPolicy>, string][] = [
    [{ type: "activeProcessLimit" }, { onLimit: "kill" }, "processes"],
    [{ type: "endOfJobTime" }, { onLimit: "kill" }, "cpuTime"],
    [{ type: "endOfProcessTime", pid: 43 }, { onLimit: "kill" }, "cpuTime"],
    [{ type: "processMemoryLimit", pid: 43 }, { onLimit: "kill" }, "memory"],
    [{ type: "notificationLimit", pid: 43 }, { onNotify: "kill" }, "notification"],
  ];
  for (const [event, policy, verdict] of cases) {
    const run = watch(policy);
    run.job.post(event);
    assertEquals(await outcome(run), `${verdict} terminate ${ENDED_BY_JOBBOX}`);
  }
  const stop = watch({ onNotify: "stop", onLimit: "report" });
  stop.job.post({ type: "notificationLimit", pid: 43 });
  await settle();
  assertEquals(stop.job.calls, ["ask"]);
  stop.job.end(5);
  assertEquals(await outcome(stop), "notification break 5");
});

Deno.test("Supervisor: a soft limit's reason names limit and measured value", async () => {
  const run = watch({ onNotify: "kill" });
  const violation = { violated: ["readBytes"], readBytes: { limit: 100, measured: 120 } };
  run.job.post({ type: "notificationLimit", pid: 42, violation });
  assertEquals((await run.result).reason, {
    verdict: "notification",
    limit: { name: "readBytes", limit: 100, measured: 120, unit: "bytes" },
  });
});

Deno.test("Supervisor: a command that the kernel ended for its time was ended by the kernel", async () => {
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

Deno.test("Supervisor: a failed start is passed on and leaves nothing", async () => {
  const io = new FakeIo();
  const supervisor = new Supervisor(new FakeJob(), POLICY, { clock: io });
  const fail = (): SupervisedChild => {
    throw new TypeError("no");
  };
  await assertRejects(() => supervisor.run(fail), TypeError);
  assertEquals(io.pending, 0);
});

Deno.test("Supervisor: a job that cannot be ended is given up", async () => {
  const run = watch({ timeout: 10, grace: 0 });
  run.job.obeys = false;
  await run.io.advance(20_000);
  const { verdict, error, code } = await run.result;
  assertEquals([verdict, code], ["timeout", undefined]);
  assert(error?.startsWith("Cannot end every process"));
  assertEquals(run.io.pending, 0);
});

Deno.test("Supervisor: samples at the interval that the listener wants, and tells each event", async () => {
  const samples: number[] = [];
  const events: string[] = [];
  const run = watch({}, {
    sample: (_, at) => {
      samples.push(at);
      return samples.length < 3 ? 100 : 400;
    },
    event: ({ type }) => void events.push(type),
  });
  await run.io.advance(1000);
  run.job.post({ type: "newProcess", pid: 42 });
  await settle();
  run.job.end(0);
  await run.result;
  assertEquals(samples, [0, 100, 200, 600, 1000]);
  assertEquals(events, ["newProcess", "activeProcessZero"]);
});

Deno.test("Supervisor: a listener that fails ends the job, and the failure is told", async () => {
  const fail = (): never => {
    throw new Error("disk full");
  };
  for (const hooks of [{ event: fail }, { sample: fail }]) {
    const run = watch({}, hooks);
    await settle();
    run.job.post({ type: "newProcess", pid: 42 });
    await run.io.advance(1000);
    assertEquals(await outcome(run), `failed terminate ${ENDED_BY_JOBBOX}`);
    assertEquals((await run.result).error, "disk full");
  }
});

Deno.test("Supervisor: a system without statistics is no failure", async () => {
  const run = watch({ onLimit: "kill", limits: { jobMemory: 64 } }, { sample: () => 100 });
  run.job.hasStats = false;
  await settle();
  run.job.post({ type: "jobMemoryLimit", pid: 42 });
  const { verdict, reason, stats, error } = await run.result;
  assertEquals([verdict, stats, error], ["memory", undefined, undefined]);
  assertEquals(reason?.limit, { name: "jobMemory", limit: 64, unit: "bytes" });
});
