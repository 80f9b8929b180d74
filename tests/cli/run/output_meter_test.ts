import { assertEquals } from "@std/assert";
import { OutputMeter } from "../../../cli/run/output_meter.ts";

function streamOf(...sizes: number[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(sizes.map((size) => new Uint8Array(size).fill(65)));
}

const elapsed = (): number => 0;

const never = new AbortController().signal;

Deno.test("OutputMeter: passes both streams together on up to the cap and drops the rest", async () => {
  const told: number[] = [];
  const meter = new OutputMeter({ limit: 10, elapsed, exceeded: (bytes) => told.push(bytes) });
  const got = { stdout: 0, stderr: 0 };
  for (const name of ["stdout", "stderr"] as const) {
    const destination = (bytes: Uint8Array): Promise<boolean> => {
      got[name] += bytes.length;
      return Promise.resolve(true);
    };
    await meter.pump(name, streamOf(4, 4), { destination, signal: never });
  }
  assertEquals(got, { stdout: 8, stderr: 2 });
  assertEquals([meter.stdoutBytes, meter.stderrBytes], [8, 8]);
  assertEquals(told, [12]);
});

Deno.test("OutputMeter: output of exactly the cap is not too much", async () => {
  const told: number[] = [];
  const meter = new OutputMeter({ limit: 8, elapsed, exceeded: (bytes) => told.push(bytes) });
  await meter.pump("stdout", streamOf(4, 4), {
    destination: () => Promise.resolve(true),
    signal: never,
  });
  assertEquals(told, []);
});

Deno.test("OutputMeter: the command's pipe closes when the reader is gone", async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(4)),
    cancel: () => void (cancelled = true),
  });
  const meter = new OutputMeter({ limit: 100, elapsed, exceeded: () => {} });
  await meter.pump("stdout", stream, { destination: () => Promise.resolve(false), signal: never });
  assertEquals([cancelled, meter.stdoutBytes], [true, 4]);
});

Deno.test("OutputMeter: gives up on a stream that does not end", async () => {
  const stop = new AbortController();
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array(4)),
  });
  const meter = new OutputMeter({ limit: 100, elapsed, exceeded: () => {} });
  const pumping = meter.pump("stdout", stream, {
    destination: () => Promise.resolve(true),
    signal: stop.signal,
  });
  stop.abort();
  await pumping;
});

Deno.test("OutputMeter: a reader that stalls delays only its own stream, and can be given up", async () => {
  const stop = new AbortController();
  const told: number[] = [];
  let now = 0;
  const meter = new OutputMeter({
    limit: 10,
    elapsed: () => now,
    exceeded: (bytes) => told.push(bytes),
  });
  const { promise: never } = Promise.withResolvers<boolean>();
  const stalled = meter.pump("stdout", streamOf(4, 4), {
    destination: () => never,
    signal: stop.signal,
  });
  await meter.pump("stderr", streamOf(4, 4), {
    destination: () => Promise.resolve(true),
    signal: stop.signal,
  });
  assertEquals([meter.waitsForReader, meter.stdoutBytes, meter.stderrBytes], [true, 4, 8]);
  assertEquals(told, [12], "too much is told though a reader stalls");
  assertEquals(meter.movedAt, 0);
  now = 5;
  stop.abort();
  await stalled;
  assertEquals([meter.waitsForReader, meter.movedAt], [false, 5]);
});
