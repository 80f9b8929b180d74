import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { NotificationLimits } from "../../../job/notifications/notification_limits.ts";
import {
  checkNotificationLimits,
  NOTIFICATION_NAMES,
  notificationRow,
} from "../../../job/notifications/table.ts";

Deno.test("NOTIFICATION_ROWS: the flags of the classes 12 and 33, each once", () => {
  const flags = (since: number): number =>
    NOTIFICATION_NAMES.map(notificationRow).filter((row) => row.since <= since)
      .reduce((mask, row) => mask | row.flag, 0);
  assertEquals(flags(12), 0x70204);
  assertEquals(flags(33), 0x1f8204);
  const rows = NOTIFICATION_NAMES.map(notificationRow);
  assertEquals(new Set(rows.map((row) => row.flag)).size, rows.length);
  assertEquals(new Set(rows.map((row) => row.options[0].option)).size, rows.length);
  for (const [i, row] of rows.entries()) assertEquals(row.name, NOTIFICATION_NAMES[i]);
});

Deno.test("checkNotificationLimits: wrong values name field, value and range", () => {
  const bad: [object, typeof RangeError | typeof TypeError, string][] = [
    [{ jobMemory: 0 }, RangeError, "jobMemory: expected a whole number of bytes from 1"],
    [{ jobMemoryLow: -1 }, RangeError, "jobMemoryLow"],
    [{ readBytes: 1.5 }, RangeError, "readBytes"],
    [{ writeBytes: "1M" }, TypeError, `writeBytes`],
    [{ jobUserTime: 0 }, RangeError, "jobUserTime"],
    [{ jobUserTime: 0.00001 }, RangeError, "jobUserTime"],
    [{ cpuRate: "high" }, TypeError, "cpuRate: expected an object of tolerance, interval"],
    [{ cpuRate: { tolerance: "most" } }, RangeError, `"low", "medium", "high", got "most"`],
    [{ ioRate: { interval: 10 } }, TypeError, "ioRate.interval"],
    [{ netRate: { period: "long" } }, TypeError, "netRate.period"],
    [{ memory: 5 }, TypeError, "memory: there is no such notification limit, only jobMemory"],
    [[], TypeError, "expected an object"],
  ];
  for (const [limits, error, says] of bad) {
    const thrown = assertThrows(
      () => checkNotificationLimits(limits as NotificationLimits),
      error,
    );
    assertStringIncludes(thrown.message, says);
    assert(thrown.message.startsWith("Cannot set "));
  }
  checkNotificationLimits({ jobMemory: null, cpuRate: {}, netRate: { tolerance: "low" } });
});
