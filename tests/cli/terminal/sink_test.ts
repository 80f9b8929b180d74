import { assertEquals, assertRejects } from "@std/assert";
import { QueuedSink, settleSink } from "../../../cli/terminal/sink.ts";
import { FakeIo, settle } from "../../helpers/fake_io.ts";

/** A reader that takes what the test lets it take. */
class Reader {
  text = "";
  #next: PromiseWithResolvers<number> | undefined;
  #bytes: Uint8Array = new Uint8Array();

  /** Bytes of the write that waits. */
  get asked(): number {
    return this.#bytes.length;
  }

  put(bytes: Uint8Array): Promise<number> {
    this.#bytes = bytes;
    this.#next = Promise.withResolvers<number>();
    return this.#next.promise;
  }

  async take(count = Infinity): Promise<void> {
    const taken = this.#bytes.subarray(0, count);
    this.text += new TextDecoder().decode(taken);
    this.#next?.resolve(taken.length);
    await settle();
  }

  async fail(error: Error): Promise<void> {
    this.#next?.reject(error);
    await settle();
  }
}

function sinkTo(reader: Reader): QueuedSink {
  return new QueuedSink(
    (bytes) => reader.put(bytes),
    (error) => error instanceof Error && error.message === "gone",
  );
}

Deno.test("QueuedSink: writes in order, one write at a time, and writes the rest of a partial write", async () => {
  const reader = new Reader();
  const sink = sinkTo(reader);
  const first = sink.write("abc");
  const second = sink.write(new TextEncoder().encode("de"));
  assertEquals(sink.pending, 5);
  await reader.take(2);
  assertEquals([reader.text, sink.pending], ["ab", 3]);
  await reader.take(1);
  assertEquals([await first, reader.text, sink.pending], [true, "abc", 2]);
  await reader.take();
  assertEquals([await second, reader.text, sink.pending], [true, "abcde", 0]);
  await sink.flush();
});

Deno.test("QueuedSink: small pieces that wait are written together, large pieces alone", async () => {
  const reader = new Reader();
  const sink = sinkTo(reader);
  const sizes: number[] = [];
  const all = [1, 10, 0, 20, 70_000, 5].map((size) => sink.write(new Uint8Array(size)));
  while (sink.pending > 0) {
    sizes.push(reader.asked);
    await reader.take();
  }
  assertEquals(sizes, [1, 30, 70_000, 5]);
  assertEquals(await Promise.all(all), all.map(() => true));
});

Deno.test("QueuedSink: an empty write waits only for the writes before it", async () => {
  const reader = new Reader();
  const sink = sinkTo(reader);
  assertEquals(await sink.write(""), true);
  sink.write("a");
  let isTaken = false;
  const empty = sink.write("").then(() => isTaken = true);
  await settle();
  assertEquals(isTaken, false);
  await reader.take();
  await empty;
});

Deno.test("QueuedSink: a missing reader is not a failure, and nothing more is written to it", async () => {
  const reader = new Reader();
  const sink = sinkTo(reader);
  const [first, second] = [sink.write("a"), sink.write("b")];
  await reader.fail(new Error("gone"));
  assertEquals([await first, await second, await sink.write("c")], [false, false, false]);
  assertEquals([sink.isGone, sink.failure, sink.pending], [true, undefined, 0]);
  await sink.flush();
});

Deno.test("QueuedSink: a failure is reported once, by flush", async () => {
  const reader = new Reader();
  const sink = sinkTo(reader);
  const written = sink.write("a");
  await reader.fail(new Error("disk full"));
  assertEquals([await written, String(sink.failure)], [false, "Error: disk full"]);
  await assertRejects(() => sink.flush(), Error, "disk full");
  await sink.flush();
});

Deno.test("QueuedSink: given-up bytes are dropped, and no one waits for them", async () => {
  const reader = new Reader();
  const sink = sinkTo(reader);
  const written = sink.write("abc");
  const flushed = sink.flush();
  sink.giveUp();
  assertEquals([await written, sink.pending, sink.isGone], [false, 0, true]);
  await flushed;
  await reader.take();
});

Deno.test("settleSink: waits for a slow reader, and not for a stalled one", async () => {
  const [io, reader] = [new FakeIo(), new Reader()];
  const sink = sinkTo(reader);
  sink.write("abc");
  let isOver = false;
  const settled = settleSink(sink, io, 100).then(() => isOver = true);
  for (let step = 0; step < 2; step++) {
    await io.advance(90);
    await reader.take(1);
  }
  await io.advance(90);
  assertEquals([isOver, sink.pending], [false, 1]);
  await io.advance(200);
  await settled;
  assertEquals([sink.isGone, io.pending, reader.text], [true, 0, "ab"]);
});

Deno.test("settleSink: does not wait if nothing is pending", async () => {
  const io = new FakeIo();
  await settleSink(io.stdout, io, 100);
  assertEquals(io.pending, 0);
});
