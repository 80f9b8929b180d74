import { assertEquals, assertStringIncludes } from "@std/assert";
import { addToMetrics, metricsFiles, metricsPath } from "../../../cli/run/metrics.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { readPrometheus } from "../../helpers/prometheus_text.ts";
import { sampleRecord } from "../../helpers/run_record.ts";

const PATH = "D:\\sums\\jobbox.prom";

function runs(io: FakeIo): number | undefined {
  return readPrometheus(io.files.get(PATH)!).samples.find(({ labels }) =>
    labels["verdict"] === "exited"
  )?.value;
}

Deno.test("metricsPath: is one file in the folder, however the folder is written", () => {
  for (const folder of ["D:\\sums", "D:\\sums\\"]) assertEquals(metricsPath(folder), PATH);
  assertEquals(metricsPath("sums/"), "sums/jobbox.prom");
  assertEquals(metricsPath("C:"), "C:jobbox.prom");
});

Deno.test("metricsFiles: lists all files that a run writes there", () => {
  assertEquals(metricsFiles("D:\\sums"), [
    { path: PATH, use: "sum" },
    { path: `${PATH}.lock`, use: "lock" },
    { path: `${PATH}.new`, use: "draft" },
  ]);
});

Deno.test("addToMetrics: adds one run after another, without a message", async () => {
  const io = new FakeIo();
  for (let at = 1; at <= 3; at++) {
    assertEquals(await addToMetrics(sampleRecord(), "D:\\sums", io), undefined);
    assertEquals(runs(io), at);
  }
});

Deno.test("addToMetrics: an incomplete file is set aside and reported", async () => {
  const io = new FakeIo();
  await addToMetrics(sampleRecord(), "D:\\sums", io);
  const torn = io.files.get(PATH)!.slice(0, 500);
  io.files.set(PATH, torn);
  const message = await addToMetrics(sampleRecord(), "D:\\sums", io);
  assertStringIncludes(message!, "Cannot read the metrics in");
  assertStringIncludes(message!, `${PATH}.bad`);
  assertEquals([io.files.get(`${PATH}.bad`), runs(io)], [torn, 1]);
});

Deno.test("addToMetrics: a failure to write is reported, not thrown", async () => {
  const io = new FakeIo();
  io.badFiles.set(PATH, new Error("Access is denied. (os error 5): open 'D:\\sums'"));
  assertEquals(
    await addToMetrics(sampleRecord(), "D:\\sums", io),
    `Cannot add the run to the metrics in "${PATH}": Access is denied. (os error 5)`,
  );
});
