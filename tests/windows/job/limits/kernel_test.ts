import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { ERROR } from "../../../../ffi/constants.ts";
import { check } from "../../../../ffi/error.ts";
import { OwnedHandle } from "../../../../ffi/handle.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { noLimits, PARTS } from "../../../../job/limits/kernel.ts";
import type { LimitParts } from "../../../../job/limits/row.ts";
import { processorGroups } from "../../../../job/processors.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

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

Deno.test("PARTS: each reads what it wrote, and nothing else changes", () => {
  using job = newJob();
  const names = Object.keys(PARTS) as (keyof LimitParts)[];
  for (const name of names) assertEquals(PARTS[name].write(job.value, SET[name] as never), 0, name);
  for (const name of names) {
    const answer = PARTS[name].read(job.value);
    assert(answer.ok, name);
    if (name === "cpu") {
      const { ControlFlags, CpuRate } = answer.value as LimitParts["cpu"];
      assertEquals([ControlFlags, CpuRate], [5, 1234]);
    } else if (name === "io") {
      const { MaxIops, MaxBandwidth, ControlFlags } = answer.value as LimitParts["io"];
      assertEquals([MaxIops, MaxBandwidth, ControlFlags], [7n, 8n, 1]);
    } else if (name !== "extended") {
      assertEquals(answer.value, SET[name], name);
    }
  }
});

Deno.test("PARTS: a control that is switched off again is as in a new job", () => {
  using job = newJob();
  using fresh = newJob();
  for (const name of ["cpu", "net", "io", "groups"] as const) {
    assertEquals(PARTS[name].write(job.value, SET[name] as never), 0, name);
    assertEquals(PARTS[name].write(job.value, noLimits()[name] as never), 0, name);
    assertEquals(PARTS[name].read(job.value), PARTS[name].read(fresh.value) as never, name);
  }
});

Deno.test("PARTS.groups: where no mask at all is refused, all processors lift the limit", () => {
  using job = newJob();
  const lengths: number[] = [];
  using _refusing = substituteKernel("SetInformationJobObject", (real) => (...args) => {
    lengths.push(args[3]);
    if (args[3] > 0) return real(...args);
    kernel32.SetLastError(ERROR.BAD_LENGTH);
    return 0;
  });
  assertEquals(PARTS.groups.write(job.value, SET.groups), 0);
  assertEquals(PARTS.groups.write(job.value, []), 0);
  assertEquals(lengths, [16, 0, 16]);
  const answer = PARTS.groups.read(job.value);
  const [all] = processorGroups();
  assertEquals(answer, { ok: true, value: [{ Mask: all!.mask, Group: 0, Reserved: [0, 0, 0] }] });
});
