/**
 * The public calls that must report a failed function, by what they do.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ERROR } from "../../ffi/constants.ts";
import { Win32Error } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import type { JobObject } from "../../job/job_object.ts";
import type { ChildProcess } from "../../process/child_process.ts";
import type { SpawnOptions } from "../../process/spawn_options.ts";
import { completionPort } from "../../process/io/completion_port.ts";
import { HeldFile } from "../../process/io/held_file.ts";
import { startChild, within } from "./job_trials.ts";
import { substituteKernel } from "./substituted_kernel.ts";

/** What the calls are tried on. */
export interface World {
  /** A named job with a member. */
  readonly job: JobObject;
  /** A process that sleeps in the job, its streams piped. */
  readonly child: ChildProcess;
  /** A file that may be written. */
  readonly file: string;
}

/** A public call that must report a failed function. */
export type Call = (world: World) => unknown;

export const throws = (call: (world: World) => unknown): Call => async (world) => {
  const error = await assertRejects(async () => await call(world), Error);
  assert(error instanceof Win32Error, `${error}`);
  // Never a code that reads as success.
  assert(error.code !== 0 && error.codeName !== "", error.message);
};

/** Members that may not be opened are looked up in the list of all processes. */
export const listed: Call = throws(({ job }) => {
  using _ = substituteKernel("OpenProcess", () => () => {
    kernel32.SetLastError(ERROR.ACCESS_DENIED);
    return 0n;
  });
  return job.processes();
});

/** A start fails, and leaves no process. */
const fails = (begin: (job: JobObject) => ChildProcess): Call => async ({ job }) => {
  const before = job.pids();
  let error: unknown;
  try {
    const child = begin(job);
    await within(child.status, "a child that should not have been started");
  } catch (thrown) {
    error = thrown;
  }
  assert(error instanceof Win32Error && error.code !== 0, `${error}`);
  assertEquals(job.pids(), before);
};

export const start = (options: SpawnOptions = {}): Call =>
  fails((job) => startChild(job, "exit 0", options));

/** Only a name without a folder is searched for. */
export const spawnByName: Call = fails((job) =>
  job.spawn("cmd", { args: ["/d", "/c", "exit 0"], stdin: "null", stdout: "null" })
);

const PIPED = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
export const piped = start(PIPED);
export const spawn = start();

/** A separate child, since its pipes are used up; it is ended in any case. */
export const withChild =
  (verbs: string, use: (child: ChildProcess) => unknown): Call => async ({ job }) => {
    const child = startChild(job, verbs, PIPED);
    try {
      await use(child);
    } finally {
      STOP.fault?.[Symbol.dispose]();
      await within(child[Symbol.asyncDispose](), "the child's end");
    }
  };

/** The fault under trial, which ends before the trial tidies up. */
export const STOP: { fault: Disposable | undefined } = { fault: undefined };

export const read = withChild("print hello", async (child) => {
  await throws(() => within(child.stdout.text(), "what it wrote"))(undefined as never);
});

export const write = withChild("sleepforever", async (child) => {
  await throws(() => child.stdin.getWriter().write(new Uint8Array(10)))(undefined as never);
});

/** The end of a child is told as unknown. */
export const statusUnknown = withChild("exit 0", async (child) => {
  const status = await within(child.status, "its end");
  assert(status.error instanceof Win32Error && status.error.code !== 0);
  assertEquals([status.success, status.usage], [false, null]);
});

/** A start that the fault does not harm: the child says what it should, and ends well. */
export const unharmed = withChild("print hello exit 0", async (child) => {
  const { code, stdout } = await within(child.output(), "what it wrote and its end");
  assertEquals([code, new TextDecoder().decode(stdout)], [0, "hello\n"]);
});

/** A start in a folder that needs its short name. */
export const startInLongFolder: Call = ({ job }) => {
  const folder = Deno.realPathSync(Deno.makeTempDirSync()).replace(/^\\\\\?\\/, "");
  try {
    const cwd = [folder, ...Array(7).fill("a".repeat(56))].join("\\");
    Deno.mkdirSync(cwd, { recursive: true });
    const before = job.pids();
    const error = assertThrows(() => startChild(job, "exit 0", { cwd }), TypeError);
    assert(error.cause instanceof Win32Error && error.cause.code !== 0, `${error.cause}`);
    assertEquals(job.pids(), before);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
};

/** A read that is under way when our end is closed. */
export const closeWhileReading = withChild("sleepforever", async (child) => {
  const reader = child.stdout.getReader();
  const pending = reader.read();
  await within(reader.cancel(), "the end of the stream");
  assertEquals((await within(pending, "the end of the read")).done, true);
});

/** A read for which nobody keeps the program alive, so that a timer looks for its end. */
export const readWeakly: Call = async (world) => {
  world.child.unref();
  await completionPort.idle();
  try {
    await withChild("sleepforever", async (child) => {
      child.unref();
      await throws(() => within(child.stdout.getReader().read(), "a byte"))(world);
    })(world);
  } finally {
    world.child.ref();
  }
};

/** What waits on the port; no wait of another may be under way. */
export const waitsOnPort = (wait: Call): Call => async (world) => {
  world.child.unref();
  await completionPort.idle();
  try {
    await wait(world);
  } finally {
    STOP.fault?.[Symbol.dispose]();
    world.child.ref();
  }
};

export const held = (use: (file: HeldFile) => unknown): Call => async ({ file }) => {
  using opened = HeldFile.open(file);
  await use(opened);
};

/** A limit that is refused for lack of the privilege reports why the privilege is unavailable. */
export const privilegeTells = (api: string): Call => ({ job }) => {
  using _refused = substituteKernel("SetInformationJobObject", () => () => {
    kernel32.SetLastError(ERROR.PRIVILEGE_NOT_HELD);
    return 0;
  });
  const set = (): void => job.setLimits({ priorityClass: "high" });
  const error = assertThrows(set, Win32Error, "SeIncreaseBasePriorityPrivilege");
  const { cause } = error;
  assert(cause instanceof Win32Error && cause.api === api && cause.code !== 0, `${cause}`);
};

/** Statuses of severity error or warning, as a signed number gives them. */
export const STATUSES = [0xc000_0001, 0xc000_0004, 0xc000_0008, 0xc000_0022, 0x8000_0005]
  .map((status) => status | 0);

/** Every call whose result is a query of the job. */
export const QUERIES: { readonly [call: string]: Call } = Object.fromEntries(
  ([
    "stats",
    "pids",
    "processes",
    "queryMemoryStats",
    "queryProcessorStats",
    "queryStorageStats",
    "limitViolation",
    "notificationLimits",
    "limitsReached",
  ] as const)
    .map((name) => [name, throws(({ job }) => job[name]())]),
);

export const changes: { readonly [call: string]: Call } = {
  setLimits: throws(({ job }) => job.setLimits({ activeProcesses: 9 })),
  setNotificationLimits: throws(({ job }) => job.setNotificationLimits({ readBytes: 9 })),
};

/** A stop with a grace that would outlast the trial. */
export const stop: Call = async ({ job }) => {
  const child = startChild(job, "sleepforever", { newProcessGroup: true });
  assertEquals(await within(child.stop({ grace: 600_000 }), "the stop"), "killed");
  const { success, endedBy } = await within(child.status, "its end");
  assertEquals([success, endedBy], [false, "stop"]);
};
