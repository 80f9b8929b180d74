import { assertEquals } from "@std/assert";
import { kernelReason, reasonOf } from "../../../cli/run/end_reason.ts";
import type {
  LimitViolation,
  NotificationLimitName,
} from "../../../job/notifications/notification_limits.ts";
import { ENDED_BY_JOBBOX } from "../../../cli/exit_code.ts";
import type { FinalStats } from "../../../cli/report/recorder.ts";

function stats(userTime: number): FinalStats {
  return {
    userTime,
    kernelTime: 0,
    pageFaults: 0,
    processes: { total: 4, active: 3, terminated: 1 },
    memory: { current: 1, peak: 2 },
  };
}

Deno.test("reasonOf: a limit is named with its value and what was measured", () => {
  const read = (): FinalStats => stats(1010);
  assertEquals(
    reasonOf({ type: "jobMemoryLimit", pid: 4 }, { jobMemory: 2 }, { readStats: read }),
    {
      verdict: "memory",
      limit: { name: "jobMemory", limit: 2, measured: 2, unit: "bytes" },
    },
  );
  assertEquals(
    reasonOf({ type: "processMemoryLimit", pid: 4 }, { processMemory: 2 }, { readStats: read }),
    {
      verdict: "memory",
      limit: { name: "processMemory", limit: 2, unit: "bytes" },
    },
  );
  assertEquals(
    reasonOf({ type: "activeProcessLimit" }, { activeProcesses: 3 }, { readStats: read }),
    {
      verdict: "processes",
      limit: { name: "activeProcesses", limit: 3, measured: 3, unit: "processes" },
    },
  );
  assertEquals(reasonOf({ type: "endOfJobTime" }, { jobUserTime: 1000 }, { readStats: read }), {
    verdict: "cpuTime",
    limit: { name: "jobUserTime", limit: 1000, measured: 1010, unit: "ms" },
  });
});

Deno.test("reasonOf: a limit of an outer job has no value", () => {
  assertEquals(reasonOf({ type: "jobMemoryLimit", pid: 4 }, {}, { readStats: () => stats(0) }), {
    verdict: "memory",
  });
});

Deno.test("reasonOf: a soft limit is named in its own unit", () => {
  const soft = (name: NotificationLimitName, limit: number | string): unknown => {
    const violation = {
      violated: [name],
      [name]: { limit, measured: limit },
    } as unknown as LimitViolation;
    return reasonOf({ type: "notificationLimit", pid: 4, violation }, {}, {
      readStats: () => stats(0),
    })?.limit
      ?.unit;
  };
  assertEquals(soft("writeBytes", 5), "bytes");
  assertEquals(soft("jobUserTime", 5), "ms");
  assertEquals(soft("cpuRate", "high"), "tolerance");
});

Deno.test("reasonOf: other notifications are not a reason, and query no statistics", () => {
  const never = (): FinalStats => {
    throw new Error("read the statistics");
  };
  for (const type of ["newProcess", "exitProcess", "abnormalExitProcess"] as const) {
    assertEquals(reasonOf({ type, pid: 4 }, { jobMemory: 1 }, { readStats: never }), undefined);
  }
  assertEquals(reasonOf({ type: "activeProcessZero" }, {}, { readStats: never }), undefined);
});

Deno.test("kernelReason: the limit that the command's status names, or the time limit that is used up", () => {
  const limit = "jobUserTime";
  assertEquals(kernelReason({ code: 1816, limit }, { jobUserTime: 1000 }, stats(950))?.limit, {
    name: "jobUserTime",
    limit: 1000,
    measured: 950,
    unit: "ms",
  });
  assertEquals(kernelReason({ code: 1 }, { jobUserTime: 1000 }, stats(950)), undefined);
  assertEquals(kernelReason({ code: 1816 }, { jobUserTime: 2000 }, stats(950)), undefined);
  assertEquals(kernelReason({ code: 1816 }, {}, stats(950)), undefined);
  assertEquals(kernelReason({ code: undefined }, { jobUserTime: 1000 }, stats(950)), undefined);
});

Deno.test("kernelReason: a tree that used up the job's time ended there, whatever the command's code", () => {
  const end = { code: 0 };
  assertEquals(kernelReason(end, { jobUserTime: 1000 }, stats(1001))?.verdict, "cpuTime");
  const posts = { jobUserTime: 1000, endOfJobTime: "post" } as const;
  assertEquals(kernelReason(end, posts, stats(1001)), undefined);
});

Deno.test("kernelReason: a message about the end of the command's own time is enough", () => {
  const end = { code: 1816, limit: "processUserTime" } as const;
  assertEquals(kernelReason(end, { processUserTime: 5 }, undefined), {
    verdict: "cpuTime",
    limit: { name: "processUserTime", limit: 5, unit: "ms" },
  });
});

Deno.test("kernelReason: a command that did not end by itself is not a success, even with code 0", () => {
  for (const endedBy of ["terminate", "close"] as const) {
    assertEquals(kernelReason({ code: 0, endedBy }, {}, undefined), { verdict: "killed" });
  }
  const { verdict, error } = kernelReason({ code: 0, endedBy: "unknown" }, {}, undefined)!;
  assertEquals([verdict, error?.startsWith("It is not known how")], ["failed", true]);
  for (const endedBy of ["itself", "asked"] as const) {
    assertEquals(kernelReason({ code: 0, endedBy }, {}, undefined), undefined);
  }
});

Deno.test("kernelReason: a command that another jobbox ended was killed", () => {
  assertEquals(kernelReason({ code: ENDED_BY_JOBBOX }, {}, undefined), { verdict: "killed" });
});

Deno.test("reasonOf: a soft limit whose numbers are not known is a reason without a limit", () => {
  for (const violated of [[], ["jobMemory"]] as const) {
    const violation = { violated } as unknown as LimitViolation;
    const event = { type: "notificationLimit", pid: 4, violation } as const;
    assertEquals(reasonOf(event, {}, { readStats: () => stats(0) }), { verdict: "notification" });
  }
});
