import "../../helpers/bound_kernel.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { JobObject } from "../../../job/job_object.ts";
import { withKillOnClose } from "../../../job/limits/change.ts";
import { readOpenOptions, readWaitOptions } from "../../../job/options.ts";
import { startChild, uniqueName } from "../../helpers/job_trials.ts";

Deno.test("JobObject: wrong types and unknown options are named as such by every call", async () => {
  using job = JobObject.create();
  const calls: [() => unknown, string][] = [
    [() => JobObject.create({ name: 5 } as never), "options.name must be a string, got 5"],
    [() => JobObject.create({ name: null } as never), "options.name must be a string, got null"],
    [() => JobObject.create({ nme: 1 } as never), "did you mean name?"],
    [
      () => JobObject.create({ openExisting: 1 } as never),
      "options.openExisting must be a boolean",
    ],
    [() => JobObject.create({ notifications: "yes" } as never), "options.notifications must be"],
    [() => JobObject.create({ killOnClose: 1 } as never), "options.killOnClose must be a boolean"],
    [() => JobObject.create({ limits: 5 } as never), "expected an object, got 5"],
    [() => JobObject.create({ limits: { jobMemry: 5 } } as never), "did you mean jobMemory?"],
    [() => JobObject.open(undefined as never), "name must be a string, got undefined"],
    [() => JobObject.open("x", { rights: [] } as never), "options has no such part, only access"],
    [() => JobObject.open("x", { access: "query" } as never), "options.access must be an array"],
    [() => job.spawn(undefined as never), "command must be a path or a URL, got undefined"],
    [() => job.spawn("cmd", { limits: {} } as never), 'with "limits": options has no such part'],
    [
      () => job.terminate("1" as never),
      'exitCode must be a whole number from 0 to 4294967295, got "1"',
    ],
    [() => job.contains("4" as never), 'pid must be a whole number from 0 to 4294967295, got "4"'],
    [() => job.assign("4" as never), 'pid must be a whole number from 0 to 4294967295, got "4"'],
    [() => job.notifications({ timeout: 5 } as never), "options has no such part, only signal"],
    [() => job.setLimits({ nothing: 1 } as never), "there is no such limit"],
    [() => job.setNotificationLimits({ jobMemry: 1 } as never), "did you mean jobMemory?"],
    [() => job.setResourceLimits({ cpu: 1 } as never), "limits has no such part"],
    [() => job.setIoTracking(1 as never), "on must be a boolean, got 1"],
    [() => job.userHandleGrantAccess(5 as never), "userHandle must be a bigint, got 5"],
    [() => job.userHandleGrantAccess(5n, 1 as never), "grant must be a boolean, got 1"],
  ];
  for (const [call, says] of calls) assertThrows(call, TypeError, says, says);
  await assertRejects(
    () => job.wait({ signal: 5 as never }),
    TypeError,
    "options.signal must be an AbortSignal, got 5",
  );
  await assertRejects(() => job.wait({ timeout: 5 } as never), TypeError, "no such part");
  assertEquals(job.stats().processes.total, 0);
});

Deno.test("withKillOnClose: kill-on-close that is said twice and differently is refused", () => {
  const wrong = [[false, true], [true, false], [true, null]] as const;
  for (const [outside, inside] of wrong) {
    assertThrows(
      () => withKillOnClose({ killOnClose: inside }, outside),
      TypeError,
      `options.killOnClose is ${outside} and options.limits.killOnClose is ${inside}`,
    );
  }
  assertEquals(withKillOnClose({ killOnClose: true }, true), { killOnClose: true });
  assertEquals(withKillOnClose({ killOnClose: null }, false), { killOnClose: false });
  assertThrows(
    () => JobObject.create({ killOnClose: true, limits: { killOnClose: false } }),
    TypeError,
    "give one of them",
  );
});

Deno.test("JobObject.create: a limit that was given does not vanish", () => {
  let reads = 0;
  const limits = {
    get jobMemory(): number {
      return ++reads === 1 ? 8 << 20 : undefined as never;
    },
  };
  using job = JobObject.create({ limits });
  assertEquals([job.limits(), reads], [{ jobMemory: 8 << 20 }, 1]);
  let soft = 0;
  job.setNotificationLimits({
    get readBytes(): number {
      return ++soft === 1 ? 5 : undefined as never;
    },
  });
  assertEquals([job.notificationLimits(), soft], [{ readBytes: 5 }, 1]);
});

Deno.test("JobObject: a getter that closes the job gets its child and its limits into no other", () => {
  const closing = JobObject.create({ killOnClose: true });
  let other: JobObject | undefined;
  const swap = (job: JobObject): undefined => {
    job.close();
    other ??= JobObject.create({ name: uniqueName("other"), killOnClose: true });
  };
  assertThrows(
    () =>
      startChild(closing, "sleepforever", {
        get cwd() {
          return swap(closing) as never;
        },
      }),
    Error,
    "it was closed",
  );
  assertEquals(other!.stats().processes.total, 0);
  const limited = JobObject.create();
  assertThrows(
    () =>
      limited.setLimits({
        get activeProcesses() {
          limited.close();
          return 3;
        },
      }),
    Error,
    "it was closed",
  );
  assertEquals(other!.limits(), { killOnClose: true });
  other!.close();
});

Deno.test("readOpenOptions, readWaitOptions: what they take", () => {
  assertEquals(readOpenOptions("x", {}).access.length, 4);
  assertEquals(readOpenOptions("x", { access: ["query"] }), { name: "x", access: ["query"] });
  assertThrows(() => readOpenOptions("", {}), TypeError, "its name is empty");
  const { signal } = new AbortController();
  assertEquals(readWaitOptions({ signal }, "Cannot wait"), { signal });
});
