import { assertEquals } from "@std/assert";
import { defined } from "../../../../values/defined.ts";
import { ENDED_BY_JOBBOX } from "../../../../cli/exit_code.ts";
import { endStyle, processTree } from "../../../../cli/report/html/timeline.ts";

Deno.test("processTree puts each process under its parent, in the order of start", () => {
  const table = [
    { pid: 10, parentPid: 1, start: 0 },
    { pid: 20, parentPid: 10, start: 1 },
    { pid: 30, parentPid: 10, start: 2 },
    { pid: 21, parentPid: 20, start: 3 },
    { pid: 40, start: 4 },
  ];
  assertEquals(
    processTree(table).map(({ process, depth }) => [process.pid, depth]),
    [[10, 0], [20, 1], [21, 2], [30, 1], [40, 0]],
  );
});

Deno.test("processTree takes the latest process of an id that was used again as the parent", () => {
  const table = [
    { pid: 10, start: 0, end: 1 },
    { pid: 11, parentPid: 10, start: 0.5 },
    { pid: 10, start: 2, image: "second" },
    { pid: 12, parentPid: 10, start: 3 },
  ];
  assertEquals(
    processTree(table).map(({ process, depth }) => [process.pid, process.start, depth]),
    [[10, 0, 0], [11, 0.5, 1], [10, 2, 0], [12, 3, 1]],
  );
});

Deno.test("processTree keeps a process that is named as its own parent", () => {
  assertEquals(processTree([{ pid: 5, parentPid: 5, start: 0 }]).length, 1);
});

Deno.test("endStyle distinguishes crashes, exit codes and ends by jobbox", () => {
  const style = (code?: number): string => endStyle({ pid: 4, start: 0, ...defined({ code }) });
  assertEquals(
    [undefined, 0, 1, 0xC0000005, 0xFFFFFFFF, ENDED_BY_JOBBOX].map(style),
    ["unknown", "ok", "error", "crash", "error", "ended"],
  );
});
