import "../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { check } from "../../../ffi/error.ts";
import { OwnedHandle } from "../../../ffi/handle.ts";
import { kernel32 } from "../../../ffi/library.ts";
import type { LimitParts } from "../../../job/limits/row.ts";
import { noLimits, PARTS } from "../../../job/limits/control.ts";

function newJob(): OwnedHandle {
  const handle = kernel32.CreateJobObjectW(null, null);
  return new OwnedHandle(check(handle, "CreateJobObjectW", "Cannot make a job"), "a job");
}

const SET: LimitParts = {
  ...noLimits(),
  ui: 0x12,
  endOfJobTime: 1,
  groups: [{ Mask: 1n, Group: 0, Reserved: [0, 0, 0] }],
  cpu: { ControlFlags: 5, CpuRate: 1234, Weight: 0, MinRate: 0, MaxRate: 0 },
  net: { MaxBandwidth: 99n, ControlFlags: 7, DscpTag: 5 },
  io: { ...noLimits().io, MaxIops: 7n, MaxBandwidth: 8n, ControlFlags: 1 },
};

function readAll(job: OwnedHandle): LimitParts {
  const parts = noLimits();
  for (const [name, { read }] of Object.entries(PARTS)) {
    assertEquals(read(job.value, parts), undefined, name);
  }
  return parts;
}

Deno.test("PARTS: each reads what it wrote, and nothing else changes", () => {
  using job = newJob();
  for (const [name, { write }] of Object.entries(PARTS)) {
    assertEquals(write(job.value, SET), 0, name);
  }
  const { cpu, io, extended: _, ...others } = readAll(job);
  assertEquals([cpu.ControlFlags, cpu.CpuRate], [5, 1234]);
  assertEquals([io.MaxIops, io.MaxBandwidth, io.ControlFlags], [7n, 8n, 1]);
  assertEquals<unknown>(others, {
    ui: SET.ui,
    endOfJobTime: SET.endOfJobTime,
    groups: SET.groups,
    net: SET.net,
  });
});

Deno.test("PARTS: a control that is switched off again is as in a new job", () => {
  using job = newJob();
  using fresh = newJob();
  for (const name of ["cpu", "net", "io", "groups"] as const) {
    assertEquals(PARTS[name].write(job.value, SET), 0, name);
    assertEquals(PARTS[name].write(job.value, noLimits()), 0, name);
    assertEquals(readAll(job)[name], readAll(fresh)[name], name);
  }
});
