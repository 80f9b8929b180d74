import { assertEquals } from "@std/assert";
import { changeSentence, limitChanges } from "../../../cli/report/limit_changes.ts";

Deno.test("limitChanges: unchanged limits are left out", () => {
  const standing = { hard: { jobMemory: 5, cpu: { hardCap: 50 } }, soft: { readBytes: 1 } };
  assertEquals(limitChanges(standing, structuredClone(standing)), []);
});

Deno.test("limitChanges: removed, changed and new limits, with before and after", () => {
  const before = { hard: { jobMemory: 64, activeProcesses: 5 }, soft: { readBytes: 1 } };
  const after = { hard: { activeProcesses: 9, cpu: { weight: 2 } }, soft: { readBytes: 1 } };
  assertEquals(limitChanges(before, after), [
    { name: "jobMemory", kind: "hard", change: "lifted", before: 64 },
    { name: "activeProcesses", kind: "hard", change: "changed", before: 5, after: 9 },
    { name: "cpu", kind: "hard", change: "set", after: { weight: 2 } },
  ]);
});

Deno.test("limitChanges: a limit that cannot be read at the end is unknown, not unchanged", () => {
  const before = { hard: { jobMemory: 64 }, soft: { readBytes: 1 } };
  assertEquals(limitChanges(before, { hard: undefined, soft: {} }), [
    { name: "jobMemory", kind: "hard", change: "unknown", before: 64 },
    { name: "readBytes", kind: "soft", change: "lifted", before: 1 },
  ]);
  assertEquals(limitChanges({ hard: undefined, soft: undefined }, before), []);
});

Deno.test("limitChanges: a part that cannot be read makes its own limits unknown, and no others", () => {
  const before = { hard: { jobMemory: 64, cpu: { weight: 2 }, ioIops: 5 }, soft: {} };
  const after = { hard: { jobMemory: 64 }, soft: {}, unknown: ["cpu", "dscp"] };
  assertEquals(limitChanges(before, after), [
    { name: "cpu", kind: "hard", change: "unknown", before: { weight: 2 } },
    { name: "ioIops", kind: "hard", change: "lifted", before: 5 },
  ]);
  assertEquals(limitChanges(after, { ...before, hard: { jobMemory: 64, cpu: { weight: 2 } } }), []);
});

Deno.test("changeSentence describes a change in words", () => {
  const kind = "hard";
  const [before, after] = [64 * 1048576, 128 * 1048576];
  const name = "jobMemory";
  assertEquals(
    [
      changeSentence({ name, kind, change: "lifted", before }),
      changeSentence({ name, kind, change: "changed", before, after }),
      changeSentence({ name, kind: "soft", change: "set", after }),
      changeSentence({ name, kind, change: "unknown", before }),
      changeSentence({ name: "activeProcesses", kind, change: "set", after: 10 }),
    ],
    [
      "The job memory limit of 64 MiB was removed during the run",
      "The job memory limit of 64 MiB was changed to 128 MiB during the run",
      "A soft job memory limit of 128 MiB was set during the run",
      "Whether the job memory limit of 64 MiB was still set at the end is unknown",
      "An active processes limit of 10 was set during the run",
    ],
  );
});
