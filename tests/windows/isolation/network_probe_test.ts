import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { Win32Error } from "../../../ffi/error.ts";
import { ws2_32 } from "../../../ffi/library.ts";
import { NetworkProbe } from "../../../isolation/network_probe.ts";
import { substituteFunction } from "../../helpers/substituted_kernel.ts";

Deno.test("NetworkProbe: counts connections, and is gone afterwards", async () => {
  let port: number;
  {
    using probe = new NetworkProbe();
    port = probe.port;
    assertEquals(probe.arrivals(), 0);
    const clients = [await Deno.connect({ port }), await Deno.connect({ port })];
    assertEquals([probe.arrivals(), probe.arrivals()], [2, 0]);
    for (const client of clients) client.close();
  }
  // Nobody else has it in between.
  Deno.listen({ port, hostname: "127.0.0.1" }).close();
});

Deno.test("NetworkProbe: each call fails in turn, and no socket is left", () => {
  let open = 0;
  using _made = substituteFunction(ws2_32, "socket", (real) => (...args) => {
    open++;
    return real(...args);
  });
  using _closed = substituteFunction(ws2_32, "closesocket", (real) => (socket) => {
    open--;
    return real(socket);
  });
  using _accepted = substituteFunction(ws2_32, "accept", (real) => (...args) => {
    const socket = real(...args);
    if (socket !== 0xffff_ffff_ffff_ffffn) open++;
    return socket;
  });
  for (const name of ["bind", "listen", "getsockname", "ioctlsocket", "connect"] as const) {
    using _fault = substituteFunction(ws2_32, name, () => () => -1);
    assertThrows(() => new NetworkProbe(), Win32Error, name);
    assertEquals(open, 0, name);
  }
  new NetworkProbe()[Symbol.dispose]();
  assertEquals(open, 0);
});
