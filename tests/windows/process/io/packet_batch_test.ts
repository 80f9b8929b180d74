import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { ERROR, WAIT } from "../../../../ffi/constants.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { CompletionPort } from "../../../../process/io/completion_port.ts";
import { PacketBatch } from "../../../../process/io/packet_batch.ts";

/** What a batch has, as [key, bytes, overlapped]. */
function packetsOf(batch: PacketBatch): [bigint, number, bigint][] {
  const packets: [bigint, number, bigint][] = [];
  batch.read(({ dwNumberOfBytesTransferred, lpCompletionKey, lpOverlapped }) =>
    packets.push([lpCompletionKey, dwNumberOfBytesTransferred, lpOverlapped])
  );
  return packets;
}

Deno.test("PacketBatch: a poll takes what is there, at most 128 packets, and does not wait", () => {
  const { handle } = new CompletionPort();
  const batch = new PacketBatch();
  assertEquals(batch.look(handle), WAIT.WAIT_TIMEOUT);
  for (let i = 0; i < 130; i++) kernel32.PostQueuedCompletionStatus(handle, i, 7n, BigInt(4 * i));
  assertEquals(batch.look(handle), ERROR.SUCCESS);
  const first = Array.from({ length: 128 }, (_, i) => [7n, i, BigInt(4 * i)]);
  assertEquals(packetsOf(batch), first as [bigint, number, bigint][]);
  assertEquals(batch.look(handle), ERROR.SUCCESS);
  assertEquals(packetsOf(batch), [[7n, 128, 512n], [7n, 129, 516n]]);
  assertEquals(batch.look(handle), WAIT.WAIT_TIMEOUT);
  batch.free();
});

Deno.test("PacketBatch: a wait resolves with the packet that comes later", async () => {
  const { handle } = new CompletionPort();
  const batch = new PacketBatch();
  const waited = batch.wait(handle);
  kernel32.PostQueuedCompletionStatus(handle, 1, 2n, 3n);
  assertEquals(await waited, true);
  assertEquals(packetsOf(batch), [[2n, 1, 3n]]);
  batch.free();
});
