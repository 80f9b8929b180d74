import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { check } from "../../../../ffi/error.ts";
import { OwnedHandle } from "../../../../ffi/handle.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { NO_IO, readIo, writeIo } from "../../../../job/limits/io_rate.ts";

function newJob(): OwnedHandle {
  const handle = kernel32.CreateJobObjectW(null, null);
  return new OwnedHandle(check(handle, "CreateJobObjectW", "Cannot make a job"), "a job");
}

Deno.test("readIo: reads a job without a rate, what writeIo wrote, and a rate that is off again", () => {
  using job = newJob();
  assertEquals(readIo(job.value), { ok: true, value: NO_IO });
  assertEquals(writeIo(job.value, { ...NO_IO, MaxIops: 7n, MaxBandwidth: 8n, ControlFlags: 1 }), 0);
  const answer = readIo(job.value);
  const { MaxIops, MaxBandwidth, VolumeName } = answer.ok ? answer.value : NO_IO;
  assertEquals([MaxIops, MaxBandwidth, VolumeName], [7n, 8n, 0n]);
  assertEquals(writeIo(job.value, NO_IO), 0);
  assertEquals(readIo(job.value), { ok: true, value: NO_IO });
});
