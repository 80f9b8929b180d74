/**
 * One pipe each way through a child, compared with `Deno.Command` in the same run. Needs the test's child
 * program: run the tests once before, so that it is built.
 *
 *     deno bench -A bench/pipe_throughput_bench.ts
 *
 * Each run moves 64 MB, so 1 s per iteration is 64 MB/s; the clock starts with the first bytes, because
 * `spawn_bench.ts` measures the cost of a start. The last bench moves 1 GB, and fails if this process's
 * memory grows by more than a tenth of that.
 *
 * Every body is an async function: Deno does not wait for the promise of another.
 */
import { JobObject } from "../mod.ts";

const CHILD = new URL("../tests/children/build/child.exe", import.meta.url);
const BYTES = 64_000_000;
const GIGABYTE = 1_000_000_000;
/** How much one call writes: a usual copy buffer, and a large one. */
const CHUNKS = { "64 kB": new Uint8Array(64_000), "1 MB": new Uint8Array(1_000_000) };

const job = JobObject.create({ killOnClose: true });

interface Child {
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array> & { text(): Promise<string> };
  readonly status: Promise<{ success: boolean }>;
}

type Start = (verbs: string[], stdin: "piped" | "null") => Child;

const ours: Start = (args, stdin) => job.spawn(CHILD, { args, stdin, stdout: "piped" });
const denos: Start = (args, stdin) =>
  new Deno.Command(CHILD, { args, stdin, stdout: "piped" }).spawn();

interface ReadOptions {
  readonly clock?: Deno.BenchContext;
  /** Called when bytes have arrived. */
  readonly look?: () => void;
}

async function read(start: Start, bytes: number, options: ReadOptions = {}): Promise<void> {
  const child = start(["write", String(bytes)], "null");
  let got = 0;
  for await (const chunk of child.stdout) {
    if (got === 0) options.clock?.start();
    got += chunk.length;
    options.look?.();
  }
  options.clock?.end();
  await child.status;
  if (got !== bytes) throw new Error(`Cannot measure: ${got} of ${bytes} bytes came`);
}

interface WriteOptions {
  readonly clock: Deno.BenchContext;
  readonly chunk: Uint8Array;
}

async function write(start: Start, bytes: number, { clock, chunk }: WriteOptions): Promise<void> {
  const child = start(["discard"], "piped");
  const writer = child.stdin.getWriter();
  await writer.write(chunk);
  clock.start();
  for (let at = chunk.length; at < bytes; at += chunk.length) await writer.write(chunk);
  await writer.close();
  const got = Number(await child.stdout.text());
  clock.end();
  await child.status;
  if (got !== bytes) throw new Error(`Cannot measure: ${got} of ${bytes} bytes arrived`);
}

const SIDES = { "job.spawn": ours, "Deno.Command": denos };

for (const [name, start] of Object.entries(SIDES)) {
  const options = { baseline: start === denos, n: 12, warmup: 2 };
  Deno.bench(
    { name: `${name}, 64 MB from a child`, group: "stdout", ...options },
    async (clock) => await read(start, BYTES, { clock }),
  );
  for (const [size, chunk] of Object.entries(CHUNKS)) {
    Deno.bench(
      { name: `${name}, 64 MB to a child by ${size}`, group: `stdin by ${size}`, ...options },
      async (clock) => await write(start, BYTES, { clock, chunk }),
    );
  }
}

Deno.bench({ name: "job.spawn, 1 GB from a child", group: "memory", n: 1, warmup: 0 }, async () => {
  const before = Deno.memoryUsage().rss;
  let peak = before;
  await read(ours, GIGABYTE, {
    look: () => peak = Math.max(peak, Deno.memoryUsage().rss),
  });
  if (peak - before > GIGABYTE / 10) {
    throw new Error(`Cannot keep memory bounded: it grew by ${peak - before} bytes`);
  }
});
