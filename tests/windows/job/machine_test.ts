import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { realIo } from "../../../cli/terminal/real_io.ts";
import { PROCESSOR_GROUPS } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { MACHINE, machineName, processorCount, processorGroups } from "../../../job/machine.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

/** A machine with two processor groups, of which this program sees one. */
function largeMachine(): Disposable {
  return substituteKernel("GetActiveProcessorCount", () => (group) => {
    if (group === PROCESSOR_GROUPS.ALL_PROCESSOR_GROUPS) return 96;
    if (group === 0) return 64;
    if (group === 1) return 32;
    kernel32.SetLastError(87);
    return 0;
  });
}

Deno.test("processorCount: as many as the system reports to this program, on a machine with one group", () => {
  assertEquals(processorCount(), navigator.hardwareConcurrency);
});

Deno.test("processorCount: all groups, the same for limits and for the tool", () => {
  using _large = largeMachine();
  assertEquals([processorCount(), MACHINE.processors, realIo().processors()], [96, 96, 96]);
  assertEquals(processorGroups(), [
    { group: 0, mask: 0xffff_ffff_ffff_ffffn },
    { group: 1, mask: 0xffff_ffffn },
  ]);
});

Deno.test("processorCount: a count that the system does not give is an error", () => {
  using _silent = substituteKernel("GetActiveProcessorCount", () => () => {
    kernel32.SetLastError(0);
    return 0;
  });
  assertThrows(processorCount, Win32Error, "Cannot count the processors");
});

Deno.test("machineName: what the system reports, whatever the environment says", () => {
  using _fake = substituteKernel("GetComputerNameExW", () => (_kind, buffer, size) => {
    const name = "a-host-with-a-name-that-is-long";
    assertEquals((buffer as Uint16Array).length > name.length, true);
    (buffer as Uint16Array).set([...name].map((letter) => letter.charCodeAt(0)));
    (size as Uint32Array)[0] = name.length;
    return 1;
  });
  assertEquals(machineName(), "a-host-with-a-name-that-is-long");
});

Deno.test("machineName: returns a real name, which is also in the record", () => {
  const name = machineName();
  assertEquals(typeof name === "string" && /^[^\s.]+$/.test(name), true, name);
  assertEquals(realIo().machineName(), name);
});

Deno.test("machineName: a name that the system does not report is absent", () => {
  using _silent = substituteKernel("GetComputerNameExW", () => () => 0);
  assertEquals(machineName(), undefined);
});
