import { assertEquals } from "@std/assert";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import type { LimitParts } from "../../../job/limits/row.ts";
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
