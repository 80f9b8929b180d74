import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { ERROR } from "../../../../ffi/constants.ts";
import { check } from "../../../../ffi/error.ts";
import { OwnedHandle } from "../../../../ffi/handle.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { processorGroups } from "../../../../job/machine.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";
import {
  narrowerGroups,
  OwnGroups,
  readGroups,
  writeGroups,
} from "../../../../job/limits/groups.ts";

function all() {
  return processorGroups().map(({ group, mask }) => ({
    Mask: mask,
    Group: group,
    Reserved: [0, 0, 0],
  }));
}

Deno.test("narrowerGroups: all processors of the machine are not a limit", () => {
  assertEquals(narrowerGroups(all()), []);
  assertEquals(narrowerGroups([]), []);
});

Deno.test("OwnGroups: all processors are a limit if they were set", () => {
  const groups = new OwnGroups();
  assertEquals(groups.limitOf(all()), []);
  groups.set = all();
  assertEquals(groups.limitOf(all()), all());
});

function newJob(): OwnedHandle {
  const handle = kernel32.CreateJobObjectW(null, null);
  return new OwnedHandle(check(handle, "CreateJobObjectW", "Cannot make a job"), "a job");
}

const ONE = [{ Mask: 1n, Group: 0, Reserved: [0, 0, 0] }];

Deno.test("writeGroups: if an empty list is refused, all processors remove the limit", () => {
  using job = newJob();
  const lengths: number[] = [];
  using _refusing = substituteKernel("SetInformationJobObject", (real) => (...args) => {
    lengths.push(args[3]);
    if (args[3] > 0) return real(...args);
    kernel32.SetLastError(ERROR.BAD_LENGTH);
    return 0;
  });
  assertEquals(writeGroups(job.value, ONE), 0);
  assertEquals(writeGroups(job.value, []), 0);
  assertEquals(lengths, [16, 0, 16]);
  const [all] = processorGroups();
  assertEquals(readGroups(job.value), {
    ok: true,
    value: [{ Mask: all!.mask, Group: 0, Reserved: [0, 0, 0] }],
  });
});
