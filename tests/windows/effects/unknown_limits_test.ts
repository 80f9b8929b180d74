/**
 * Limits of which the system does not say whether they are in force: they are named, and never shown
 * as none.
 */
import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { limitsCommand } from "../../../cli/commands/limits.ts";
import { ERROR, JOBOBJECTINFOCLASS } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { JobObject } from "../../../job/job_object.ts";
import { PART_SETTERS } from "../../../job/limits/row.ts";
import { LIMIT_NAMES, limitRow } from "../../../job/limits/table.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { uniqueName } from "../../helpers/job_trials.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";
import { PARTS } from "../../../job/limits/control.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

/** Lets the question for one class fail. */
function refusing(infoClass: number, code: number): Disposable {
  return substituteKernel("QueryInformationJobObject", (real) => (...args) => {
    if (args[1] !== infoClass) return real(...args);
    kernel32.SetLastError(code);
    return 0;
  });
}

const LIMITS = { jobMemory: 8 << 20, ui: ["desktop"], cpu: { hardCap: 50 } } as const;

Deno.test("limits: a part that cannot be read is listed as unknown, and the others are returned", () => {
  using job = JobObject.create({ limits: LIMITS });
  for (const part of ["ui", "cpu", "net", "groups", "endOfJobTime", "extended"] as const) {
    const names = LIMIT_NAMES.filter((name) => limitRow(name).part === part);
    for (const code of [ERROR.BAD_LENGTH, ERROR.SUCCESS]) {
      using _refusing = refusing(JOBOBJECTINFOCLASS[PART_SETTERS[part]], code);
      const { unknown, unknownReason, ...known } = job.limits();
      assertEquals(unknown, names);
      assert(unknownReason instanceof Win32Error);
      assertEquals(unknownReason.code, code === 0 ? ERROR.GEN_FAILURE : code);
      assertStringIncludes(unknownReason.message, `Cannot read ${PARTS[part].what} of a job`);
      const rest = Object.entries(LIMITS).filter(([name]) =>
        !names.some((other) => other === name)
      );
      assertEquals(known as object, Object.fromEntries(rest));
    }
  }
  assertEquals("unknown" in job.limits(), false);
});

Deno.test("limits: a result with unknown parts cannot be passed to setLimits", () => {
  using job = JobObject.create({ limits: LIMITS });
  using _refusing = refusing(JOBOBJECTINFOCLASS.JobObjectBasicUIRestrictions, ERROR.BAD_LENGTH);
  using other = JobObject.create();
  assertThrows(() => other.setLimits(job.limits()), TypeError, "Cannot set unknown");
});

Deno.test("limits: it is an error if nothing can be read", () => {
  using job = JobObject.create();
  for (const code of [ERROR.ACCESS_DENIED, ERROR.SUCCESS]) {
    const names = ["QueryInformationJobObject", "QueryIoRateControlInformationJobObject"] as const;
    using failing = new DisposableStack();
    for (const name of names) {
      failing.use(substituteKernel(name, () => () => {
        kernel32.SetLastError(code);
        return 0;
      }));
    }
    assertThrows(() => job.limits(), Win32Error, "Cannot read");
  }
});

Deno.test("limitsCommand: an unknown limit is shown as such, and a rate that may be absent is not watched", async () => {
  const name = uniqueName("unknown");
  using _job = JobObject.create({ name, limits: { jobMemory: 8 << 20 } });
  const run = async (...tokens: string[]): Promise<string> => {
    const io = new FakeIo();
    const args = parseArgs([...tokens, name], limitsCommand.spec.options);
    assertEquals(await limitsCommand.execute(limitsCommand.parse(args, io), io), 0);
    return io.out;
  };
  using _refusing = refusing(
    JOBOBJECTINFOCLASS.JobObjectCpuRateControlInformation,
    ERROR.BAD_LENGTH,
  );
  const shown = await run();
  assertStringIncludes(shown, "--memory");
  const line = shown.split("\n").find((line) => line.startsWith("--cpu-rate"));
  assertStringIncludes(line ?? shown, "unknown");
  const answer = JSON.parse(await run("--json"));
  assertEquals(answer.limits.unknown, ["cpu"]);
  assertEquals(answer.limits.unknownReason.codeName, "ERROR_BAD_LENGTH");
  assertThrows(
    () => {
      const io = new FakeIo();
      const args = parseArgs(["--notify-cpu-rate", "low", name], limitsCommand.spec.options);
      limitsCommand.execute(limitsCommand.parse(args, io), io);
    },
    Win32Error,
    "ERROR_BAD_LENGTH",
  );
});

Deno.test("queryStorageStats: the memory of an earlier query is never taken for a result", () => {
  using busy = JobObject.create();
  using idle = JobObject.create();
  busy.setIoTracking(true);
  const asked: number[] = [];
  using _short = substituteKernel("QueryInformationJobObject", (real) => (...args) => {
    if (args[1] !== JOBOBJECTINFOCLASS.JobObjectIoAttribution) return real(...args);
    const memory = args[2] as DataView<ArrayBuffer>;
    asked.push(memory.getUint32(0, true));
    // A result of no bytes, and memory full of another job's numbers.
    const zeros = new Uint8Array(memory.buffer).subarray(4).every((byte) => byte === 0);
    assertEquals(zeros, true);
    memory.setUint8(8, 7);
    return 1;
  });
  busy.queryStorageStats();
  idle.queryStorageStats();
  assertEquals(asked, [1, 1]);
});
