import { assertEquals } from "@std/assert";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import {
  decodeLimitViolation,
  decodeNotificationLimits,
  fromClass12,
  fromClass13,
  fromClass33,
  fromClass34,
  toClass12,
} from "../../../job/notifications/codec.ts";
import type { NotificationLimits } from "../../../job/notifications/notification_limits.ts";
import {
  NOTIFICATION_NAMES,
  notificationRow,
  type NotificationValues,
} from "../../../job/notifications/table.ts";

const CLASS_12 = struct(STRUCTS, "JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION");
const CLASS_13 = struct(STRUCTS, "JOBOBJECT_LIMIT_VIOLATION_INFORMATION");
const CLASS_33 = struct(STRUCTS, "JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION_2");
const CLASS_34 = struct(STRUCTS, "JOBOBJECT_LIMIT_VIOLATION_INFORMATION_2");

/** A different value for every limit, so that none can be in another one's field. */
const ALL: Required<NotificationLimits> = {
  jobMemory: 101,
  jobMemoryLow: 102,
  readBytes: 103,
  writeBytes: 104,
  jobUserTime: 0.0105,
  cpuRate: { tolerance: "low", interval: "medium" },
  ioRate: { tolerance: "medium", interval: "long" },
  netRate: { tolerance: "high", interval: "short" },
};

function none(): NotificationValues {
  return fromClass33(CLASS_33.decode(CLASS_33.allocate()));
}

function encoded(limits: NotificationLimits): NotificationValues {
  const values = none();
  for (const name of NOTIFICATION_NAMES) {
    if (limits[name] !== undefined) {
      notificationRow(name).encode(limits[name] ?? undefined, values);
    }
  }
  return values;
}

Deno.test("class 33: a different value of every limit comes back from memory", () => {
  const view = CLASS_33.encode(encoded(ALL));
  assertEquals(decodeNotificationLimits(fromClass33(CLASS_33.decode(view))), ALL);
  // Where Microsoft's header has them.
  assertEquals([view.getBigUint64(0, true), view.getBigUint64(8, true)], [103n, 104n]);
  assertEquals([view.getBigUint64(24, true), view.getBigUint64(48, true)], [101n, 102n]);
  assertEquals([view.getUint32(32, true), view.getUint32(36, true)], [1, 2]);
  assertEquals([view.getUint32(44, true), view.getUint32(56, true)], [2, 3]);
  assertEquals([view.getUint32(60, true), view.getUint32(64, true)], [3, 1]);
  assertEquals([view.getBigInt64(16, true), view.getUint32(40, true)], [105n, 0x1f8204]);
});

Deno.test("class 12: has every limit that it can hold", () => {
  const { jobMemoryLow: _low, ioRate: _io, netRate: _net, ...older } = ALL;
  const view = CLASS_12.encode(toClass12(encoded(older)));
  assertEquals(decodeNotificationLimits(fromClass12(CLASS_12.decode(view))), older);
  assertEquals(view.getUint32(40, true), 0x70204);
});

Deno.test("decodeNotificationLimits: a tolerance without values is high over a short interval", () => {
  const values = encoded({ cpuRate: {} });
  assertEquals([values.CpuRateControlTolerance, values.CpuRateControlToleranceInterval], [3, 1]);
  const unspecified = { ...none(), LimitFlags: values.LimitFlags };
  const limits = { cpuRate: { tolerance: "high", interval: "short" } } as const;
  assertEquals(decodeNotificationLimits(unspecified), limits);
});

Deno.test("encode: removing one limit leaves every other unchanged", () => {
  for (const lifted of NOTIFICATION_NAMES) {
    const values = encoded(ALL);
    notificationRow(lifted).encode(undefined, values);
    const { [lifted]: _lifted, ...rest } = ALL;
    assertEquals(decodeNotificationLimits(values), rest, lifted);
  }
});

Deno.test("class 34: every crossed limit has its limit and the measured value", () => {
  const view = CLASS_34.encode({
    LimitFlags: 0x1f8204,
    ViolationLimitFlags: 0x1f8204,
    IoReadBytes: 1n,
    IoReadBytesLimit: 2n,
    IoWriteBytes: 3n,
    IoWriteBytesLimit: 4n,
    PerJobUserTime: 50_000n,
    PerJobUserTimeLimit: 60_000n,
    JobMemory: 7n,
    JobHighMemoryLimit: 8n,
    JobLowMemoryLimit: 9n,
    CpuRateControlTolerance: 1,
    CpuRateControlToleranceLimit: 2,
    IoRateControlTolerance: 2,
    IoRateControlToleranceLimit: 3,
    NetRateControlTolerance: 3,
    NetRateControlToleranceLimit: 1,
  });
  assertEquals(decodeLimitViolation(fromClass34(CLASS_34.decode(view))), {
    violated: NOTIFICATION_NAMES,
    readBytes: { limit: 2, measured: 1 },
    writeBytes: { limit: 4, measured: 3 },
    jobUserTime: { limit: 6, measured: 5 },
    jobMemory: { limit: 8, measured: 7 },
    jobMemoryLow: { limit: 9, measured: 7 },
    cpuRate: { limit: "medium", measured: "low" },
    ioRate: { limit: "high", measured: "medium" },
    netRate: { limit: "low", measured: "high" },
  });
});

Deno.test("class 13: only crossed limits have numbers", () => {
  const view = CLASS_13.encode({
    LimitFlags: 0x30204,
    ViolationLimitFlags: 0x20200,
    IoReadBytes: 1n,
    IoWriteBytes: 3n,
    IoWriteBytesLimit: 2n,
    JobMemory: 7n,
    JobMemoryLimit: 6n,
    RateControlTolerance: 1,
  });
  assertEquals(decodeLimitViolation(fromClass13(CLASS_13.decode(view))), {
    violated: ["jobMemory", "writeBytes"],
    jobMemory: { limit: 6, measured: 7 },
    writeBytes: { limit: 2, measured: 3 },
  });
});

Deno.test("fromClass12, fromClass13: what the older classes lack is 0, and nothing else", () => {
  const ones = (size: number): DataView => new DataView(new Uint8Array(size).fill(1).buffer);
  const zeros = (values: object): string[] =>
    Object.entries(values).filter(([, value]) => Number(value) === 0).map(([name]) => name);
  assertEquals(zeros(fromClass12(CLASS_12.decode(ones(CLASS_12.size)))).toSorted(), [
    "IoRateControlTolerance",
    "IoRateControlToleranceInterval",
    "JobLowMemoryLimit",
    "NetRateControlTolerance",
    "NetRateControlToleranceInterval",
  ]);
  assertEquals(zeros(fromClass13(CLASS_13.decode(ones(CLASS_13.size)))).toSorted(), [
    "IoRateControlTolerance",
    "IoRateControlToleranceLimit",
    "JobLowMemoryLimit",
    "NetRateControlTolerance",
    "NetRateControlToleranceLimit",
  ]);
});

Deno.test("encode: a limit that is removed leaves nothing in the structure", () => {
  const values = encoded(ALL);
  for (const name of NOTIFICATION_NAMES) notificationRow(name).encode(undefined, values);
  assertEquals(values, none());
});
