import { assert, assertEquals, assertThrows } from "@std/assert";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import {
  checkCpuLimit,
  cpuFields,
  type CpuLimit,
  decodeCpuLimit,
  encodeCpuLimit,
} from "../../../job/limits/cpu_limit.ts";
import { randomLimit } from "../../helpers/limit_values.ts";
import { Random } from "../../helpers/random.ts";

const CPU = struct(STRUCTS, "JOBOBJECT_CPU_RATE_CONTROL_INFORMATION");
const MACHINE = { processors: 3 };

function wire(limit: CpuLimit | undefined): [flags: number, value: number] {
  const view = CPU.encode(encodeCpuLimit(limit, MACHINE));
  return [view.getUint32(0, true), view.getUint32(4, true)];
}

/** What Windows takes; written from Microsoft's page, not from the encoder. */
function isValid([flags, value]: [number, number]): boolean {
  const mode = flags & 0x16;
  if (flags === 0) return value === 0;
  if ((flags & 1) === 0 || (flags & ~0x1f) !== 0) return false;
  if (mode === 0x2) return value >= 1 && value <= 9;
  if (mode === 0x10) return (value & 0xffff) <= value >>> 16 && value >>> 16 <= 10_000;
  return (mode === 0 || mode === 0x4) && value >= 1 && value <= 10_000;
}

Deno.test("encodeCpuLimit: each way gives the flags and the value of Microsoft's documentation", () => {
  assertEquals(wire({ hardCap: 25 }), [0x5, 2500]);
  assertEquals(wire({ softCap: 25 }), [0x1, 2500]);
  assertEquals(wire({ weight: 9 }), [0x3, 9]);
  assertEquals(wire({ min: 10, max: 20 }), [0x11, (2000 << 16) | 1000]);
  assertEquals(wire({ min: 0, max: 0.01 }), [0x11, 1 << 16]);
  assertEquals(wire({ weight: 1, notify: true }), [0xb, 1]);
  assertEquals(wire({ hardCap: 100, notify: false }), [0x5, 10_000]);
  assertEquals(wire(undefined), [0, 0]);
});

Deno.test("encodeCpuLimit: processors become a share of the machine, rounded down", () => {
  assertEquals(wire({ hardCapCpus: 3 }), [0x5, 10_000]);
  assertEquals(wire({ hardCapCpus: 1 }), [0x5, 3333]);
  assertEquals(wire({ hardCapCpus: 1.5 }), [0x5, 5000]);
  assertEquals(wire({ hardCapCpus: 0.0003 }), [0x5, 1]);
});

Deno.test("encodeCpuLimit: any way after any other is a valid pair and comes back as it was", () => {
  const random = new Random(5);
  const view = CPU.allocate();
  for (let step = 0; step < 5000; step++) {
    const limit = random.int(5) === 0 ? undefined : randomLimit("cpu", random, MACHINE) as CpuLimit;
    CPU.encode(encodeCpuLimit(limit, MACHINE), view);
    assert(isValid([view.getUint32(0, true), view.getUint32(4, true)]), JSON.stringify(limit));
    const control = CPU.decode(view);
    assertEquals(decodeCpuLimit(control), limit);
    const again = CPU.encode(cpuFields(control));
    assertEquals(new Uint8Array(again.buffer), new Uint8Array(view.buffer));
  }
});

Deno.test("isValid, this test's own check, refuses what older bindings sent to the kernel", () => {
  assertEquals(isValid([0x7, 2500]), false);
  assertEquals(isValid([0x3, 2500]), false);
  assertEquals(isValid([0x4, 2500]), false);
  assertEquals(isValid([0x5, 0]), false);
  assertEquals(isValid([0x11, (1000 << 16) | 2000]), false);
});

Deno.test("checkCpuLimit: a key without a value does not count as given", () => {
  checkCpuLimit("cpu", { hardCap: 5, weight: undefined }, MACHINE);
  assertEquals(wire({ hardCap: 5, weight: undefined } as unknown as CpuLimit), [0x5, 500]);
  assertThrows(() => checkCpuLimit("cpu", { weight: undefined }, MACHINE), TypeError);
});

Deno.test("checkCpuLimit: more processors than the machine has are refused with their number", () => {
  checkCpuLimit("cpu", { hardCapCpus: 3 }, MACHINE);
  for (const hardCapCpus of [3.01, 0.00029, 0, -1, NaN]) {
    assertThrows(
      () => checkCpuLimit("cpu", { hardCapCpus }, MACHINE),
      RangeError,
      `Cannot set cpu.hardCapCpus: expected a number of processors from 0.0003 to 3, got ${hardCapCpus}`,
    );
  }
});

Deno.test("encodeCpuLimit: a part that is undefined counts as absent", () => {
  const others = {
    ...{ min: undefined, max: undefined, weight: undefined, softCap: undefined },
    hardCapCpus: undefined,
  };
  assertEquals(wire({ ...others, hardCap: 50 } as never), wire({ hardCap: 50 }));
  assertEquals(wire({ ...others, softCap: 20 } as never), wire({ softCap: 20 }));
  assertEquals(wire({ ...others, weight: 4 } as never), wire({ weight: 4 }));
});

Deno.test("checkCpuLimit: the first and the last rate are in the range, the next ones are not", () => {
  for (const key of ["hardCap", "softCap"]) {
    for (const value of [0.01, 100]) checkCpuLimit("cpu", { [key]: value }, MACHINE);
    for (const value of [0, 0.001, 0.015, 100.01]) {
      assertThrows(() => checkCpuLimit("cpu", { [key]: value }, MACHINE), RangeError, `cpu.${key}`);
    }
    assertThrows(
      () => checkCpuLimit("cpu", { [key]: 101 }, MACHINE),
      RangeError,
      `Cannot set cpu.${key}: expected a number of percent from 0.01 to 100, got 101`,
    );
  }
  for (const range of [{ min: 0, max: 0.01 }, { min: 100, max: 100 }]) {
    checkCpuLimit("cpu", range, MACHINE);
  }
  for (const range of [{ min: 0, max: 0 }, { min: -0.01, max: 5 }, { min: 0, max: 100.01 }]) {
    assertThrows(() => checkCpuLimit("cpu", range, MACHINE), RangeError, "cpu.m");
  }
  assertThrows(
    () => checkCpuLimit("cpu", { min: 6, max: 5 }, MACHINE),
    RangeError,
    "Cannot set cpu.min: expected at most cpu.max, 5, got 6",
  );
  checkCpuLimit("cpu", { hardCap: 5, hardCapCpus: undefined }, MACHINE);
});
