import { assert, assertEquals } from "@std/assert";
import { EXIT_CODES } from "../../../cli/exit_code.ts";
import type { EventLines } from "../../../cli/report/event_line.ts";
import { EVENT_SCHEMA, EventStream } from "../../../cli/report/event_stream.ts";
import { RUN_RECORD_SCHEMA, type RunRecord } from "../../../cli/report/record.ts";
import { assertType, type IsExact } from "@std/testing/types";
import eventSchema from "../../../schemas/event.schema.json" with { type: "json" };
import recordSchema from "../../../schemas/run-record.schema.json" with { type: "json" };
import { JOB_OBJECT_MSG } from "../../../ffi/constants.ts";
import { schemaFaults } from "../../helpers/json_schema.ts";
import { SAMPLE_STATS, sampleRecord, sampleRecorder } from "../../helpers/run_record.ts";

const FULL = sampleRecord({
  verdict: "memory",
  stoppedBy: "terminate",
  exitCode: 137,
  child: { pid: 100, code: 0xC0000005 },
  limit: { name: "jobMemory", limit: 64 * 1048576, measured: 65.5 * 1048576, unit: "bytes" },
  output: { stdoutBytes: 5, stderrBytes: 6 },
  limitChanges: [{ name: "jobMemory", kind: "hard", change: "changed", before: 1, after: 2 }],
  isolation: {
    asked: { integrity: "low" },
    restrictions: [{ row: "integrity", asked: "low", readBack: "low", shown: "closed" }],
    refused: { row: "integrity", asked: "low", readBack: "high", gate: "by a trial" },
    left: ["Cannot delete it"],
  },
  error: "none",
});

/** Every path of properties in a value, with the value at it. */
function* paths(value: unknown, before: string[] = []): Generator<string[]> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    yield [...before, key];
    yield* paths(child, [...before, key]);
  }
}

/** A copy of a value in which one place holds something else. */
function changed(value: unknown, [key, ...rest]: string[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  Reflect.set(copy, key, changed(Reflect.get(copy, key), rest, replacement));
  return copy;
}

Deno.test("run-record.schema.json accepts a record with every property, as JSON", () => {
  assertEquals(schemaFaults(JSON.parse(JSON.stringify(FULL)), recordSchema), []);
  assertEquals(recordSchema.$id, RUN_RECORD_SCHEMA);
});

Deno.test("run-record.schema.json accepts a minimal record", () => {
  const record = sampleRecorder().finish({
    verdict: "notFound",
    exitCode: 127,
    endedAt: new Date(0),
    wall: 0,
  });
  assertEquals(schemaFaults(record, recordSchema), []);
});

Deno.test("run-record.schema.json has every verdict of the exit codes and no other", () => {
  assertEquals(
    [...recordSchema.properties.verdict.enum].sort(),
    EXIT_CODES.flatMap(({ verdicts }) => verdicts).sort(),
  );
});

Deno.test("run-record.schema.json and RunRecord have the same properties, as the compiler sees them", () => {
  type Schema = typeof recordSchema.properties;
  assertType<IsExact<keyof Schema, keyof RunRecord>>(true);
  assertType<IsExact<keyof Schema["tool"]["properties"], keyof NonNullable<RunRecord["tool"]>>>(
    true,
  );
  assertType<
    IsExact<keyof Schema["machine"]["properties"], keyof NonNullable<RunRecord["machine"]>>
  >(true);
  assertType<
    IsExact<keyof Schema["command"]["properties"], keyof NonNullable<RunRecord["command"]>>
  >(true);
  assertType<IsExact<keyof Schema["job"]["properties"], keyof NonNullable<RunRecord["job"]>>>(true);
  assertType<IsExact<keyof Schema["limit"]["properties"], keyof NonNullable<RunRecord["limit"]>>>(
    true,
  );
  assertType<IsExact<keyof Schema["child"]["properties"], keyof NonNullable<RunRecord["child"]>>>(
    true,
  );
  assertType<IsExact<keyof Schema["times"]["properties"], keyof NonNullable<RunRecord["times"]>>>(
    true,
  );
  assertType<IsExact<keyof Schema["memory"]["properties"], keyof NonNullable<RunRecord["memory"]>>>(
    true,
  );
  assertType<IsExact<keyof Schema["io"]["properties"], keyof NonNullable<RunRecord["io"]>>>(true);
  assertType<
    IsExact<keyof Schema["processes"]["properties"], keyof NonNullable<RunRecord["processes"]>>
  >(true);
  assertType<IsExact<keyof Schema["output"]["properties"], keyof NonNullable<RunRecord["output"]>>>(
    true,
  );
  assertType<
    IsExact<
      keyof Schema["limitChanges"]["items"]["properties"],
      keyof NonNullable<RunRecord["limitChanges"]>[number]
    >
  >(true);
  assertType<
    IsExact<
      keyof Schema["processTable"]["items"]["properties"],
      keyof NonNullable<RunRecord["processTable"]>[number]
    >
  >(true);
  assertType<
    IsExact<
      keyof Schema["limitHits"]["items"]["properties"],
      keyof NonNullable<RunRecord["limitHits"]>[number]
    >
  >(true);
  assertType<
    IsExact<
      keyof Schema["samples"]["items"]["properties"],
      keyof NonNullable<RunRecord["samples"]>[number]
    >
  >(true);
});

Deno.test("run-record.schema.json has every property of a full record and no other", () => {
  assertEquals(Object.keys(recordSchema.properties).sort(), Object.keys(FULL).sort());
});

Deno.test("run-record.schema.json refuses a wrong value at every place", () => {
  let count = 0;
  for (const path of paths(JSON.parse(JSON.stringify(FULL)))) {
    // What limits are set is free: the programming interface says it.
    if (path[0] === "job" && path.length > 2) continue;
    if (path[0] === "isolation" && path[1] === "asked" && path.length > 2) continue;
    if (path[0] === "limitChanges" && ["before", "after"].includes(path[2]!)) continue;
    const wrong = changed(FULL, path, [true]);
    assert(schemaFaults(wrong, recordSchema).length > 0, path.join("."));
    count++;
  }
  assert(count > 100);
});

Deno.test("run-record.schema.json refuses a property that it does not know", () => {
  assertEquals(schemaFaults({ ...FULL, extra: 1 }, recordSchema), [
    "/ must NOT have additional properties (extra)",
  ]);
  const { exitCode: _, ...rest } = FULL;
  assertEquals(schemaFaults(rest, recordSchema), [
    "/ must have required property 'exitCode' (exitCode)",
  ]);
});

/** The name that a message has as a notification. */
function notificationName(constant: string): string {
  return constant.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

Deno.test("event.schema.json accepts every line that EventStream writes", () => {
  const lines: string[] = [];
  const stream = new EventStream((line) => lines.push(line));
  stream.start({
    toolVersion: "1",
    machine: FULL.machine,
    labels: FULL.labels,
    command: FULL.command,
    job: FULL.job,
    startedAt: new Date(0),
  });
  stream.sample(SAMPLE_STATS, 1);
  const violation = { violated: ["jobMemory" as const], jobMemory: { limit: 1, measured: 2 } };
  stream.event({ type: "newProcess", pid: 4 }, 1, { pid: 4, image: "x.exe", commandLine: "x 1" });
  stream.process({ pid: 4, parentPid: 3 }, 1);
  stream.event({ type: "exitProcess", pid: 4 }, 2, {
    ...{ pid: 4, code: 0, end: 2, user: 1, kernel: 1, peakMemory: 4096 },
  });
  stream.event({ type: "notificationLimit", pid: 4, violation }, 2);
  stream.event({ type: "newProcess", pid: 8 }, 2);
  stream.process({ pid: 8, code: 0, end: 2, user: 1, kernel: 1, peakMemory: 4096 }, 2);
  const unknown = { type: "unknown" as const, code: 99, value: 5n };
  stream.event(unknown, 2);
  stream.hit({ at: 3, type: "wallTime", limit: 5, measured: 6 });
  stream.end(FULL);
  for (const line of lines) assertEquals(schemaFaults(JSON.parse(line), eventSchema), [], line);
  assertEquals(lines.length, 11);
  assert(JSON.stringify(eventSchema).includes(EVENT_SCHEMA));
});

Deno.test("event.schema.json and EventLines have the same properties, as the compiler sees them", () => {
  type Schema = typeof eventSchema.oneOf[number]["properties"];
  // The compiler gives each kind of line the other kinds' properties, as absent ones.
  type Present<P> = { [K in keyof P]-?: undefined extends P[K] ? never : K }[keyof P];
  type Of<K extends string> = Exclude<
    Present<Extract<Schema, Record<K, object>>>,
    "seq" | "type" | "at"
  >;
  assertType<IsExact<Of<"tool">, keyof EventLines["start"]>>(true);
  assertType<IsExact<Of<"userMs">, keyof EventLines["sample"]>>(true);
  assertType<IsExact<Of<"source">, keyof EventLines["process"]>>(true);
  assertType<IsExact<Of<"violation">, keyof EventLines["notificationLimit"]>>(true);
  assertType<IsExact<Of<"value">, keyof EventLines["unknown"]>>(true);
  assertType<IsExact<Of<"measured">, keyof EventLines["hit"]>>(true);
  assertType<IsExact<Of<"exitCode">, keyof EventLines["end"]>>(true);
  type Start = Extract<Schema, Record<"tool", object>>;
  type End = Extract<Schema, Record<"exitCode", object>>;
  assertType<IsExact<keyof Start["tool"]["properties"], keyof EventLines["start"]["tool"]>>(true);
  assertType<IsExact<keyof Start["machine"]["properties"], keyof RunRecord["machine"]>>(true);
  assertType<IsExact<keyof Start["command"]["properties"], keyof RunRecord["command"]>>(true);
  assertType<IsExact<keyof Start["job"]["properties"], keyof RunRecord["job"]>>(true);
  assertType<IsExact<keyof End["child"]["properties"], keyof RunRecord["child"]>>(true);
  assertType<
    IsExact<keyof End["limit"]["properties"], keyof NonNullable<RunRecord["limit"]>>
  >(true);
});

Deno.test("event.schema.json has every message of the kernel", () => {
  const names = Object.keys(JOB_OBJECT_MSG)
    .filter((name) => !["MINIMUM", "MAXIMUM"].includes(name)).map(notificationName);
  assert(names.includes("newProcess"));
  const known = new Set(
    eventSchema.oneOf.flatMap(({ properties: { type } }) =>
      "enum" in type ? type.enum : [type.const]
    ),
  );
  for (const name of names) assert(known.has(name), name);
});

Deno.test("event.schema.json refuses an unknown type and a process without its id", () => {
  for (const wrong of [{ type: "other" }, { type: "newProcess" }, { type: "sample" }]) {
    const faults = schemaFaults({ seq: 0, at: 1, ...wrong }, eventSchema);
    assertEquals(faults.at(-1), "/ must match exactly one schema in oneOf");
  }
});
