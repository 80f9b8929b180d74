import { assertEquals } from "@std/assert";
import { reachedLimits } from "../../../cli/report/reached_limits.ts";
import { sampleRecorder } from "../../helpers/run_record.ts";

const OUTCOME = { verdict: "exited", exitCode: 0, endedAt: new Date(0), wall: 1 } as const;

Deno.test("reachedLimits: each limit once, with its option, its value and how often", () => {
  const recorder = sampleRecorder();
  for (let count = 0; count < 3; count++) recorder.event({ type: "jobMemoryLimit", pid: 4 }, 1);
  recorder.event({ type: "activeProcessLimit" }, 2);
  recorder.event({ type: "endOfProcessTime", pid: 4 }, 3);
  const violation = { violated: ["readBytes" as const], readBytes: { limit: 1, measured: 2 } };
  for (let count = 0; count < 2; count++) {
    recorder.event({ type: "notificationLimit", pid: 4, violation }, 4);
  }
  recorder.hit({ at: 5, type: "wallTime" });
  assertEquals(reachedLimits(recorder.finish(OUTCOME)), [
    { option: "--memory", text: "memory limit, 64 MiB", count: 3 },
    { option: "--processes", text: "process limit of 8", count: 1 },
    {
      option: "--process-cpu-time",
      text: "CPU time limit of a process of an outer job",
      count: 1,
    },
    { option: "--notify-read", text: "soft limit", count: 2 },
  ]);
});

Deno.test("reachedLimits: none if nothing was reached", () => {
  assertEquals(reachedLimits(sampleRecorder().finish(OUTCOME)), []);
});
