import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ERROR, WAIT } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { JobObject } from "../../../job/job_object.ts";
import { completionPort } from "../../../process/io/completion_port.ts";
import { breakGroup } from "../../../process/console_break.ts";
import { exitWatch } from "../../../process/exit/exit_watch.ts";
import { runDeno } from "../../helpers/deno_process.ts";
import { CHILD, SAME_KERNEL, startChild, uniqueName, within } from "../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { hasEnded, watchProcess } from "../../helpers/process_watch.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

/** A grace that no test waits for, in ms. */
const LONG = 600_000;

function killJob(): JobObject {
  return JobObject.create({ killOnClose: true });
}

Deno.test("ChildProcess.status: every kind of exit code, unsigned, with its name", async () => {
  await using job = killJob();
  const run = async (verbs: string) =>
    await within(startChild(job, verbs).status, `the end of ${verbs}`);
  const codes = [0, 1, 255, 256, 259, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
  for (const code of codes) {
    const status = await run(`exit ${code}`);
    assertEquals([status.code, status.success, status.signal], [code, code === 0, null]);
    assertEquals("error" in status, false);
  }
  assertEquals((await run("exit 259")).symbol, "STILL_ACTIVE");
  const crash = await run("crash");
  assertEquals([crash.code, crash.symbol], [0xc000_0005, "STATUS_ACCESS_VIOLATION"]);
  assertEquals((await run("exit 7")).symbol, undefined);
});

Deno.test("ChildProcess.status: reports what the process used, and when", async () => {
  await using job = killJob();
  const before = Date.now();
  const child = startChild(job, "spin 60");
  assertEquals(child.usage().endTime, undefined);
  const { usage } = await within(child.status, "its end");
  const { startTime, endTime, userTime } = usage!;
  assert(startTime.getTime() >= before - 50 && startTime.getTime() <= Date.now() + 50);
  assert(endTime !== undefined && endTime.getTime() - startTime.getTime() >= 50);
  // Wine reports processor times of the caller only.
  assert(Number.isFinite(userTime) && userTime >= 0);
  assertEquals(child.usage(), usage!);
});

Deno.test("ChildProcess.kill: ends it with 1, and refuses one that has ended", async () => {
  await using job = killJob();
  const child = startChild(job, "sleepforever");
  assertThrows(() => child.kill("SIGHUP"), TypeError, "signal must be one of");
  child.kill("SIGKILL");
  const { code, endedBy } = await within(child.status, "its end");
  assertEquals([code, endedBy], [1, "kill"]);
  assertThrows(() => child.kill(), TypeError, "it has ended already");
});

Deno.test("ChildProcess.kill: the system's refusal is an error, and the process keeps running", async () => {
  await using job = killJob();
  const child = startChild(job, "sleepforever");
  {
    using _refused = substituteKernel("TerminateProcess", () => () => {
      kernel32.SetLastError(ERROR.ACCESS_DENIED);
      return 0;
    });
    const error = assertThrows(() => child.kill(), Win32Error);
    assertEquals([error.code, error.api], [ERROR.ACCESS_DENIED, "TerminateProcess"]);
  }
  child.kill();
  assertEquals((await within(child.status, "its end")).code, 1);
});

Deno.test("ChildProcess.kill: a process that is already ending is not an error", async () => {
  await using job = killJob();
  for (const code of [1, 7]) {
    const child = startChild(job, "sleepforever");
    {
      using _ending = substituteKernel("WaitForSingleObject", () => () => WAIT.WAIT_TIMEOUT);
      // As Windows does if it was killed before; 7 is the code of one that ends by itself.
      if (code === 1) child.kill();
      using _code = substituteKernel("GetExitCodeProcess", () => (_process, exit) => {
        (exit as Uint32Array)[0] = code;
        return 1;
      });
      using _refused = substituteKernel("TerminateProcess", () => () => {
        kernel32.SetLastError(ERROR.ACCESS_DENIED);
        return 0;
      });
      child.kill();
    }
    await within(child[Symbol.asyncDispose](), "the disposal");
  }
});

Deno.test("ChildProcess.status: comes also when the system does not say how it ended", async () => {
  await using job = killJob();
  const failing = (name: "GetExitCodeProcess" | "GetProcessTimes") =>
    substituteKernel(name, () => () => {
      kernel32.SetLastError(ERROR.INVALID_HANDLE);
      return 0;
    });
  {
    using _broken = failing("GetExitCodeProcess");
    const status = await within(startChild(job, "exit 0").status, "its end");
    assertEquals([status.success, status.code, status.usage], [false, null, null]);
    assertEquals(status.endedBy, "unknown");
    assertEquals(status.error?.api, "GetExitCodeProcess");
  }
  {
    using _broken = failing("GetProcessTimes");
    const child = startChild(job, "exit 5");
    const status = await within(child.status, "its end");
    assertEquals([status.code, status.usage, status.endedBy], [5, null, "itself"]);
    assertEquals(assertThrows(() => child.usage(), Win32Error).code, ERROR.INVALID_HANDLE);
    assertEquals(status.error?.code, ERROR.INVALID_HANDLE);
  }
  {
    const child = startChild(job, "sleepforever");
    using _broken = substituteKernel("WaitForSingleObject", () => () => {
      kernel32.SetLastError(ERROR.INVALID_HANDLE);
      return 0xffff_ffff;
    });
    assertEquals((await within(child.status, "its end")).error?.api, "WaitForSingleObject");
  }
});

Deno.test("ChildProcess: is seen to end although its job's messages go to another program", async () => {
  using job = JobObject.create({ killOnClose: true, name: uniqueName("polled") });
  using opened = JobObject.open(job.name!);
  const children = ["exit 3", "sleepforever"].map((verbs) => startChild(opened, verbs));
  assertEquals(completionPort.refs, 0);
  assertEquals((await within(children[0]!.status, "its end")).code, 3);
  children[1]!.kill();
  assertEquals((await within(children[1]!.status, "its end")).code, 1);
});

Deno.test('ChildProcess.stop: returns "exited" for a process that has ended', async () => {
  await using job = killJob();
  const child = startChild(job, "exit 0", { newProcessGroup: true });
  await within(child.status, "its end");
  assertEquals(await child.stop(), "exited");
});

Deno.test("ChildProcess.stop: without a group it terminates at once, with the code that was asked for", async () => {
  await using job = killJob();
  for (const options of [{}, { newProcessGroup: true, noWindow: true }, { detached: true }]) {
    const child = startChild(job, "sleepforever", options);
    const rung = await within(child.stop({ grace: LONG, exitCode: 0xc000_013a }), "the stop");
    const { code, endedBy } = await child.status;
    assertEquals([rung, code, endedBy], ["killed", 0xc000_013a, "stop"]);
  }
});

/** A child that no break ends, and the reader of its output, from which it has said its word. */
async function startDeaf(job: JobObject, then: string) {
  const child = startChild(job, `ignorebreak print ready ${then}`, {
    newProcessGroup: true,
    stdin: "piped",
    stdout: "piped",
  });
  const reader = child.stdout.getReader();
  await within(reader.read(), "its word");
  return { child, reader };
}

Deno.test("ChildProcess.stop: terminates what does not end within its grace", async () => {
  await using job = killJob();
  const { child, reader } = await startDeaf(job, "sleepforever");
  // A system that cannot send the break need not be waited for.
  const isSent = breakGroup(child.pid);
  const start = performance.now();
  const stopped = child.stop({ grace: isSent ? 300 : LONG });
  assertEquals(await within(stopped, "the stop"), "killed");
  assertEquals((await child.status).endedBy, "stop");
  if (isSent) assert(performance.now() - start >= 290);
  await reader.cancel();
});

Deno.test("ChildProcess.stop: waits for its grace only if the break was sent", async () => {
  await using job = killJob();
  const stop = async (sent: number): Promise<number> => {
    using _ = substituteKernel("GenerateConsoleCtrlEvent", () => () => sent);
    const child = startChild(job, "sleepforever", { newProcessGroup: true });
    const start = performance.now();
    const stopped = child.stop({ grace: sent ? 300 : LONG });
    assertEquals(await within(stopped, "the stop"), "killed");
    assertEquals((await child.status).endedBy, "stop");
    return performance.now() - start;
  };
  assert(await stop(1) >= 290);
  await stop(0);
});

Deno.test("ChildProcess.stop: an end within the grace is attributed to the break", async () => {
  await using job = killJob();
  const { child, reader } = await startDeaf(job, "read exit 9");
  const isSent = breakGroup(child.pid);
  const stopped = child.stop({ grace: LONG });
  // It ends at the end of its input, whether or not this system delivers the break.
  await child.stdin.close();
  const { code, endedBy } = await within(child.status, "its end");
  const rung = await within(stopped, "the stop");
  // Without a break the termination may come sooner than the end by itself.
  assertEquals(rung, code === 9 || isSent ? "asked" : "killed");
  if (isSent) assertEquals(endedBy, "asked");
  await reader.cancel();
});

Deno.test("ChildProcess.stop: names the termination, whoever asked for it", async () => {
  await using job = killJob();
  const { child, reader } = await startDeaf(job, "sleepforever");
  // As in a console, where the break is sent and the grace waited for.
  using _ = substituteKernel("GenerateConsoleCtrlEvent", () => () => 1);
  const patient = child.stop({ grace: LONG });
  const rungs = within(Promise.all([patient, child.stop({ grace: 0 })]), "both stops");
  assertEquals(await rungs, ["killed", "killed"]);
  await reader.cancel();
});

Deno.test("ChildProcess.stop: keeps the program alive for an unref'd child until it has ended", async () => {
  await using job = killJob();
  const child = startChild(job, "sleepforever", { newProcessGroup: true });
  child.unref();
  assertEquals([completionPort.refs, completionPort.weakRefs], [0, 1]);
  using _ = substituteKernel("GenerateConsoleCtrlEvent", () => () => 1);
  const stopped = child.stop({ grace: 50 });
  assertEquals([completionPort.refs, completionPort.weakRefs], [1, 0]);
  await within(stopped, "the stop");
  assertEquals([completionPort.refs, completionPort.weakRefs], [0, 0]);
});

Deno.test("ChildProcess.stop: refuses invalid times and codes", async () => {
  await using job = killJob();
  const child = startChild(job, "sleepforever");
  await assertRejects(() => child.stop({ grace: -1 }), RangeError, "grace must be 0 or more ms");
  await assertRejects(() => child.stop({ exitCode: -1 }), RangeError, "exitCode must be");
  await assertRejects(() => child.stop({ exitCode: 2 ** 32 }), RangeError);
  assertEquals(job.contains(child.pid), true);
});

Deno.test("ChildProcess.resume: a suspended process does nothing until then", async () => {
  await using job = killJob();
  const child = startChild(job, "print ran", { suspended: true, stdout: "piped" });
  const text = child.stdout.text();
  let read = false;
  text.then(() => read = true);
  await new Promise((resolve) => setTimeout(resolve, 150));
  assertEquals(read, false);
  child.resume();
  assertEquals((await within(text, "its word")).trim(), "ran");
  assertThrows(() => child.resume(), TypeError, "it is not suspended");
  await within(child.status, "its end");
  const running = startChild(job, "sleepforever");
  assertThrows(() => running.resume(), TypeError, "it is not suspended");
});

Deno.test("ChildProcess: is ended by its signal, and no listener is left on it", async () => {
  await using job = killJob();
  const controller = new AbortController();
  const child = startChild(job, "sleepforever", { signal: controller.signal });
  controller.abort();
  const { code, endedBy } = await within(child.status, "its end");
  assertEquals([code, endedBy], [1, "abort"]);
  const timed = startChild(job, "sleepforever", { signal: AbortSignal.timeout(50) });
  assertEquals((await within(timed.status, "its end")).endedBy, "timeout");
  // After the end an abort does nothing: not to a process that may have got its id, either.
  const late = new AbortController();
  const ended = startChild(job, "exit 4", { signal: late.signal });
  assertEquals((await within(ended.status, "its end")).code, 4);
  late.abort();
});

Deno.test("ChildProcess: disposal in the middle of reads and writes leaves nothing", async () => {
  await using job = killJob();
  void completionPort.handle;
  const before = [completionPort.sources, exitWatch.size];
  const piped = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  for (const unref of [false, true]) {
    await assertNoHandleLeft(async () => {
      let pid = 0;
      const left: Promise<unknown>[] = [];
      {
        await using child = startChild(job, "sleepforever", piped);
        pid = child.pid;
        if (unref) child.unref();
        using process = watchProcess(pid);
        left.push(child.stdout.bytes(), child.output().catch(() => "refused"));
        left.push(child.stderr.getReader().read());
        left.push(child.stdin.getWriter().write(new Uint8Array(2_000_000)).catch((error) => error));
        assertEquals(hasEnded(process), false);
      }
      assertEquals(job.pids().includes(pid), false);
      const [bytes, output, reading, writing] = await within(Promise.all(left), "what was left");
      assertEquals([(bytes as Uint8Array).length, output], [0, "refused"]);
      assertEquals((reading as { done: boolean }).done, true);
      assert(writing instanceof Deno.errors.BrokenPipe);
      assertEquals([completionPort.refs, completionPort.weakRefs], [0, 0]);
      assertEquals([completionPort.sources, exitWatch.size], before);
    });
  }
});

Deno.test("ChildProcess: can be disposed after its end, or while suspended", async () => {
  await using job = killJob();
  const child = startChild(job, "exit 6");
  await within(child.status, "its end");
  await child[Symbol.asyncDispose]();
  assertEquals((await child.status).code, 6);
  const suspended = startChild(job, "exit 6", { suspended: true });
  await within(suspended[Symbol.asyncDispose](), "the disposal");
  const { code, endedBy } = await suspended.status;
  assertEquals([code, endedBy], [1, "dispose"]);
});

Deno.test("ChildProcess.ref: the program lives as long as the child, and not if the child is unref'd", async () => {
  const run = (body: string) =>
    runDeno([
      "eval",
      ...SAME_KERNEL,
      "--no-check",
      `import { JobObject } from "${import.meta.resolve("../../../job/job_object.ts")}";
      const job = JobObject.create({ killOnClose: true });
      const child = job.spawn(new URL("${CHILD.href}"), {
        args: ["sleep", "700"], stdin: "piped", stdout: "piped", stderr: "null", newProcessGroup: true,
      });
      child.status.then(() => console.log("ended"));
      ${body}`,
    ]);
  const [held, loose, again, stopped] = await Promise.all([
    run(""),
    run("child.unref(); child.stdout.text().then(() => console.log('read'));"),
    run("child.unref(); child.unref(); child.ref();"),
    run("console.log(await child.stop({ grace: 200 }));"),
  ]);
  assertEquals([held.code, held.stdout.trim()], [0, "ended"], held.stderr);
  assertEquals([loose.code, loose.stdout.trim()], [0, ""], loose.stderr);
  assertEquals([again.code, again.stdout.trim()], [0, "ended"], again.stderr);
  // A break that hangs, as in Wine, holds up neither the stop nor the program's end.
  assertEquals(stopped.code, 0, stopped.stderr);
  assertEquals(stopped.stdout.trim().split(/\s+/).toSorted(), ["ended", "killed"]);
});

Deno.test("ChildProcess: a stream that is not piped cannot be used", async () => {
  await using job = killJob();
  const child = startChild(job, "exit 0");
  for (const name of ["stdin", "stdout", "stderr"] as const) {
    assertThrows(() => child[name], TypeError, `Cannot use ${name}: it is not piped`);
  }
  await within(child.status, "its end");
});
