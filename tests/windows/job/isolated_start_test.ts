import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { advapi32, kernel32 } from "../../../ffi/library.ts";
import { JobObject } from "../../../job/job_object.ts";
import { temporaryNames } from "../../helpers/isolated_runs.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { CHILD, startChild, within } from "../../helpers/job_trials.ts";
import { substituteFunction, substituteKernel } from "../../helpers/substituted_kernel.ts";

const WISH = { admin: false, privileges: [], temp: "fresh" } as const;

Deno.test("JobObject.spawn: isolation together with a breakaway limit is refused", () => {
  for (const limits of [{ breakaway: true }, { silentBreakaway: true }]) {
    using job = JobObject.create({ killOnClose: true, limits });
    assertThrows(
      () => startChild(job, "exit 0", { isolation: WISH } as never),
      TypeError,
      "what leaves the job is not ended with it",
    );
    assertEquals(job.stats().processes.total, 0);
  }
});

Deno.test("JobObject.spawn: the trials are not in the job, nor in its counts", async () => {
  await using job = JobObject.create({ killOnClose: true, limits: { activeProcesses: 1 } });
  const child = job.spawn(CHILD, { args: ["exit", "3"], isolation: WISH });
  assertEquals((await within(child.status, "its end")).code, 3);
  assertEquals(job.stats().processes.total, 1);
  assertEquals(child.isolation?.restrictions.map(({ row }) => row), [
    "admin",
    "privileges",
    "temp",
  ]);
  assertEquals(startChild(job, "exit 0").isolation, undefined);
});

Deno.test("JobObject: the end of an await using scope cleans up", async () => {
  const before = temporaryNames();
  {
    await using job = JobObject.create({ killOnClose: true });
    job.spawn(CHILD, { args: ["sleepforever"], isolation: { temp: "fresh" } });
    assertEquals(temporaryNames().length, before.length + 1);
  }
  assertEquals(temporaryNames(), before);
});

Deno.test("JobObject.close: what may still be in use is left, and reported", async () => {
  const before = temporaryNames();
  const job = JobObject.create({ killOnClose: true });
  const child = job.spawn(CHILD, { args: ["sleepforever"], isolation: { temp: "fresh" } });
  job.close();
  const [left] = await within(child.isolation!.cleanup, "what is told");
  assert(left!.startsWith(`Cannot tidy up after process ${child.pid}`), left);
  await within(child.status, "its end");
  for (const name of temporaryNames().filter((name) => !before.includes(name))) {
    Deno.removeSync(`${Deno.env.get("TEMP")}\\${name}`, { recursive: true });
  }
});

/** Calls of the start, each of which is made to fail in turn. */
const FAILING: readonly (readonly [name: string, fail: () => Disposable])[] = [
  ...([
    "OpenProcessToken",
    "GetTokenInformation",
    "CreateRestrictedToken",
    "CreateProcessAsUserW",
  ] as const).map((name) =>
    [name, () =>
      substituteFunction(advapi32, name, () => () => {
        kernel32.SetLastError(ERROR.ACCESS_DENIED);
        return 0;
      })] as const
  ),
  ...([
    "CreateDirectoryW",
    "GetTempPathW",
    "ReadProcessMemory",
    "InitializeProcThreadAttributeList",
    "UpdateProcThreadAttribute",
    "IsProcessInJob",
    "GetExitCodeProcess",
  ] as const).map((name) =>
    [name, () =>
      substituteKernel(name, () => () => {
        kernel32.SetLastError(ERROR.ACCESS_DENIED);
        return 0;
      })] as const
  ),
  ["ResumeThread", () => substituteKernel("ResumeThread", () => () => 0xffff_ffff)],
];

Deno.test("JobObject.spawn: each call of an isolated start fails in turn: nothing runs, nothing is left", async () => {
  await using job = JobObject.create({ killOnClose: true });
  // What is loaded at the first use stays.
  const { cleanup } = job.spawn(CHILD, { args: ["exit", "0"], isolation: WISH }).isolation!;
  await within(job.wait(), "the end of the first");
  assertEquals(await cleanup, []);
  const { total } = job.stats().processes;
  const folders = temporaryNames();
  for (const [name, fail] of FAILING) {
    const refused = async (): Promise<void> => {
      {
        using _fault = fail();
        const start = { args: ["sleepforever"], isolation: WISH };
        assertThrows(() => job.spawn(CHILD, start), Win32Error);
      }
      await within(job.wait(), "the end of what was started");
    };
    // The first time may bind functions.
    await refused();
    await assertNoHandleLeft(refused, name, { late: true });
    assertEquals(temporaryNames(), folders);
    assertEquals(job.pids(), []);
  }
  // Only the last failure comes after the birth, of a trial that is in another job.
  assertEquals(job.stats().processes.total, total);
});

Deno.test("JobObject.spawn: twenty isolated runs in a row leave nothing", async () => {
  await using job = JobObject.create({ killOnClose: true });
  const run = async (): Promise<void> => {
    const child = job.spawn(CHILD, {
      args: ["exit", "0"],
      isolation: { privileges: [], temp: "fresh" },
    });
    await within(job.wait(), "its end");
    assertEquals(await within(child.isolation!.cleanup, "the tidying up"), []);
  };
  await run();
  const folders = temporaryNames();
  const twenty = async (): Promise<void> => {
    for (let at = 0; at < 20; at++) await run();
  };
  await assertNoHandleLeft(twenty, "twenty isolated runs", { late: true });
  assertEquals(temporaryNames(), folders);
});
