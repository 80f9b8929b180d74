import { assertEquals, assertThrows } from "@std/assert";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import type { LimitParts, LimitRow } from "../../../job/limits/row.ts";
import { RATE_ROWS } from "../../../job/limits/rate_limits.ts";

const IO = struct(STRUCTS, "JOBOBJECT_IO_RATE_CONTROL_INFORMATION");
const MACHINE = { processors: 1 };

function parts(): LimitParts {
  return {
    net: { MaxBandwidth: 0n, ControlFlags: 0, DscpTag: 0 },
    io: IO.decode(IO.allocate()),
  } as LimitParts;
}

Deno.test("RATE_ROWS: the network control is on while one of its two limits is set", () => {
  const some = parts();
  RATE_ROWS.dscp.encode(0, some, MACHINE);
  assertEquals(some.net, { MaxBandwidth: 0n, ControlFlags: 5, DscpTag: 0 });
  assertEquals(RATE_ROWS.dscp.decode(some), 0);
  assertEquals(RATE_ROWS.netBandwidth.decode(some), undefined);
  RATE_ROWS.netBandwidth.encode(1000, some, MACHINE);
  RATE_ROWS.dscp.encode(undefined, some, MACHINE);
  assertEquals(some.net, { MaxBandwidth: 1000n, ControlFlags: 3, DscpTag: 0 });
  RATE_ROWS.netBandwidth.encode(undefined, some, MACHINE);
  assertEquals(some.net, parts().net);
});

Deno.test("RATE_ROWS: the I/O control is on while one of its two limits is set, and never sends an output field", () => {
  const some = parts();
  some.io = { ...some.io, BaseIoSize: 8192, VolumeName: 5n };
  RATE_ROWS.ioIops.encode(100, some, MACHINE);
  RATE_ROWS.ioBandwidth.encode(200, some, MACHINE);
  assertEquals(some.io, { ...parts().io, MaxIops: 100n, MaxBandwidth: 200n, ControlFlags: 1 });
  RATE_ROWS.ioIops.encode(undefined, some, MACHINE);
  assertEquals([RATE_ROWS.ioIops.decode(some), RATE_ROWS.ioBandwidth.decode(some)], [
    undefined,
    200,
  ]);
  RATE_ROWS.ioBandwidth.encode(undefined, some, MACHINE);
  assertEquals(some.io, parts().io);
});

Deno.test("RATE_ROWS: an I/O control with another program's reservation stays on", () => {
  const some = parts();
  some.io = { ...some.io, ReservationIops: 7n, MaxIops: 9n, ControlFlags: 1 };
  RATE_ROWS.ioIops.encode(undefined, some, MACHINE);
  assertEquals([some.io.ReservationIops, some.io.ControlFlags], [7n, 1]);
});

/** Each row: its structure, bit and field as Microsoft's pages have them, and its options. */
const ROWS: readonly (readonly [string, string, number, string, ...string[]])[] = [
  [
    ...["cpu", "cpu", 0, "ControlFlags"] as const,
    ...["hardCapCpus=--cpus", "hardCap=--cpu-rate", "softCap=--cpu-soft-rate"],
    ...["weight=--cpu-weight", "min=--cpu-min", "max=--cpu-max"],
  ],
  ["netBandwidth", "net", 2, "MaxBandwidth", "--net-bandwidth"],
  ["dscp", "net", 4, "DscpTag", "--dscp"],
  ["ioBandwidth", "io", 0, "MaxBandwidth", "--io-bandwidth"],
  ["ioIops", "io", 0, "MaxIops", "--io-iops"],
];

Deno.test("RATE_ROWS: the bits and fields of Microsoft's pages, and the options of the help", () => {
  assertEquals(
    (Object.values(RATE_ROWS) as LimitRow[]).map(({ field, flag, name, options, part }) => [
      ...[name, part, flag, field],
      ...options.map(({ key, option }) => key === undefined ? option : `${key}=${option}`),
    ]),
    ROWS.map((row) => [...row]),
  );
  assertEquals(
    RATE_ROWS.cpu.options.map(({ beside }) => beside),
    [undefined, undefined, undefined, undefined, "--cpu-max", "--cpu-min"],
  );
});

Deno.test("RATE_ROWS: the first and the last number of a range are in it, the next ones are not", () => {
  const ranges = { netBandwidth: [1], dscp: [0, 63], ioBandwidth: [1], ioIops: [1] };
  for (const [name, [min, max]] of Object.entries(ranges)) {
    const row = RATE_ROWS[name as keyof typeof ranges];
    row.check(min, MACHINE);
    row.check(max ?? Number.MAX_SAFE_INTEGER, MACHINE);
    const beyond = [min! - 1, max === undefined ? 2 ** 53 : max + 1];
    for (const value of beyond) assertThrows(() => row.check(value, MACHINE), RangeError, name);
  }
  const weight = RATE_ROWS.cpu.options.find(({ key }) => key === "weight")!.form;
  assertEquals(["1", "9"].map((text) => weight.parse(text)), [1, 9]);
});

Deno.test("RATE_ROWS: a bit alone is the limit, and another bit is none", () => {
  const some = parts();
  some.net = { MaxBandwidth: 9n, ControlFlags: 1, DscpTag: 7 };
  assertEquals([RATE_ROWS.netBandwidth.decode(some), RATE_ROWS.dscp.decode(some)], [
    undefined,
    undefined,
  ]);
});

Deno.test("RATE_ROWS.cpu: each form writes its own fields and 0 into the others", () => {
  const none = { CpuRate: 0, Weight: 0, MinRate: 0, MaxRate: 0, ControlFlags: 0 };
  const some = parts();
  RATE_ROWS.cpu.encode({ hardCap: 50 }, some, MACHINE);
  assertEquals(some.cpu, { ...none, CpuRate: 5000, ControlFlags: 5 });
  RATE_ROWS.cpu.encode({ weight: 9 }, some, MACHINE);
  assertEquals(some.cpu, { ...none, Weight: 9, ControlFlags: 3 });
  RATE_ROWS.cpu.encode({ min: 1, max: 2 }, some, MACHINE);
  assertEquals(some.cpu, { ...none, MinRate: 100, MaxRate: 200, ControlFlags: 0x11 });
  RATE_ROWS.cpu.encode(undefined, some, MACHINE);
  assertEquals(some.cpu, none);
  assertEquals(RATE_ROWS.cpu.same({ hardCap: 5 }, { hardCap: 5 }), true);
  assertEquals(RATE_ROWS.cpu.same({ hardCap: 5 }, { hardCap: 6 }), false);
});
