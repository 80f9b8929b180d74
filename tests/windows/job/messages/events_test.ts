import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ERROR, JOB_OBJECT_MSG } from "../../../../ffi/constants.ts";
import { check, Win32Error } from "../../../../ffi/error.ts";
import { AlreadyClosedError, OwnedHandle } from "../../../../ffi/handle.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { NotRegisteredError } from "../../../../job/errors.ts";
import { JobEvents } from "../../../../job/messages/events.ts";
import { JobObject } from "../../../../job/job_object.ts";
import type { LimitViolation } from "../../../../job/notifications/notification_limits.ts";
import type { JobNotification } from "../../../../job/messages/notification.ts";
import { completionPort } from "../../../../process/io/completion_port.ts";
import { startChild, uniqueName, within } from "../../../helpers/job_trials.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

/** A job whose packets the test posts itself. */
class PostedJob implements Disposable {
  readonly events: JobEvents;
  readonly key: bigint;
  readonly #handle: OwnedHandle;

  constructor(
    violation: () => LimitViolation = () => ({ violated: [] }),
    accounting = () => ({ ActiveProcesses: 0, TotalProcesses: 0 }),
  ) {
    const handle = check(kernel32.CreateJobObjectW(null, null), "CreateJobObjectW", "Cannot");
    this.#handle = new OwnedHandle(handle, "the test's job");
    const source = { handle: () => this.#handle.value, label: "the test's job", violation };
    this.events = new JobEvents({
      ...source,
      accounting,
      told: () => {},
      hear: () => {},
    });
    this.events.listen();
    this.key = this.events.key!;
  }

  post(code: number, value = 0n): void {
    postPacket(this.key, code, value);
  }

  close(): void {
    this.#handle.close();
    this.events.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function postPacket(key: bigint, code: number, value: bigint): void {
  check(
    kernel32.PostQueuedCompletionStatus(completionPort.handle, code, key, value),
    "PostQueuedCompletionStatus",
    "Cannot post",
  );
}

function next(iterator: AsyncIterator<JobNotification>): Promise<JobNotification | undefined> {
  return within(iterator.next().then(({ value }) => value), "a message");
}

/** Waits until the pump waits no more, so that no test leaves a call under way. */
async function settle(): Promise<void> {
  await within(completionPort.idle(), "the pump's end");
}

async function messagesUntilZero(job: JobObject): Promise<JobNotification[]> {
  const messages: JobNotification[] = [];
  while (messages.at(-1)?.type !== "activeProcessZero") {
    messages.push(await within(job.pollNotification(), "the next message"));
  }
  await settle();
  return messages;
}

Deno.test("pollNotification: a job made without notifications refuses it", async () => {
  const name = uniqueName("unregistered");
  using job = JobObject.create({ name });
  for (let i = 0; i < 2; i++) {
    await assertRejects(
      () => job.pollNotification(),
      NotRegisteredError,
      `Cannot poll job "${name}": it was made without notifications`,
    );
  }
  using opened = JobObject.open(name);
  await assertRejects(() => opened.pollNotification(), NotRegisteredError);
});

Deno.test("pollNotification: messages are kept from the creation on, in order", async () => {
  using job = JobObject.create({ notifications: true, killOnClose: true });
  const child = startChild(job, "exit 7");
  await child.status;
  assertEquals(await messagesUntilZero(job), [
    { type: "newProcess", pid: child.pid },
    { type: "exitProcess", pid: child.pid },
    { type: "activeProcessZero" },
  ]);
  const second = startChild(job, "crash");
  assertEquals(await messagesUntilZero(job), [
    { type: "newProcess", pid: second.pid },
    { type: "abnormalExitProcess", pid: second.pid },
    { type: "activeProcessZero" },
  ]);
  await second.status;
});

Deno.test("pollNotification: several at once get the messages in the order of their calls", async () => {
  using job = new PostedJob();
  job.events.keep();
  const polls = [job.events.poll(), job.events.poll(), job.events.poll()];
  for (const pid of [4n, 8n, 12n]) job.post(JOB_OBJECT_MSG.NEW_PROCESS, pid);
  const messages = await within(Promise.all(polls), "three messages");
  assertEquals(messages, [4, 8, 12].map((pid) => ({ type: "newProcess", pid })));
  await settle();
});

Deno.test("pollNotification: thousands of messages that come while nothing waits are all kept", async () => {
  using job = new PostedJob();
  job.events.keep();
  const count = 3_000;
  for (let i = 1; i <= count; i++) job.post(JOB_OBJECT_MSG.NEW_PROCESS, BigInt(4 * i));
  for (let i = 1; i <= count; i++) {
    const message = await within(job.events.poll(), `message ${i}`);
    assertEquals(message, { type: "newProcess", pid: 4 * i });
  }
  await settle();
});

Deno.test("pollNotification: closing the job rejects a waiting caller", async () => {
  const job = JobObject.create({ notifications: true });
  const polls = [job.pollNotification(), job.pollNotification()];
  const rejected = polls.map((poll) =>
    assertRejects(() => poll, AlreadyClosedError, "Cannot poll a job: it was closed")
  );
  job.close();
  await within(Promise.all(rejected), "both rejections");
  await settle();
});

Deno.test("JobEvents: every message of a job is a typed value, and unknown ones have their number and value", async () => {
  const violation: LimitViolation = { violated: ["jobMemory"] };
  using job = new PostedJob(() => violation);
  const iterator = job.events.notifications();
  const wanted: [number, bigint, JobNotification][] = [
    [JOB_OBJECT_MSG.END_OF_JOB_TIME, 0n, { type: "endOfJobTime" }],
    [JOB_OBJECT_MSG.END_OF_PROCESS_TIME, 4n, { type: "endOfProcessTime", pid: 4 }],
    [JOB_OBJECT_MSG.ACTIVE_PROCESS_LIMIT, 0n, { type: "activeProcessLimit" }],
    [JOB_OBJECT_MSG.ACTIVE_PROCESS_ZERO, 0n, { type: "activeProcessZero" }],
    [JOB_OBJECT_MSG.NEW_PROCESS, 8n, { type: "newProcess", pid: 8 }],
    [JOB_OBJECT_MSG.EXIT_PROCESS, 12n, { type: "exitProcess", pid: 12 }],
    [JOB_OBJECT_MSG.ABNORMAL_EXIT_PROCESS, 16n, { type: "abnormalExitProcess", pid: 16 }],
    [JOB_OBJECT_MSG.PROCESS_MEMORY_LIMIT, 20n, { type: "processMemoryLimit", pid: 20 }],
    [JOB_OBJECT_MSG.JOB_MEMORY_LIMIT, 24n, { type: "jobMemoryLimit", pid: 24 }],
    [JOB_OBJECT_MSG.NOTIFICATION_LIMIT, 28n, { type: "notificationLimit", pid: 28, violation }],
    [JOB_OBJECT_MSG.JOB_CYCLE_TIME_LIMIT, 32n, { type: "jobCycleTimeLimit", pid: 32 }],
    [JOB_OBJECT_MSG.SILO_TERMINATED, 36n, { type: "siloTerminated", pid: 36 }],
    [4711, 2n ** 40n, { type: "unknown", code: 4711, value: 2n ** 40n }],
  ];
  assertEquals(
    new Set(wanted.slice(0, -1).map(([code]) => code)),
    new Set<number>(Object.values(JOB_OBJECT_MSG)),
  );
  for (const [code, value] of wanted) job.post(code, value);
  for (const [, , message] of wanted) assertEquals(await next(iterator), message);
  await iterator.return?.();
});

Deno.test("notifications: each consumer gets all messages; the first has those that were kept", async () => {
  using job = JobObject.create({ notifications: true, killOnClose: true });
  const consumers = [job.notifications(), job.notifications(), job.notifications()];
  const child = startChild(job, "exit 0");
  const wanted: JobNotification[] = [
    { type: "newProcess", pid: child.pid },
    { type: "exitProcess", pid: child.pid },
    { type: "activeProcessZero" },
  ];
  const read = async (iterator: AsyncIterator<JobNotification>): Promise<unknown[]> => [
    await next(iterator),
    await next(iterator),
    await next(iterator),
  ];
  assertEquals(await Promise.all(consumers.map(read)), [wanted, wanted, wanted]);
  await child.status;
  // Nothing was kept beside the iterators: what comes first is that the job is empty.
  assertEquals(await messagesUntilZero(job), [{ type: "activeProcessZero" }]);
  await Promise.all(consumers.map((iterator) => iterator.return?.()));
});

Deno.test("notifications: leaving the loop ends the consumer, and no other", async () => {
  using job = new PostedJob();
  const [leaver, stayer] = [job.events.notifications(), job.events.notifications()];
  for (const pid of [4n, 8n, 12n]) job.post(JOB_OBJECT_MSG.NEW_PROCESS, pid);
  for await (const message of leaver) {
    assertEquals(message, { type: "newProcess", pid: 4 });
    break;
  }
  assertEquals(await leaver.next(), { done: true, value: undefined });
  for (const pid of [4, 8, 12]) assertEquals(await next(stayer), { type: "newProcess", pid });
  await stayer.return?.();
});

Deno.test("notifications: a signal ends the consumer with its reason, and no other", async () => {
  using job = new PostedJob();
  const controller = new AbortController();
  const aborted = job.events.notifications(controller.signal);
  const other = job.events.notifications();
  const [first, second] = [aborted.next(), next(other)];
  controller.abort(new RangeError("enough"));
  await assertRejects(() => within(first, "the abort"), RangeError, "enough");
  job.post(JOB_OBJECT_MSG.ACTIVE_PROCESS_LIMIT);
  assertEquals(await second, { type: "activeProcessLimit" });
  const late = job.events.notifications(AbortSignal.abort(new RangeError("before")));
  await assertRejects(() => late.next(), RangeError, "before");
  await other.return?.();
});

Deno.test("notifications: closing the job ends it, after the messages that had arrived", async () => {
  const job = new PostedJob();
  const [iterator, waiting] = [job.events.notifications(), job.events.notifications()];
  job.post(JOB_OBJECT_MSG.NEW_PROCESS, 4n);
  job.post(JOB_OBJECT_MSG.EXIT_PROCESS, 4n);
  assertEquals(await next(waiting), { type: "newProcess", pid: 4 });
  assertEquals(await next(waiting), { type: "exitProcess", pid: 4 });
  const pending = waiting.next();
  // A consumer that has only just begun ends too.
  const beginning = job.events.notifications();
  job.close();
  assertEquals(await within(pending, "the end"), { done: true, value: undefined });
  assertEquals(await within(beginning.next(), "the end"), { done: true, value: undefined });
  assertEquals(await next(iterator), { type: "newProcess", pid: 4 });
  assertEquals(await next(iterator), { type: "exitProcess", pid: 4 });
  assertEquals(await iterator.next(), { done: true, value: undefined });
  assertThrows(() => job.events.notifications(), AlreadyClosedError);
  await settle();
});

Deno.test("notifications: a late consumer gets no older message, whether or not another consumer waits", async () => {
  using job = new PostedJob();
  const early = job.events.notifications();
  job.post(JOB_OBJECT_MSG.NEW_PROCESS, 4n);
  const second = job.events.notifications();
  const pending = next(early);
  assertEquals(await pending, { type: "newProcess", pid: 4 });
  // From here on the pump waits.
  const held = next(early);
  job.post(JOB_OBJECT_MSG.NEW_PROCESS, 8n);
  const third = job.events.notifications();
  job.post(JOB_OBJECT_MSG.NEW_PROCESS, 12n);
  assertEquals(await next(third), { type: "newProcess", pid: 12 });
  assertEquals(await next(second), { type: "newProcess", pid: 8 });
  assertEquals(await held, { type: "newProcess", pid: 8 });
  for (const iterator of [early, second, third]) await iterator.return?.();
});

Deno.test("JobEvents: a packet of a closed job reaches no consumer", async () => {
  const old = new PostedJob();
  const ended = old.events.notifications();
  old.close();
  using job = new PostedJob();
  const iterator = job.events.notifications();
  assert(job.key !== old.key);
  old.post(JOB_OBJECT_MSG.NEW_PROCESS, 4n);
  job.post(JOB_OBJECT_MSG.NEW_PROCESS, 8n);
  assertEquals(await next(iterator), { type: "newProcess", pid: 8 });
  assertEquals(await ended.next(), { done: true, value: undefined });
  await iterator.return?.();
});

Deno.test("JobEvents: nothing stays registered for a closed job, with or without consumers", async () => {
  const before = completionPort.sources;
  const job = JobObject.create({ notifications: true, killOnClose: true });
  const iterators = [job.notifications(), job.notifications()];
  const child = startChild(job, "sleepforever");
  await next(iterators[0]!);
  job.close();
  await within(child.status, "the child");
  for (const iterator of iterators) await iterator.return?.();
  assertEquals(completionPort.sources, before);
});

Deno.test("JobEvents: a violation is queried once for each message, however many listen", async () => {
  let asked = 0;
  using job = new PostedJob(() => {
    asked++;
    return { violated: ["writeBytes"] };
  });
  const consumers = [1, 2, 3].map(() => job.events.notifications());
  job.post(JOB_OBJECT_MSG.NOTIFICATION_LIMIT, 4n);
  job.post(JOB_OBJECT_MSG.NEW_PROCESS, 8n);
  for (const iterator of consumers) {
    const wanted = { type: "notificationLimit", pid: 4, violation: { violated: ["writeBytes"] } };
    assertEquals(await next(iterator), wanted as JobNotification);
    assertEquals(await next(iterator), { type: "newProcess", pid: 8 });
  }
  assertEquals(asked, 1);
  for (const iterator of consumers) await iterator.return?.();
});

Deno.test("JobEvents: a violation that cannot be queried is an error for the consumers", async () => {
  using job = new PostedJob(() => {
    throw new RangeError("no right to query");
  });
  const iterator = job.events.notifications();
  job.post(JOB_OBJECT_MSG.NEW_PROCESS, 4n);
  job.post(JOB_OBJECT_MSG.NOTIFICATION_LIMIT, 4n);
  assertEquals(await next(iterator), { type: "newProcess", pid: 4 });
  await assertRejects(() => next(iterator), RangeError, "no right to query");
});

Deno.test("JobEvents: a job whose processes cannot be counted is an error for the consumers", async () => {
  using job = new PostedJob(undefined, () => {
    throw new Win32Error(ERROR.INVALID_HANDLE, "QueryInformationJobObject", "Cannot count");
  });
  const iterator = job.events.notifications();
  await assertRejects(() => next(iterator), Win32Error, "Cannot count");
});

Deno.test("notifications: an opened job whose messages go to another program is refused", () => {
  const name = uniqueName("heard");
  using _owner = JobObject.create({ name });
  using opened = JobObject.open(name);
  const error = assertThrows(() => opened.notifications(), Win32Error);
  assertEquals(error.code, ERROR.INVALID_PARAMETER);
  assertEquals(
    error.message,
    `Cannot listen to job "${name}" (a job has one listener): ` +
      "SetInformationJobObject failed with ERROR_INVALID_PARAMETER (87)",
  );
});

Deno.test("pollNotification: after notifications() it returns what comes from its first call on", async () => {
  using job = JobObject.create({ notifications: true, killOnClose: true });
  const iterator = job.notifications();
  const first = startChild(job, "sleepforever");
  assertEquals(await next(iterator), { type: "newProcess", pid: first.pid });
  const polled = within(job.pollNotification(), "the second child's start");
  const second = startChild(job, "sleepforever");
  assertEquals(await polled, { type: "newProcess", pid: second.pid });
  await iterator.return?.();
  job.terminate();
  await within(job.wait(), "the end");
});

Deno.test("settled: resolves after every message that has arrived", async () => {
  using job = new PostedJob();
  const iterator = job.events.notifications();
  for (let pid = 4n; pid <= 400n; pid += 4n) job.post(JOB_OBJECT_MSG.NEW_PROCESS, pid);
  await within(job.events.settled(), "all messages");
  for (let pid = 4; pid <= 400; pid += 4) {
    assertEquals(await next(iterator), { type: "newProcess", pid });
  }
  await iterator.return?.();
});

Deno.test("settled: rejects if the wait for messages fails, because some may be lost", async () => {
  using job = new PostedJob();
  using _blind = substituteKernel("GetQueuedCompletionStatusEx", () => () => 0);
  using _broken = substituteKernel(
    "GetQueuedCompletionStatusExAsync",
    () => () => Promise.resolve(0),
  );
  await within(assertRejects(() => job.events.settled(), Win32Error), "the failed wait");
});
