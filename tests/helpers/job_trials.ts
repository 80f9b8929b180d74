/**
 * Jobs with our own child programs in them, and waits that end: what the kernel tests of limits
 * share. Binds jobsim's test functions where jobsim takes the kernel's place.
 */
import "./bound_kernel.ts";
import { dllPath } from "../../ffi/dll.ts";
import { check } from "../../ffi/error.ts";
import { OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { JobObject } from "../../job/job_object.ts";
import type { JobNotification } from "../../job/messages/notification.ts";
import type { ChildProcess } from "../../process/child_process.ts";
import { completionPort } from "../../process/io/completion_port.ts";
import type { SpawnOptions } from "../../process/spawn_options.ts";

/** The child program; its verbs are listed on top of its source. */
export const CHILD: URL = new URL("../children/build/child.exe", import.meta.url);

/** Waits for a promise, and fails when it takes longer than anything here can take. */
export async function within<T>(
  promise: Promise<T>,
  what: string,
  { deadline = 120_000 }: { deadline?: number } = {},
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Cannot wait longer for ${what}: ${deadline} ms are over`)),
      deadline,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A message of one type, as it reads. */
type Message<T extends JobNotification["type"]> = JobNotification & { readonly type: T };

/** The next message of one type of a job made with `notifications`; passes over others. */
export async function nextMessage<T extends JobNotification["type"]>(
  job: JobObject,
  type: T,
): Promise<Message<T>> {
  for (;;) {
    const message = await within(job.pollNotification(), `the message ${type}`);
    if (message.type === type) return message as Message<T>;
  }
}

/** Starts the child program in a job. */
export function startChild(
  job: JobObject,
  verbs: string,
  options: SpawnOptions = {},
): ChildProcess {
  return job.spawn(CHILD, {
    args: verbs.split(" "),
    stdin: "null",
    stdout: "null",
    stderr: "null",
    ...options,
  });
}

/** Runs the child program in a job to its end, and gives what it wrote and its code. */
export async function runChild(
  job: JobObject,
  verbs: string,
): Promise<{ code: number | null; stdout: string }> {
  const child = startChild(job, verbs, { stdout: "piped" });
  const { code, stdout } = await within(child.output(), `child ${verbs}`);
  return { code, stdout: new TextDecoder().decode(stdout) };
}

/** Ends every process in a job and waits until they are gone, so that a test leaves nothing. */
export async function endJob(job: JobObject): Promise<void> {
  job.terminate();
  await within(job.wait(), "the job's end");
}

/** The body of a test of jobs and children. After it nothing may wait for them any more. */
export function trial(body: () => void | Promise<void>): () => Promise<void> {
  return async () => {
    await body();
    await within(completionPort.idle(), "the end of all waits");
  };
}

/**
 * Reads something from the system until it is as expected; starts and ends one child between two
 * reads.
 */
export async function until<T>(
  read: () => T,
  wanted: (value: T) => boolean,
  { attempts = 300 }: { attempts?: number } = {},
): Promise<T> {
  for (let attempt = 0;; attempt++) {
    const value = read();
    if (wanted(value)) return value;
    if (attempt === attempts) {
      throw new Error(`Cannot wait longer: the last value was ${JSON.stringify(value)}`);
    }
    using clock = JobObject.create();
    await runChild(clock, "sleep 20");
  }
}

let names = 0;

/** A name that no other job has. */
export function uniqueName(what: string): string {
  return `jobbox-test-${what}-${Deno.pid}-${++names}`;
}

/** Whether jobsim takes the kernel's place. */
export const JOBSIM: boolean = dllPath("kernel32", "CreateJobObjectW") !==
  dllPath("kernel32", "GetLastError");

/** What another Deno of the same build needs so that jobsim takes the kernel's place there too. */
export const SAME_KERNEL: readonly string[] = JOBSIM ? ["--config=.deno.jobsim.json"] : [];

/** What a scoped `--allow-ffi` must name beside the system's own DLLs. */
export const JOBSIM_PATHS: readonly string[] = JOBSIM
  ? [dllPath("kernel32", "CreateJobObjectW")]
  : [];

const simulator = JOBSIM
  ? Deno.dlopen(dllPath("kernel32", "CreateJobObjectW"), {
    JobsimChargeIo: { parameters: ["usize", "u64", "u64", "u32"], result: "i32" },
    JobsimSetTimeScale: { parameters: ["f64"], result: "i32" },
  }).symbols
  : undefined;

/** Every right that jobs had from the beginning. */
const ALL_ACCESS = 0x1f001f;

/** A handle of a named job, for calls that a JobObject does not make. */
export function openHandle(name: string): OwnedHandle {
  const handle = kernel32.OpenJobObjectW(ALL_ACCESS, 0, encodeWide(name));
  return new OwnedHandle(check(handle, "OpenJobObjectW", `Cannot open ${name}`), name);
}

/**
 * Lets a member of a named job read and write bytes: really, by the child program, or where Wine
 * would count none by telling jobsim.
 */
export async function doIo(
  job: JobObject,
  { read = 0, write = 0 }: { read?: number; write?: number },
): Promise<void> {
  if (simulator !== undefined) {
    using handle = openHandle(job.name!);
    check(
      simulator.JobsimChargeIo(handle.value, BigInt(read), BigInt(write), job.pids()[0] ?? 0),
      "JobsimChargeIo",
      "Cannot charge I/O",
    );
    return;
  }
  const file = await Deno.makeTempFile();
  try {
    if (write > 0) await runChild(job, `writefile ${file} ${write}`);
    if (read > 0) {
      await Deno.writeFile(file, new Uint8Array(read));
      await runChild(job, `readfile ${file}`);
    }
  } finally {
    await Deno.remove(file);
  }
}

/** Shortens the intervals of rate control where jobsim measures them; Windows takes its time. */
export function scaleTime(scale: number): void {
  simulator?.JobsimSetTimeScale(scale);
}
