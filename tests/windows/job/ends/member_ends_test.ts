import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { ERROR } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { INVALID_HANDLE_VALUE } from "../../../../ffi/handle.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { MemberEnds } from "../../../../job/ends/member_ends.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { exitWatch } from "../../../../process/exit/exit_watch.ts";
import { endJob, openHandle, startChild, uniqueName, within } from "../../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

/** The watch over a job through a separate handle. */
class Trial implements Disposable {
  readonly job = JobObject.create({ killOnClose: true, name: uniqueName("members") });
  readonly all = Promise.withResolvers<void>();
  readonly #handle = openHandle(this.job.name!);
  readonly members = new MemberEnds({
    handle: () => this.#handle.value,
    label: "the test's job",
    key: () => undefined,
    gone: () => this.all.resolve(),
  });

  [Symbol.dispose](): void {
    this.members.clear();
    this.#handle.close();
    this.job.close();
  }
}

Deno.test("MemberEnds: watches all processes in the job, each once, until the last has ended", async () => {
  using trial = new Trial();
  const { job, members } = trial;
  const children = [1, 2, 3].map(() => startChild(job, "sleepforever"));
  members.addAll();
  members.addAll();
  assertEquals(new Set(members.pids), new Set(children.map(({ pid }) => pid)));
  assertEquals(members.left, 3);
  children[0]!.kill();
  await within(children[0]!.status, "the first end");
  members.hasten();
  assertEquals(members.left, 2);
  job.terminate();
  await within(trial.all.promise, "the last end");
  assertEquals(members.left, 0);
  await job.wait();
});

Deno.test("MemberEnds.add: leaves out what has ended, is in no job of ours, or may not be opened", async () => {
  using trial = new Trial();
  using other = JobObject.create({ killOnClose: true });
  const stranger = startChild(other, "sleepforever");
  trial.members.add(stranger.pid);
  trial.members.add(0xffff_fffc);
  const ended = startChild(trial.job, "exit 0");
  await within(ended.status, "its end");
  trial.members.add(ended.pid);
  {
    using _denied = substituteKernel("OpenProcess", () => () => {
      kernel32.SetLastError(ERROR.ACCESS_DENIED);
      return 0n;
    });
    trial.members.add(startChild(trial.job, "sleepforever").pid);
  }
  assertEquals(trial.members.left, 0);
  await endJob(trial.job);
  await endJob(other);
});

Deno.test("MemberEnds.addUnlisted: finds members without the job's list, and no stranger", async () => {
  using trial = new Trial();
  using other = JobObject.create({ killOnClose: true });
  startChild(other, "sleepforever");
  startChild(trial.job, "sleepforever");
  {
    using _unlisted = substituteKernel("QueryInformationJobObject", () => () => {
      kernel32.SetLastError(ERROR.ACCESS_DENIED);
      return 0;
    });
    trial.members.addUnlisted();
    trial.members.addUnlisted();
  }
  assertEquals(trial.members.left, 1);
  await endJob(trial.job);
  await within(trial.all.promise, "its end");
  await endJob(other);
  {
    using _refused = substituteKernel("CreateToolhelp32Snapshot", () => () => {
      kernel32.SetLastError(ERROR.GEN_FAILURE);
      return INVALID_HANDLE_VALUE;
    });
    assertThrows(() => trial.members.addUnlisted(), Win32Error);
  }
});

Deno.test("MemberEnds: an error of the list is thrown, and no handle is left", async () => {
  const before = exitWatch.size;
  await assertNoHandleLeft(async () => {
    using trial = new Trial();
    startChild(trial.job, "sleepforever");
    {
      using _refused = substituteKernel("QueryInformationJobObject", () => () => {
        kernel32.SetLastError(ERROR.ACCESS_DENIED);
        return 0;
      });
      assertThrows(() => trial.members.addAll(), Win32Error);
    }
    trial.members.addAll();
    assertEquals(trial.members.left, 1);
    trial.members.clear();
    await endJob(trial.job);
  });
  assertEquals(exitWatch.size, before);
});
