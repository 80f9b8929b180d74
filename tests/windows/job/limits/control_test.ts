import {
  endJob,
  nextMessage,
  openHandle,
  SAME_KERNEL,
  startChild,
  trial,
  uniqueName,
  until,
  within,
} from "../../../helpers/job_trials.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { PROCESS } from "../../../../ffi/constants.ts";
import { check, Win32Error } from "../../../../ffi/error.ts";
import { AlreadyClosedError, OwnedHandle } from "../../../../ffi/handle.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { UnsupportedPlatformError } from "../../../../ffi/unsupported_platform.ts";
import { JobObject } from "../../../../job/job_object.ts";
import type { Limits } from "../../../../job/limits/limits.ts";
import { CpuRateControlType } from "../../../../job/resource_limits.ts";
import { BAD_LIMITS, merged, randomChange, randomLimit } from "../../../helpers/limit_values.ts";
import { Random } from "../../../helpers/random.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";
import { MACHINE } from "../../../../job/machine.ts";

/** Puts a process into another job, with a handle by which jobsim recognises the process. */
function nest(pid: number, name: string): void {
  const rights = PROCESS.SET_QUOTA | PROCESS.TERMINATE | PROCESS.QUERY_INFORMATION;
  const handle = check(kernel32.OpenProcess(rights, 0, pid), "OpenProcess", "Cannot nest");
  using process = new OwnedHandle(handle, `process ${pid}`);
  using job = openHandle(name);
  const assigned = kernel32.AssignProcessToJobObject(job.value, process.value);
  check(assigned, "AssignProcessToJobObject", "Cannot nest");
}

/** Limits of every part, to be found unharmed. */
const SOME: Limits = {
  jobMemory: 64 * 2 ** 20,
  jobUserTime: 3_600_000,
  activeProcesses: 40,
  priorityClass: "belowNormal",
  dieOnUnhandledException: true,
  cpu: { hardCap: 75, notify: true },
  netBandwidth: 1_000_000,
  ioIops: 500,
  ui: ["desktop", "exitWindows"],
};

Deno.test(
  "setLimits: 50 random sets and removals over all limits equal the model after each",
  trial(() => {
    for (const seed of [1, 2, 3]) {
      const random = new Random(seed);
      using job = JobObject.create();
      assertEquals(job.limits(), {});
      let model: Limits = {};
      for (let step = 0; step < 50; step++) {
        const change = randomChange(random, { model, machine: MACHINE });
        job.setLimits(change);
        model = merged(model, change);
        assertEquals(job.limits(), model, `seed ${seed}, step ${step}: ${Object.keys(change)}`);
      }
    }
  }),
);

Deno.test(
  "setLimits: CPU ways in random order, each the only one, and off",
  trial(() => {
    const random = new Random(9);
    using job = JobObject.create();
    job.setLimits({ cpu: null });
    for (let step = 0; step < 100; step++) {
      const cpu = random.int(5) === 0
        ? null
        : randomLimit("cpu", random, MACHINE) as NonNullable<Limits["cpu"]>;
      job.setLimits({ cpu });
      assertEquals(job.limits(), cpu === null ? {} : { cpu });
    }
  }),
);

Deno.test(
  "setLimits: processors become percent of this machine, rounded down",
  trial(() => {
    using job = JobObject.create();
    job.setLimits({ cpu: { hardCapCpus: 1 } });
    const hardCap = Math.floor(10_000 / MACHINE.processors) / 100;
    assertEquals(job.limits(), { cpu: { hardCap } });
  }),
);

Deno.test(
  "setLimits: false removes a limit like null, and an absent limit can be removed",
  trial(() => {
    using job = JobObject.create({ killOnClose: true, limits: { breakaway: true } });
    job.setLimits({ breakaway: false, silentBreakaway: null, cpu: null, ui: null, ioIops: null });
    assertEquals(job.limits(), { killOnClose: true });
    job.setLimits({ killOnClose: null });
    assertEquals(job.limits(), {});
  }),
);

Deno.test(
  "setLimits: every wrong value is refused before any call, and nothing is changed",
  trial(() => {
    using job = JobObject.create({ limits: SOME });
    for (const { limits, error, says } of BAD_LIMITS) {
      // With a right one before it: that must not be set either.
      const thrown = assertThrows(() => job.setLimits({ schedulingClass: 3, ...limits }), error);
      assertStringIncludes(thrown.message, says);
      assertEquals(job.limits(), SOME);
    }
  }),
);

Deno.test(
  "setLimits: what the system refuses is a Win32Error, and every part is as before",
  trial(() => {
    using job = JobObject.create({ limits: SOME });
    const outside = 1n << BigInt(MACHINE.processors);
    const change: Limits = {
      affinity: outside,
      cpu: { weight: 2 },
      ui: ["handles"],
      endOfJobTime: "post",
      netBandwidth: null,
      ioIops: null,
      ioBandwidth: 5000,
    };
    const error = assertThrows(() => job.setLimits(change), Win32Error);
    assertEquals([error.api, error.codeName], [
      "SetInformationJobObject",
      "ERROR_INVALID_PARAMETER",
    ]);
    assertStringIncludes(error.message, "Cannot set affinity of a job");
    assertEquals(job.limits(), SOME);
  }),
);

Deno.test(
  "setResourceLimits: if the third part fails, the earlier limits are restored",
  trial(async () => {
    using outer = JobObject.create({
      killOnClose: true,
      notifications: true,
      limits: { ioIops: 1000 },
    });
    const name = uniqueName("inner");
    using inner = JobObject.create({ name, limits: { cpu: { weight: 2 }, jobMemory: 2 ** 30 } });
    const child = startChild(outer, "sleepforever");
    await nextMessage(outer, "newProcess");
    nest(child.pid, name);
    const before = inner.limits();
    // One job of a chain can have an I/O rate.
    const limits = { cpuLimit: 5000, maxIops: 50, memoryLimitInBytes: 2 ** 28 };
    const error = assertThrows(() => inner.setResourceLimits(limits), Win32Error);
    assertStringIncludes(error.message, `Cannot set ioIops of job "${name}"`);
    assertEquals(inner.limits(), before);
    inner.setResourceLimits({ cpuLimit: 5000, memoryLimitInBytes: 2 ** 28 });
    assertEquals(inner.limits(), { cpu: { hardCap: 50 }, jobMemory: 2 ** 28 });
    outer.terminate();
    await within(child.status, "the child's end");
  }),
);

Deno.test(
  "hcsshim's setters: other limits stay, and a new kind of CPU limit replaces the old",
  trial(() => {
    using job = JobObject.create({ killOnClose: true });
    job.setMemoryLimit(2 ** 28);
    job.setCpuLimit(CpuRateControlType.WeightBased, 7);
    job.setIoLimit(5000, 0);
    assertEquals(job.limits(), {
      killOnClose: true,
      jobMemory: 2 ** 28,
      cpu: { weight: 7 },
      ioBandwidth: 5000,
    });
    job.setCpuLimit(CpuRateControlType.RateBased, 1);
    job.setIoLimit(0, 9);
    job.setResourceLimits({ memoryLimitInBytes: 2 ** 29 });
    assertEquals(job.limits(), {
      killOnClose: true,
      jobMemory: 2 ** 29,
      cpu: { hardCap: 0.01 },
      ioIops: 9,
    });
    job.setIoLimit(0, 0);
    assertEquals(job.limits().ioIops, undefined);
  }),
);

Deno.test(
  "setLimits: other limits leave the clock of the job's user time running, a new time restarts it",
  trial(async () => {
    using job = JobObject.create({ killOnClose: true, limits: { jobUserTime: 3_600_000 } });
    // It stays, so that no sample of a short life is missed.
    const child = startChild(job, "spin 200 print idle sleepforever", { stdout: "piped" });
    const reader = child.stdout.getReader();
    await within(reader.read(), "the end of the spin");
    await reader.cancel();
    await until(() => job.stats(), ({ periodUserTime }) => periodUserTime >= 190);
    job.setLimits({ activeProcesses: 5, priorityClass: "normal" });
    job.setLimits({ activeProcesses: null, cpu: { weight: 5 } });
    assertEquals(job.limits().jobUserTime, 3_600_000);
    // Its last milliseconds may be seen between two questions: the two clocks are of one.
    const before = job.stats();
    assertEquals(before.periodUserTime, before.userTime);
    job.setLimits({ jobUserTime: 7_200_000 });
    assertEquals(job.limits().jobUserTime, 7_200_000);
    const after = job.stats();
    assert(after.userTime - after.periodUserTime >= before.userTime, JSON.stringify(after));
    await endJob(job);
  }),
);

Deno.test(
  "setLimits: memory is set in whole pages, and the result says how many bytes",
  trial(() => {
    using job = JobObject.create({ limits: { jobMemory: 65_536 + 4095, processMemory: 4096 } });
    const { jobMemory, processMemory } = job.limits();
    assert(jobMemory === 65_536 || jobMemory === 65_536 + 4095, String(jobMemory));
    assertEquals(processMemory, 4096);
  }),
);

Deno.test(
  "setLimits: desktop limits of newer builds are set, or reported as missing by name",
  trial(() => {
    using job = JobObject.create({ limits: { ui: ["desktop"] } });
    try {
      job.setLimits({ ui: ["desktop", "ime"] });
      assertEquals(job.limits().ui, ["desktop", "ime"]);
    } catch (error) {
      assertInstanceOf(error, UnsupportedPlatformError);
      assertStringIncludes(error.message, "JOB_OBJECT_UILIMIT_IME");
      assertEquals(job.limits().ui, ["desktop"]);
    }
  }),
);

Deno.test(
  "limits: the rights of a handle decide whether it reads and sets",
  trial(() => {
    const name = uniqueName("rights");
    using job = JobObject.create({ name, limits: { activeProcesses: 3 } });
    using reader = JobObject.open(name, { access: ["query"] });
    assertEquals(reader.limits(), { activeProcesses: 3 });
    const refused = assertThrows(() => reader.setLimits({ activeProcesses: 4 }), Win32Error);
    assertEquals(refused.codeName, "ERROR_ACCESS_DENIED");
    assertStringIncludes(refused.message, `Cannot set activeProcesses of job "${name}"`);
    using setter = JobObject.open(name, { access: ["set"] });
    assertThrows(() => setter.limits(), Win32Error, "ERROR_ACCESS_DENIED");
    assertThrows(() => setter.setLimits({ cpu: { weight: 1 } }), Win32Error, "ERROR_ACCESS_DENIED");
    assertEquals(job.limits(), { activeProcesses: 3 });
  }),
);

Deno.test(
  "limits: a closed job refuses reading and setting",
  trial(() => {
    const job = JobObject.create();
    job.close();
    assertThrows(() => job.limits(), AlreadyClosedError);
    assertThrows(() => job.setLimits({ killOnClose: true }), AlreadyClosedError);
  }),
);

Deno.test(
  "limits: another process that opens the name changes them, and keeps the others",
  trial(async () => {
    const name = uniqueName("shared");
    using job = JobObject.create({ name, limits: { ...SOME, killOnClose: true } });
    const program = new URL("../../../helpers/limit_setter.ts", import.meta.url);
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--allow-ffi",
        ...SAME_KERNEL,
        program.href,
        name,
      ],
      stderr: "piped",
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    assertEquals(job.limits(), {
      ...SOME,
      killOnClose: true,
      activeProcesses: 77,
      cpu: { weight: 9 },
    });
    // And what this process sets next does not bring the old ones back.
    job.setLimits({ schedulingClass: 4 });
    assertEquals(job.limits().activeProcesses, 77);
  }),
);

Deno.test(
  "setLimits: a change is one read, one write and one read-back of each structure that it touches, and nothing is read of class 9 in a new job",
  trial(() => {
    const calls: string[] = [];
    using _asking = substituteKernel("QueryInformationJobObject", (real) => (...args) => {
      calls.push(`Q${args[1]}`);
      return real(...args);
    });
    using _setting = substituteKernel("SetInformationJobObject", (real) => (...args) => {
      calls.push(`S${args[1]}`);
      return real(...args);
    });
    const isLimits = (call: string): boolean => /^[QS](9|15)$/.test(call);
    using job = JobObject.create({
      killOnClose: true,
      limits: { jobMemory: 2 ** 28, activeProcesses: 3, cpu: { weight: 2 } },
    });
    assertEquals(calls.filter(isLimits).toSorted(), ["Q15", "Q15", "Q9", "S15", "S9"]);
    calls.length = 0;
    job.setLimits({ jobMemory: 2 ** 29, schedulingClass: 4 });
    assertEquals(calls, ["Q9", "S9", "Q9"]);
    calls.length = 0;
    job.setLimits({});
    assertEquals(calls, []);
  }),
);
