/**
 * The cost of the job object compared with the bare calls that it makes, in the same run: a query, a
 * lifetime, and a thousand messages.
 *
 * @module
 */
import "../tests/helpers/bound_kernel.ts";
import { JOB_OBJECT_MSG, JOBOBJECTINFOCLASS, LMEM } from "../ffi/constants.ts";
import { check } from "../ffi/error.ts";
import { OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { struct } from "../ffi/struct.ts";
import { STRUCTS } from "../ffi/structs.ts";
import { JobEvents } from "../job/messages/events.ts";
import { JobObject } from "../job/job_object.ts";
import { completionPort } from "../process/io/completion_port.ts";

const LIST = struct(STRUCTS, "JOBOBJECT_BASIC_PROCESS_ID_LIST");
const ACCOUNTING = struct(STRUCTS, "JOBOBJECT_BASIC_AND_IO_ACCOUNTING_INFORMATION");
const ENTRY = struct(STRUCTS, "OVERLAPPED_ENTRY");
const PORT = struct(STRUCTS, "JOBOBJECT_ASSOCIATE_COMPLETION_PORT");

const { JobObjectBasicProcessIdList, JobObjectBasicAndIoAccountingInformation } =
  JOBOBJECTINFOCLASS;

function createHandle(): bigint {
  return check(kernel32.CreateJobObjectW(null, null), "CreateJobObjectW", "Cannot create a job");
}

// Both without a process; the module queries one, a bare call the other.
const job = JobObject.create({ killOnClose: true });
const raw = createHandle();
const ids = new DataView(new ArrayBuffer(LIST.size + 63 * 8));
const accounting = ACCOUNTING.allocate();

function queryRaw(kind: number, memory: DataView<ArrayBuffer>): void {
  const { byteLength } = memory;
  if (!kernel32.QueryInformationJobObject(raw, kind, memory, byteLength, null)) {
    throw new Error("Cannot query the job");
  }
}

Deno.bench("QueryInformationJobObject, ids", { group: "pids", baseline: true }, () => {
  queryRaw(JobObjectBasicProcessIdList, ids);
});

Deno.bench("JobObject.pids", { group: "pids" }, () => {
  job.pids();
});

Deno.bench("QueryInformationJobObject, accounting", { group: "stats", baseline: true }, () => {
  queryRaw(JobObjectBasicAndIoAccountingInformation, accounting);
});

Deno.bench("JobObject.stats", { group: "stats" }, () => {
  job.stats();
});

Deno.bench("CreateJobObjectW, CloseHandle", { group: "life", baseline: true }, () => {
  kernel32.CloseHandle(createHandle());
});

Deno.bench("… and its completion port", { group: "life" }, () => {
  const handle = createHandle();
  kernel32.SetInformationJobObject(
    handle,
    JOBOBJECTINFOCLASS.JobObjectAssociateCompletionPortInformation,
    PORT.encode({ CompletionKey: 0xffff_ffffn, CompletionPort: completionPort.handle }),
    PORT.size,
  );
  kernel32.CloseHandle(handle);
});

Deno.bench("JobObject.create, close", { group: "life" }, () => {
  JobObject.create().close();
});

Deno.bench("JobObject.create with notifications and killOnClose, close", { group: "life" }, () => {
  JobObject.create({ notifications: true, killOnClose: true }).close();
});

const MESSAGES = 1_000;
const BATCH = 128;

function post(port: bigint, key: bigint): void {
  for (let i = 0; i < MESSAGES; i++) {
    kernel32.PostQueuedCompletionStatus(port, JOB_OBJECT_MSG.NEW_PROCESS, key, BigInt(4 * i));
  }
}

const bare = kernel32.CreateIoCompletionPort(0xffff_ffff_ffff_ffffn, 0n, 0n, 0);
const entries = kernel32.LocalAlloc(LMEM.FIXED, BigInt(ENTRY.size * BATCH + 8));
const counted = entries + BigInt(ENTRY.size * BATCH);
const count = new Uint32Array(1);

Deno.bench("1000 messages: dequeued in batches", { group: "messages", baseline: true }, (b) => {
  post(bare, 1n);
  b.start();
  for (let taken = 0; taken < MESSAGES; taken += count[0]!) {
    kernel32.GetQueuedCompletionStatusEx(bare, entries, BATCH, counted, 0, 0);
    kernel32.RtlMoveMemory(count, counted, 4n);
  }
  b.end();
});

const handle = new OwnedHandle(createHandle(), "the benchmark's job");
const events = new JobEvents({
  handle: () => handle.value,
  label: "the benchmark's job",
  violation: () => ({ violated: [] }),
  accounting: () => ({ ActiveProcesses: 0, TotalProcesses: 0 }),
  told: () => {},
  hear: () => {},
});
events.listen();
const iterator = events.notifications();

Deno.bench("1000 messages: notifications()", { group: "messages" }, async (b) => {
  post(completionPort.handle, events.key!);
  b.start();
  for (let i = 0; i < MESSAGES; i++) await iterator.next();
  b.end();
});

Deno.bench("1000 messages: each posted when it is waited for", { group: "messages" }, async (b) => {
  b.start();
  for (let i = 0; i < MESSAGES; i++) {
    const next = iterator.next();
    kernel32.PostQueuedCompletionStatus(
      completionPort.handle,
      JOB_OBJECT_MSG.NEW_PROCESS,
      events.key!,
      BigInt(4 * i),
    );
    await next;
  }
  b.end();
});
