import { assertEquals } from "@std/assert";
import { ProcessTable } from "../../../cli/report/process_table.ts";

Deno.test("ProcessTable lists its rows in the order of their start", () => {
  const table = new ProcessTable();
  table.started({ pid: 8 }, 5);
  table.learned({ pid: 4, start: 2 }, 9);
  assertEquals(table.list(), [{ pid: 4, start: 2 }, { pid: 8, start: 5 }]);
});

Deno.test("ProcessTable treats facts known before the reported start as the same process", () => {
  const table = new ProcessTable();
  table.learned({ pid: 8, image: "a.exe" }, 1);
  table.started({ pid: 8 }, 2);
  assertEquals(table.list(), [{ pid: 8, image: "a.exe", start: 1 }]);
  assertEquals(table.peakActive, 1);
});

Deno.test("ProcessTable makes a row for an end without a start", () => {
  const table = new ProcessTable();
  table.ended({ pid: 8, code: 3 }, 4);
  assertEquals(table.list(), [{ pid: 8, code: 3, start: 4, end: 4 }]);
});

Deno.test("ProcessTable counts the most processes at once, by rows or by the job's own count", () => {
  const table = new ProcessTable();
  table.started({ pid: 4 }, 1);
  table.started({ pid: 8 }, 2);
  table.ended({ pid: 4 }, 3);
  table.started({ pid: 12 }, 4);
  assertEquals(table.peakActive, 2);
  table.sawActive(7);
  table.sawActive(3);
  assertEquals(table.peakActive, 7);
});

Deno.test("ProcessTable never lets a process end before its start, nor start before the run", () => {
  const table = new ProcessTable();
  table.learned({ pid: 4, start: -3, end: -1 }, 0);
  assertEquals(table.list(), [{ pid: 4, start: 0, end: 0 }]);
});

Deno.test("ProcessTable counts an end that is reported twice once", () => {
  const table = new ProcessTable();
  for (const pid of [4, 8, 12]) table.started({ pid }, 1);
  table.learned({ pid: 4, end: 2 }, 2);
  table.ended({ pid: 4 }, 3);
  for (const pid of [16, 20]) table.started({ pid }, 4);
  assertEquals(table.peakActive, 4);
  table.allEnded(9);
  assertEquals(table.list().map(({ end }) => end), [2, 9, 9, 9, 9]);
});
