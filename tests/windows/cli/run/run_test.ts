import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertLess, assertStringIncludes, assertThrows } from "@std/assert";
import { CREATION_FLAGS, JOBOBJECTINFOCLASS } from "../../../../ffi/constants.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { freezeCommand, thawCommand } from "../../../../cli/commands/freeze.ts";
import { killCommand } from "../../../../cli/commands/kill.ts";
import { readRunPlan, RUN_OPTIONS } from "../../../../cli/run/plan.ts";
import { run } from "../../../../cli/run/run.ts";
import type { Io } from "../../../../cli/terminal/io.ts";
import { realIo } from "../../../../cli/terminal/real_io.ts";
import { FakeIo, FakeSink } from "../../../helpers/fake_io.ts";
import { CHILD, jobbox, uniqueName } from "../../../helpers/jobbox_process.ts";
import { NamedEvent } from "../../../helpers/named_event.ts";
import { Folder } from "../../../helpers/reported_run.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";
import { TICK, Ticks } from "../../../helpers/ticks.ts";
import { parseArgs } from "../../../../cli/args/settings.ts";

/** A run whose limit is a second may take this long: half a second longer. */
const MOST = 1500 / TICK;

/** The real world, but for its standard streams. */
interface World extends Io {
  readonly stdout: FakeSink;
  readonly stderr: FakeSink;
  readonly said: { out: string; err: string };
}

function world(terminals: readonly string[] = []): World {
  const said = { out: "", err: "" };
  return {
    ...realIo(),
    stdout: new FakeSink((text) => void (said.out += text)),
    stderr: new FakeSink((text) => void (said.err += text)),
    isTerminal: (stream) => terminals.includes(stream),
    said,
  };
}

function runOf(io: Io, ...tokens: string[]): Promise<number> {
  return run(readRunPlan(parseArgs(tokens, RUN_OPTIONS, { stopEarly: true }), io), io);
}

async function timed(io: Io, ...tokens: string[]): Promise<{ code: number; took: number }> {
  // What is done once only is not of the run.
  await runOf(world(), "--quiet", "--max-output", "1M", "--", CHILD, "exit", "0");
  using ticks = new Ticks();
  const code = await runOf(io, ...tokens);
  return { code, took: ticks.count };
}

const LIMIT = ["--timeout", "1s", "--grace", "0s"];

Deno.test("run: the wall time holds although the output's reader stalls", async () => {
  const io = world();
  io.stdout.isStalled = true;
  const command = [CHILD, "write", "50000000", "sleepforever"];
  const { code, took } = await timed(io, ...LIMIT, "--max-output", "100M", "--", ...command);
  assertEquals(code, 124);
  assertLess(took, MOST);
  assertStringIncludes(io.said.err, "jobbox: ");
});

Deno.test("run: the wall time holds although the console stalls", async () => {
  const io = world(["stdout", "stderr"]);
  io.stderr.isStalled = true;
  io.stdout.isStalled = true;
  const command = [CHILD, "write", "50000000", "sleepforever"];
  const { code, took } = await timed(io, ...LIMIT, "--max-output", "100M", "--", ...command);
  assertEquals([code, io.said], [124, { out: "", err: "" }]);
  assertLess(took, MOST);
});

Deno.test("run: the tree is gone and the summary printed before a report's folder is written", async () => {
  const name = uniqueName();
  const real = world();
  const found: { took: number; processes: number; summary: string }[] = [];
  const io: World = {
    ...real,
    checkReplaceable: () => {},
    replaceFile: () => {
      // However long it takes from here on: nothing of the run waits for it.
      using job = JobObject.open(name, { access: ["query"] });
      const [took, processes] = [ticks.count, job.pids().length];
      found.push({ took, processes, summary: real.said.err });
      return undefined;
    },
  };
  const options = [...LIMIT, "--name", name, "--report", "slow.json", "--meta", "slow.meta"];
  await runOf(world(), "--quiet", "--", CHILD, "exit", "0");
  using ticks = new Ticks();
  assertEquals(await runOf(io, ...options, "--", CHILD, "sleepforever"), 124);
  assertEquals(found.map(({ processes }) => processes), [0, 0]);
  for (const { took, summary } of found) {
    assertLess(took, MOST);
    assertStringIncludes(summary, "Timed out after 1 s (--timeout)");
  }
});

Deno.test("run: the wall time holds for the command although the disk stalls", async () => {
  using folder = new Folder();
  const real = world();
  let disk: FakeSink | undefined;
  const ended = Promise.withResolvers<number>();
  const io: World = {
    ...real,
    holdFile: () => {
      disk = new FakeSink(() => {});
      disk.isStalled = true;
      const nothing = (): void => {};
      return Object.assign(disk, { empty: nothing, close: nothing, [Symbol.dispose]: nothing });
    },
  };
  const { said } = io;
  const err = new FakeSink((text) => {
    said.err += text;
    ended.resolve(ticks.count);
  });
  Object.assign(io, { stderr: err });
  using ticks = new Ticks();
  const result = runOf(io, ...LIMIT, "--events", folder.file("e"), "--", CHILD, "sleepforever");
  // The summary is said when the tree is gone; the events are still waited for.
  assertLess(await ended.promise, MOST);
  assert(disk!.pending > 0);
  disk!.isStalled = false;
  disk!.proceed();
  assertEquals(await result, 124);
});

Deno.test("run: a slow reader gets all output, and the output limit is the verdict", async () => {
  const io = world();
  io.stdout.isStalled = true;
  const result = runOf(io, "--max-output", "10B", "--quiet", "--", CHILD, "write", "21");
  while (io.stdout.pending === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  io.stdout.isStalled = false;
  io.stdout.proceed();
  assertEquals([await result, io.said.out.length], [153, 10]);
});

Deno.test("run: a limit that was reached but did not end the command is reported at the end", async () => {
  /** Where memory over the limit is given, the command keeps it until the limit was told. */
  const runOver = async (io: World, ...options: string[]): Promise<number> => {
    using told = new NamedEvent();
    const events = new FakeSink((text) => {
      if (text.includes("jobMemoryLimit")) told.set();
    });
    const nothing = (): void => {};
    const file = Object.assign(events, {
      empty: nothing,
      close: nothing,
      [Symbol.dispose]: nothing,
    });
    const command = [CHILD, "alloc", "80000000", "await", told.name, "exit", "12"];
    const limits = ["--memory", "50M", "--events", "events", ...options];
    return await runOf({ ...io, holdFile: () => file }, ...limits, "--", ...command);
  };
  const io = world();
  assertEquals(await runOver(io), 12);
  assertStringIncludes(io.said.err, "jobbox: the job reached its memory limit, 50 MiB (--memory, ");
  const quiet = world();
  assertEquals(await runOver(quiet, "--quiet"), 12);
  assertEquals(quiet.said.err, "");
});

Deno.test("run: a limit that cannot be read at the end is reported as unknown, not as removed", async () => {
  const { JobObjectBasicUIRestrictions, JobObjectExtendedLimitInformation } = JOBOBJECTINFOCLASS;
  const parts = [
    [JobObjectBasicUIRestrictions, ["ui"]],
    [JobObjectExtendedLimitInformation, ["jobMemory", "activeProcesses", "killOnClose"]],
  ] as const;
  for (const [part, names] of parts) {
    using folder = new Folder();
    const io = world();
    using broken = new DisposableStack();
    // The command's word comes after the start, at which the limits are read too.
    const out = new FakeSink(() => {
      broken.use(substituteKernel("QueryInformationJobObject", (real) => (...args) => {
        if (args[1] !== part) return real(...args);
        kernel32.SetLastError(0);
        return 0;
      }));
    });
    const limits = ["--memory", "64M", "--processes", "9", "--ui", "desktop"];
    const options = [...limits, "--max-output", "1M", "--report", folder.file("r.json")];
    const command = [CHILD, "print", "x", "exit", "0"];
    assertEquals(await runOf({ ...io, stdout: out }, ...options, "--", ...command), 0);
    const changes = folder.record().limitChanges ?? [];
    assertEquals(
      changes.map(({ name, change, kind }) => [name, change, kind]),
      names.map((name) => [name, "unknown", "hard"]),
    );
    assertStringIncludes(io.said.err, "was still set at the end is unknown");
    assert(!io.said.err.includes("was removed"));
  }
});

Deno.test("run: a crash is reported by name, and what is left of the tree after a second", async () => {
  const io = world();
  const crash = ["--", CHILD, "exit", "0xC0000005"];
  assertEquals(await runOf(io, ...crash), 0xc000_0005);
  assertStringIncludes(io.said.err, "ended with 0xC0000005 STATUS_ACCESS_VIOLATION: read or wrote");
  const left = world();
  const tree = ["--", CHILD, "spawn", "1", "--", "sleep", "1600", ";", "exit", "5"];
  assertEquals(await runOf(left, ...tree), 5);
  assertStringIncludes(
    left.said.err,
    "exited with 5; waiting for 1 process it started: child",
  );
  assertStringIncludes(left.said.err, "--no-wait-tree ends them");
});

Deno.test("run: a missing folder is a failure, with a record", async () => {
  using folder = new Folder();
  const io = world();
  const report = ["--report", folder.file("r.json")];
  assertEquals(await runOf(io, ...report, "--cwd", "Z:\\no\\such", "--", CHILD), 125);
  assertStringIncludes(io.said.err, '--cwd: Cannot run in "Z:\\no\\such": there is no such folder');
  assertEquals(folder.record().verdict, "failed");
});

Deno.test("run: a tree that jobbox freeze holds does not use its wall time", async () => {
  const name = uniqueName();
  using folder = new Folder();
  const mark = folder.file("mark");
  const clock = new FakeIo();
  const io = {
    ...world(),
    elapsed: () => clock.elapsed(),
    after: (ms: number, callback: () => void) => clock.after(ms, callback),
  };
  const options = ["--timeout", "3s", "--grace", "0s", "--name", name];
  const report = ["--report", folder.file("r.json")];
  const command = [CHILD, "writefile", mark, "5", "sleepforever"];
  const result = runOf(io, ...options, ...report, "--", ...command);
  using job = await jobOf(name);
  await until(() => exists(mark));
  await freezeCommand.execute({ name, json: false }, world());
  await clock.advance(20_000);
  assertEquals(job.pids().length, 1);
  await thawCommand.execute({ name, json: false }, world());
  let code: number | undefined;
  result.then((given) => code = given);
  await until(async () => {
    await clock.advance(500);
    return code !== undefined;
  });
  const { limit, times, verdict } = folder.record();
  assertEquals([code, verdict, limit?.limit, limit?.measured], [124, "timeout", 3000, 3000]);
  assert(times.wall > 20_000, String(times.wall));
});

Deno.test("run: the code of a kill does not hide it", async () => {
  const name = uniqueName();
  using folder = new Folder();
  const options = ["--name", name, "--report", folder.file("r.json")];
  const result = runOf(world(), ...options, "--", CHILD, "sleepforever");
  await jobOf(name).then((job) => job.close());
  assertEquals(await killCommand.execute({ name, json: false, exitCode: 7 }, world()), 0);
  assertEquals(await result, 143);
  const { child, stoppedBy, verdict } = folder.record();
  assertEquals([verdict, stoppedBy, child.code], ["killed", "terminate", 7]);
});

Deno.test("run: a frozen tree is ended at its wall time if frozen time counts", async () => {
  const name = uniqueName();
  const io = world();
  const limit = [...LIMIT, "--count-frozen"];
  const result = timed(io, ...limit, "--name", name, "--", CHILD, "sleepforever");
  {
    using job = await jobOf(name);
    job.freeze();
  }
  const { code, took } = await result;
  assertEquals(code, 124);
  assertLess(took, MOST);
});

Deno.test("run: a kill before the command's start ends the run, and the command never runs", async () => {
  const moments = ["before the start", "at the start", "before it runs"] as const;
  for (const moment of moments) {
    using folder = new Folder();
    const [name, report, mark] = [uniqueName(), folder.file("r.json"), folder.file("mark")];
    const kills: Promise<number>[] = [];
    const kill = (): void => {
      if (kills.length > 0) return;
      kills.push(killCommand.execute({ name, json: false, exitCode: 77 }, world()));
    };
    const real = world();
    // The time of the beginning is read when the job is there and the command is not.
    const io = moment === "before the start" ? { ...real, now: () => (kill(), real.now()) } : real;
    using _start = substituteKernel("CreateProcessW", (real) => (...args) => {
      if (moment === "at the start") kill();
      return real(...args);
    });
    using _resume = substituteKernel("ResumeThread", (real) => (thread) => {
      if (moment === "before it runs") kill();
      return real(thread);
    });
    const command = [CHILD, "writefile", mark, "5", "sleepforever"];
    const options = ["--name", name, "--report", report];
    const code = await runOf(io, ...options, "--", ...command);
    assertEquals(await Promise.all(kills), [0], moment);
    assertEquals([folder.record().verdict, code], ["killed", 143], moment);
    assertThrows(() => Deno.statSync(mark), Deno.errors.NotFound);
  }
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline;) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error("it has not come");
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The job of a run, as soon as it has a process. */
async function jobOf(name: string): Promise<JobObject> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline;) {
    try {
      const job = JobObject.open(name);
      if (job.pids().length > 0) return job;
      job.close();
    } catch {
      // Not made yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error("the run has no job");
}

Deno.test("run: --json writes its own line, whatever the command wrote last", async () => {
  const { out } = await jobbox(["run", "--json", "--", CHILD, "write", "10"]);
  const lines = out.trimEnd().split("\n");
  assertEquals([lines.length, lines[0]?.length], [2, 10]);
  assertEquals(JSON.parse(lines[1]!).verdict, "exited");
});

Deno.test("run: a command has no error boxes unless --error-dialogs is given", async () => {
  const modes: number[] = [];
  const before = kernel32.GetErrorMode();
  using _ = substituteKernel("CreateProcessW", (real) => (...args) => {
    modes.push(kernel32.GetErrorMode());
    return real(...args);
  });
  for (const options of [[], ["--error-dialogs"]]) {
    await runOf(world(), ...options, "--", CHILD, "exit", "0");
  }
  assertEquals(modes, [before | 0x8001, before]);
  assertEquals(kernel32.GetErrorMode(), before);
});

Deno.test("run: only a foreground command is in jobbox's own process group", async () => {
  const groups: boolean[] = [];
  using _ = substituteKernel("CreateProcessW", (real) => (...args) => {
    groups.push((args[5] & CREATION_FLAGS.CREATE_NEW_PROCESS_GROUP) !== 0);
    return real(...args);
  });
  for (const options of [[], ["--foreground"]]) {
    await runOf(world(), ...options, "--", CHILD, "exit", "0");
  }
  assertEquals(groups, [true, false]);
});
