import { assertEquals, assertMatch } from "@std/assert";
import { renderMeta } from "../../../cli/report/meta.ts";
import { EXIT_CODES } from "../../../cli/exit_code.ts";
import type { EndedBy } from "../../../process/exit/ended_by.ts";
import type { RunRecord } from "../../../cli/report/record.ts";
import { sampleRecord } from "../../helpers/run_record.ts";

/** Reads meta lines as a judge's front end would: at the first colon. */
function parse(text: string): Record<string, string> {
  return Object.fromEntries(
    text.trimEnd().split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
  );
}

Deno.test("renderMeta gives an exit with 0 no status", () => {
  assertEquals(parse(renderMeta(sampleRecord())), {
    "cg-mem": "66560",
    exitcode: "0",
    "label-build": "1234",
    "limits-reached": "memory",
    machine: "worker-7",
    "max-rss": "41984",
    time: "1.500",
    "time-wall": "2.000",
  });
});

Deno.test("renderMeta calls another exit code a run-time error", () => {
  const meta = parse(renderMeta(sampleRecord({ child: { pid: 100, code: 3 } })));
  assertEquals([meta["status"], meta["exitcode"], meta["killed"]], ["RE", "3", undefined]);
});

Deno.test("renderMeta marks a command that was ended as killed, also with code 0", () => {
  const render = (endedBy: EndedBy): Record<string, string> =>
    parse(renderMeta(sampleRecord({ child: { pid: 100, code: 0, endedBy } })));
  for (const endedBy of ["close", "terminate", "limit", "unknown"] as const) {
    const meta = render(endedBy);
    assertEquals([meta["status"], meta["killed"], meta["exitcode"]], ["SG", "1", undefined]);
  }
  assertEquals(render("itself")["exitcode"], "0");
});

Deno.test("renderMeta gives an exception the matching signal and no exit code", () => {
  const cases = [[0xC0000005, "11"], [0xC0000094, "8"], [0xC0000374, "6"]] as const;
  for (const [code, signal] of cases) {
    const meta = parse(renderMeta(sampleRecord({ child: { pid: 100, code } })));
    assertEquals([meta["status"], meta["exitsig"], meta["exitcode"]], ["SG", signal, undefined]);
  }
});

Deno.test("renderMeta writes for each verdict of jobbox what isolate would", () => {
  const expected = {
    timeout: "TO",
    cpuTime: "TO",
    memory: "SG",
    processes: "SG",
    outputSize: "SG",
    notification: "SG",
    killed: "SG",
    interrupted: "XX",
    notFound: "XX",
    cannotExecute: "XX",
    failed: "XX",
  };
  for (const verdict of EXIT_CODES.flatMap(({ verdicts }) => verdicts)) {
    if (verdict === "exited") continue;
    const meta = parse(renderMeta(sampleRecord({ verdict })));
    assertEquals(meta["status"], expected[verdict], verdict);
    assertEquals(meta["killed"], expected[verdict] === "XX" ? undefined : "1", verdict);
    assertEquals(meta["cg-oom-killed"], verdict === "memory" ? "1" : undefined, verdict);
  }
});

Deno.test("renderMeta writes one line for each key even if the error has several lines", () => {
  const text = renderMeta(sampleRecord({ verdict: "failed", error: "one\r\ntime:0\nstatus:OK" }));
  assertMatch(text, /^([a-z-]+:[^\r\n]*\n)+$/);
  assertEquals(parse(text)["status"], "XX");
  assertEquals(parse(text)["time"], "1.500");
});

Deno.test("renderMeta names the reached limits, and has no key if there were none", () => {
  const record = (limitHitCounts: Record<string, number>): RunRecord => ({
    ...sampleRecord(),
    limitHitCounts,
  });
  const meta = (counts: Record<string, number>): string | undefined =>
    parse(renderMeta(record(counts)))["limits-reached"];
  assertEquals(meta({ jobMemoryLimit: 3, activeProcessLimit: 1 }), "memory,processes");
  assertEquals(meta({}), undefined);
});

Deno.test("renderMeta: a label is one line, whatever it contains", () => {
  const hostile = "a\r\nstatus:OK\u2028b\u001b[2J\u202e";
  const labels = { "build.id": hostile, empty: "" };
  const meta = parse(renderMeta({ ...sampleRecord(), labels }));
  assertEquals(meta["label-build.id"], "a status:OK\\u2028b\\u001b[2J\\u202e");
  assertEquals([meta["label-empty"], meta["status"]], ["", undefined]);
});

Deno.test("renderMeta leaves out unknown memory", () => {
  const record = { ...sampleRecord(), memory: {}, machine: { processors: 1 }, labels: {} };
  assertEquals(Object.keys(parse(renderMeta(record))), [
    "exitcode",
    "limits-reached",
    "time",
    "time-wall",
  ]);
});
