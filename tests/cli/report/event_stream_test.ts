import { assert, assertEquals } from "@std/assert";
import { EventStream } from "../../../cli/report/event_stream.ts";
import { SAMPLE_STATS, sampleRecord } from "../../helpers/run_record.ts";

function collect(): { stream: EventStream; writes: string[]; events: () => unknown[] } {
  const writes: string[] = [];
  return {
    stream: new EventStream((line) => writes.push(line)),
    writes,
    events: () => writes.map((line) => JSON.parse(line)),
  };
}

Deno.test("EventStream writes each event as one whole line in one write", () => {
  const { stream, writes } = collect();
  stream.event({ type: "newProcess", pid: 4 }, 1);
  stream.sample(SAMPLE_STATS, 2);
  stream.hit({ at: 3, type: "wallTime", limit: 5 });
  stream.end(sampleRecord({ verdict: "failed", error: "two\nlines" }));
  assertEquals(writes.length, 4);
  for (const line of writes) assertEquals(line.indexOf("\n"), line.length - 1);
});

Deno.test("EventStream.start writes the command and its limits", () => {
  const { stream, events } = collect();
  stream.start({
    toolVersion: "1.2.3",
    machine: { name: "worker-7", processors: 4 },
    labels: { team: "a" },
    command: { executable: "x.exe", args: ["1"], cwd: "C:\\" },
    job: { name: "j", limits: { jobMemory: 5 }, notificationLimits: {} },
    startedAt: new Date(0),
  });
  assertEquals(events(), [{
    seq: 0,
    type: "start",
    at: 0,
    schema: "urn:jobbox:event:1",
    version: 1,
    time: "1970-01-01T00:00:00.000Z",
    tool: { name: "jobbox", version: "1.2.3" },
    machine: { name: "worker-7", processors: 4 },
    labels: { team: "a" },
    command: { executable: "x.exe", args: ["1"], cwd: "C:\\" },
    job: { name: "j", limits: { jobMemory: 5 }, notificationLimits: {} },
  }]);
});

Deno.test("EventStream.event carries everything that a notification has", () => {
  const { stream, events } = collect();
  const violation = { violated: ["readBytes" as const], readBytes: { limit: 5, measured: 9 } };
  stream.event({ type: "notificationLimit", pid: 8, violation }, 12.3456);
  const unknown = { type: "unknown" as const, code: 77, value: 0x1_0000_0000n };
  stream.event(unknown, 13);
  assertEquals(events(), [
    { seq: 0, type: "notificationLimit", at: 12.346, pid: 8, violation },
    { seq: 1, type: "unknown", at: 13, code: 77, value: "0x100000000" },
  ]);
});

Deno.test("EventStream.sample gives each number its own field", () => {
  const { stream, events } = collect();
  stream.sample(SAMPLE_STATS, 100);
  assertEquals(events(), [{
    seq: 0,
    type: "sample",
    at: 100,
    memory: 48 * 1048576,
    userMs: 1200,
    kernelMs: 300,
    processes: 0,
    readBytes: 1400,
    writeBytes: 1500,
  }]);
});

Deno.test("EventStream.end writes the verdict, the limit and the codes", () => {
  const { stream, events } = collect();
  const limit = { name: "jobMemory", limit: 5, measured: 6, unit: "bytes" } as const;
  stream.end(sampleRecord({ verdict: "memory", stoppedBy: "terminate", exitCode: 137, limit }));
  assertEquals(events(), [{
    seq: 0,
    type: "end",
    at: 2000,
    time: "2026-01-02T03:04:07.000Z",
    verdict: "memory",
    limit,
    stoppedBy: "terminate",
    exitCode: 137,
    child: { pid: 100, code: 0 },
  }]);
});

Deno.test("EventStream numbers its lines, so that a missing line is noticed", () => {
  const { stream, writes } = collect();
  for (let i = 0; i < 5; i++) stream.event({ type: "newProcess", pid: 4 * i }, i);
  assert(writes.every((line, index) => line.startsWith(`{"seq":${index},`)));
});

Deno.test("EventStream writes one end for each process, with everything that is known about it", () => {
  const { stream, events } = collect();
  for (const pid of [4, 8]) stream.event({ type: "newProcess", pid }, 1);
  stream.process({ pid: 4, image: "x.exe" }, 2);
  stream.process({ pid: 4, code: 7, end: 3, user: 1 }, 5);
  stream.event({ type: "exitProcess", pid: 8 }, 6);
  stream.process({ pid: 8, code: 0, end: 4 }, 7);
  const row = { image: "x.exe", start: 1 };
  stream.end({
    ...sampleRecord(),
    processTable: [{ ...row, pid: 4, end: 3, code: 7 }, { ...row, pid: 8, end: 4, code: 0 }],
  });
  const ends = (events() as { type: string }[]).filter(({ type }) => type === "exitProcess");
  assertEquals(ends as unknown, [
    { seq: 3, type: "exitProcess", at: 5, pid: 4, code: 7, end: 3, user: 1, source: "handle" },
    { seq: 4, type: "exitProcess", at: 6, pid: 8 },
  ]);
});

Deno.test("EventStream pairs each start with an end, and gives the source of an end that was not reported", () => {
  const { stream, events } = collect();
  for (const pid of [4, 8, 12, 16, 20]) stream.event({ type: "newProcess", pid }, 1);
  stream.event({ type: "exitProcess", pid: 4 }, 2);
  stream.event({ type: "abnormalExitProcess", pid: 8 }, 3);
  // The id of one whose end was lost is another's.
  stream.event({ type: "newProcess", pid: 12 }, 4);
  const row = { image: "x.exe", start: 1 };
  stream.end({
    ...sampleRecord(),
    processTable: [
      { ...row, pid: 4, end: 2, code: 0 },
      { ...row, pid: 12, end: 9, code: 1 },
      { ...row, pid: 16, end: 10 },
      { ...row, pid: 20 },
    ],
  });
  const made = (events() as { source?: string; type: string }[]).filter(({ source }) => source);
  assertEquals(made as unknown, [
    { seq: 7, type: "exitProcess", at: 4, pid: 12, source: "id" },
    { seq: 9, type: "exitProcess", at: 2000, pid: 12, source: "handle", code: 1, end: 9 },
    { seq: 10, type: "exitProcess", at: 2000, pid: 16, source: "job" },
  ]);
});

Deno.test("EventStream: `at` never falls, whenever a process ended by the system's clock", () => {
  const { stream, events } = collect();
  for (const pid of [4, 8]) stream.event({ type: "newProcess", pid }, 1);
  stream.sample(SAMPLE_STATS, 6);
  stream.process({ pid: 4, code: 0, end: 5 }, 7);
  stream.hit({ at: 6.9, type: "wallTime", limit: 5 });
  const row = { image: "x.exe", start: 1 };
  const processTable = [{ ...row, pid: 8, end: 3, code: 0 }];
  stream.end({ ...sampleRecord({ wall: 9 }), processTable });
  const lines = events() as { type: string; at: number; end?: number }[];
  assertEquals(lines.map(({ type, at, end }) => [type, at, end]), [
    ["newProcess", 1, undefined],
    ["newProcess", 1, undefined],
    ["sample", 6, undefined],
    ["exitProcess", 7, 5],
    ["wallTime", 7, undefined],
    ["exitProcess", 9, 3],
    ["end", 9, undefined],
  ]);
});
