import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ERROR, LMEM } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { dllPath } from "../../../../ffi/dll.ts";
import { FUNCTIONS } from "../../../../ffi/functions.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { proto } from "../../../../ffi/types.ts";
import type { OwnedHandle } from "../../../../ffi/handle.ts";
import { completionPort } from "../../../../process/io/completion_port.ts";
import { makeInputPipe, makeOutputPipe } from "../../../../process/io/pipe_pair.ts";
import { within } from "../../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

/** Memory for calls that take addresses. */
class Memory implements Disposable {
  readonly address: bigint;

  constructor(size: number) {
    this.address = kernel32.LocalAlloc(LMEM.ZEROINIT, BigInt(size));
  }

  [Symbol.dispose](): void {
    kernel32.LocalFree(this.address);
  }
}

/** Writes as a child does: to the end, however long it takes. */
function writeTo(handle: OwnedHandle, bytes: Uint8Array<ArrayBuffer>): void {
  using memory = new Memory(8 + bytes.length);
  const data = memory.address + 8n;
  kernel32.RtlMoveMemory$write(data, bytes, BigInt(bytes.length));
  assert(kernel32.WriteFile(handle.value, data, bytes.length, memory.address, 0n));
}

const READER = Deno.dlopen(dllPath("kernel32", "ReadFile"), {
  ReadFile: { ...proto(FUNCTIONS.kernel32.ReadFile), nonblocking: true },
});

/**
 * Reads as a child does, waiting for the first byte; not in this thread, which the writer's next
 * piece needs.
 */
async function readFrom(handle: OwnedHandle, size: number): Promise<Uint8Array> {
  using memory = new Memory(8 + size);
  const { address } = memory;
  assert(await READER.symbols.ReadFile(handle.value, address + 8n, size, address, 0n));
  const count = new Uint32Array(1);
  kernel32.RtlMoveMemory(count, memory.address, 4n);
  const bytes = new Uint8Array(count[0]!);
  kernel32.RtlMoveMemory(bytes, memory.address + 8n, BigInt(count[0]!));
  return bytes;
}

function pattern(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 7) % 256);
}

/** Runs a trial and asserts that it leaves no handle, no source and no waiter. */
async function leavingNothing(trial: () => Promise<void>): Promise<void> {
  void completionPort.handle;
  const before = [completionPort.sources, completionPort.refs];
  await assertNoHandleLeft(async () => {
    await trial();
    await within(completionPort.idle(), "the port's rest");
  });
  assertEquals([completionPort.sources, completionPort.refs], before);
  assertEquals(completionPort.weakRefs, 0);
}

Deno.test("PipeReader.read: returns what was written, at once or after a wait, and the end", () =>
  leavingNothing(async () => {
    const { ours, theirs } = makeOutputPipe();
    writeTo(theirs, pattern(10));
    assertEquals(await within(ours.read(), "what lies there"), pattern(10));
    const waiting = ours.read();
    assertEquals(ours.busy, true);
    writeTo(theirs, pattern(300));
    assertEquals(await within(waiting, "what comes"), pattern(300));
    assertEquals(ours.bytes, 310);
    writeTo(theirs, pattern(5));
    theirs.close();
    assertEquals(await within(ours.read(), "what was left"), pattern(5));
    assertEquals(await within(ours.read(), "the end"), null);
    assertEquals(ours.closed, true);
    assertEquals(await ours.read(), null);
  }));

Deno.test("PipeReader.read: a write of no bytes is not the end", () =>
  leavingNothing(async () => {
    const { ours, theirs } = makeOutputPipe();
    const waiting = ours.read();
    writeTo(theirs, new Uint8Array());
    writeTo(theirs, pattern(3));
    assertEquals(await within(waiting, "the bytes"), pattern(3));
    theirs.close();
    assertEquals(await within(ours.read(), "the end"), null);
  }));

Deno.test("PipeReader.read: fills the caller's memory, and no more of it than came", () =>
  leavingNothing(async () => {
    const { ours, theirs } = makeOutputPipe();
    writeTo(theirs, pattern(10));
    const into = new Uint8Array(6);
    assertEquals(await within(ours.read(into), "the first bytes"), pattern(6));
    assertEquals(into, pattern(6));
    into.fill(0xff);
    const rest = await within(ours.read(into), "the rest");
    assertEquals(rest, pattern(10).subarray(6));
    assertEquals(into.subarray(4), Uint8Array.of(0xff, 0xff));
    ours.close();
    theirs.close();
  }));

Deno.test("PipeReader.close: ends a read under way, with nothing left of it", () =>
  leavingNothing(async () => {
    const { ours, theirs } = makeOutputPipe();
    const waiting = ours.read();
    ours.close();
    ours.close();
    assertEquals(await within(waiting, "the end"), null);
    await within(ours.settled(), "the operation's end");
    assertEquals(ours.busy, false);
    theirs.close();
  }));

Deno.test("PipeReader.read: a second read at the same time is refused", () =>
  leavingNothing(async () => {
    const { ours, theirs } = makeOutputPipe();
    const waiting = ours.read();
    await assertRejects(() => ours.read(), TypeError, "an operation is under way already");
    theirs.close();
    assertEquals(await within(waiting, "the end"), null);
  }));

Deno.test("PipeReader.read: a failure is an error with its code, and closes the pipe", () =>
  leavingNothing(async () => {
    const { ours, theirs } = makeOutputPipe();
    using _broken = substituteKernel("ReadFile", () => () => {
      kernel32.SetLastError(ERROR.ACCESS_DENIED);
      return 0;
    });
    const error = await assertRejects(() => ours.read(), Win32Error);
    assertEquals([error.code, error.api, ours.closed], [ERROR.ACCESS_DENIED, "ReadFile", true]);
    theirs.close();
  }));

Deno.test("PipeReader.read: reads that end at once leave the event loop its turns", () =>
  leavingNothing(async () => {
    const { ours, theirs } = makeOutputPipe();
    using _read = substituteKernel("ReadFile", () => () => 1);
    using _result = substituteKernel("GetOverlappedResult", () => (_file, _overlapped, moved) => {
      (moved as Uint32Array)[0] = 1;
      return 1;
    });
    let fired = false;
    const timer = setTimeout(() => fired = true, 10);
    const start = performance.now();
    while (!fired && performance.now() - start < 5_000) await ours.read();
    clearTimeout(timer);
    assertEquals(fired, true);
    ours.close();
    theirs.close();
  }));

Deno.test("PipeReader.read: if the event loop gets no turn, that is an error and not a hang", () =>
  leavingNothing(async () => {
    const { ours, theirs } = makeOutputPipe();
    using _read = substituteKernel("ReadFile", () => () => 1);
    using _posted = substituteKernel("PostQueuedCompletionStatus", () => () => {
      kernel32.SetLastError(ERROR.NO_SYSTEM_RESOURCES);
      return 0;
    });
    const error = await within(assertRejects(() => ours.read(), Win32Error), "the failure");
    assertEquals([error.code, error.api], [
      ERROR.NO_SYSTEM_RESOURCES,
      "PostQueuedCompletionStatus",
    ]);
    assertEquals([ours.busy, completionPort.refs], [false, 0]);
    ours.close();
    theirs.close();
  }));

Deno.test("PipeWriter.write: written bytes can be read, followed by the end", () =>
  leavingNothing(async () => {
    const { ours, theirs } = makeInputPipe();
    await within(ours.write(pattern(1000)), "a write that fits the kernel's buffer");
    ours.close();
    assertEquals(await within(readFrom(theirs, 4096), "the bytes"), pattern(1000));
    using memory = new Memory(16);
    assertEquals(
      kernel32.ReadFile(theirs.value, memory.address + 8n, 8, memory.address, 0n),
      0,
    );
    theirs.close();
  }));

Deno.test("PipeWriter.write: waits until the other end reads", () =>
  leavingNothing(async () => {
    const { ours, theirs } = makeInputPipe();
    const total = 3_000_000;
    let written = false;
    const writing = ours.write(pattern(total)).then(() => written = true);
    let got = 0;
    while (got < total) {
      assertEquals(written, false);
      const bytes = await within(readFrom(theirs, 65_536), "more bytes");
      for (const [i, byte] of [bytes[0], bytes.at(-1)].entries()) {
        assertEquals(byte, ((got + (i === 0 ? 0 : bytes.length - 1)) * 7) % 256);
      }
      got += bytes.length;
      if (got >= total - 1_000_000) break;
    }
    assertEquals(written, false);
    // A reader that goes away ends the write.
    theirs.close();
    await within(assertRejects(() => writing, Deno.errors.BrokenPipe), "the write's end");
    assertEquals(ours.closed, true);
  }));

Deno.test("PipeWriter.write: closing before or during the write is a broken pipe", () =>
  leavingNothing(async () => {
    const { ours, theirs } = makeInputPipe();
    const writing = ours.write(pattern(2_000_000));
    ours.close();
    await within(assertRejects(() => writing, Deno.errors.BrokenPipe), "the write's end");
    await assertRejects(() => ours.write(pattern(1)), Deno.errors.BrokenPipe, "it was closed");
    await ours.settled();
    theirs.close();
  }));

Deno.test("PipeReader.setReferenced: an unreferenced read still gets its bytes", () =>
  leavingNothing(async () => {
    const { ours, theirs } = makeOutputPipe();
    ours.setReferenced(false);
    const waiting = ours.read();
    assertEquals([completionPort.refs, completionPort.weakRefs], [0, 1]);
    writeTo(theirs, pattern(4));
    assertEquals(await within(waiting, "the bytes"), pattern(4));
    const again = ours.read();
    ours.setReferenced(true);
    assertEquals([completionPort.refs, completionPort.weakRefs], [1, 0]);
    theirs.close();
    assertEquals(await within(again, "the end"), null);
  }));
