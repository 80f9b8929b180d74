import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { JobObject } from "../../../../job/job_object.ts";
import { completionPort } from "../../../../process/io/completion_port.ts";
import { runDeno } from "../../../helpers/deno_process.ts";
import { CHILD, SAME_KERNEL, within } from "../../../helpers/job_trials.ts";
import type { SpawnOptions } from "../../../../process/spawn_options.ts";
import type { ChildProcess } from "../../../../process/child_process.ts";

const PERIOD = 251;

function pattern(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => i % PERIOD);
}

function start(job: JobObject, verbs: string, options: SpawnOptions = {}): ChildProcess {
  return job.spawn(CHILD, { args: verbs.split(" "), stdin: "null", stdout: "piped", ...options });
}

/** Resolves when the value has not changed for a given time. */
async function standstill(value: () => number, milliseconds = 150): Promise<number> {
  for (;;) {
    const before = value();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    if (value() === before && before > 0) return before;
  }
}

Deno.test("ChildProcess streams: 5 MB go to a child and back unchanged", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = start(job, "cat", { stdin: "piped" });
  const sent = pattern(5_000_003);
  const writer = child.stdin.getWriter();
  const writing = (async () => {
    // Pieces of every size around the buffers' own.
    for (let at = 0, size = 1; at < sent.length; at += size, size = (size * 3 + 1) % 300_000) {
      await writer.write(sent.subarray(at, at + size));
    }
    await writer.close();
  })();
  const got = await within(child.stdout.bytes(), "the bytes");
  await writing;
  assertEquals(got.length, sent.length);
  assert(got.every((byte, i) => byte === sent[i]));
  assertEquals((await child.status).code, 0);
});

Deno.test("ChildProcess.stdout and stderr: are two streams, read side by side", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = start(job, "write 1000000 writeerr 1000001", { stderr: "piped" });
  const [out, err] = await within(
    Promise.all([child.stdout.bytes(), child.stderr.bytes()]),
    "both streams",
  );
  assertEquals([out.length, err.length], [1_000_000, 1_000_001]);
  assert(out.every((byte, i) => byte === i % PERIOD) && err.every((b, i) => b === i % PERIOD));
});

Deno.test("ChildProcess.stdout: a child that nobody reads waits, and our memory does not grow", async () => {
  using job = JobObject.create({ killOnClose: true });
  const size = 160_000_000;
  await using child = start(job, `write ${size}`);
  const reader = child.stdout.getReader();
  const rss = Deno.memoryUsage().rss;
  let got = (await within(reader.read(), "the first bytes")).value?.length ?? 0;
  let ended = false;
  child.status.then(() => ended = true);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assertEquals(ended, false, "the child ended although nobody reads");
  for (let i = 0; i < 10; i++) got += (await reader.read()).value?.length ?? 0;
  assert(got < size / 2, `${got} bytes came in eleven reads`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assertEquals(ended, false, "the child ended although most is not read");
  let at = got;
  let peak = rss;
  for (;;) {
    const { done, value } = await within(reader.read(), "more");
    if (done) break;
    peak = Math.max(peak, Deno.memoryUsage().rss);
    assertEquals(value[0], at % PERIOD);
    at += value.length;
  }
  assertEquals(at, size);
  // What the garbage collector has not taken yet is far less than what went through.
  assert(peak - rss < size / 2, `our memory grew by ${peak - rss}`);
});

Deno.test("ChildProcess.stdin: a write waits until the child takes it", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = start(job, "sleepforever", { stdin: "piped" });
  const writer = child.stdin.getWriter();
  let written = 0;
  const chunk = new Uint8Array(100_000);
  const writing = (async () => {
    for (;;) {
      await writer.write(chunk);
      written += chunk.length;
    }
  })();
  const refused = assertRejects(() => writing, Deno.errors.BrokenPipe, "it reads no more");
  const taken = await within(standstill(() => written), "the writes' standstill");
  assert(taken < 2_000_000, `${taken} bytes were taken`);
  // Its end while a write is under way.
  child.kill();
  await within(refused, "the write's end");
  await assertRejects(() => writer.closed, Deno.errors.BrokenPipe);
});

Deno.test("ChildProcess.stdin: closing it ends the child's input", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = start(job, "verify", { stdin: "piped" });
  const writer = child.stdin.getWriter();
  // Closed while the writes are still under way.
  const writes = [writer.write(pattern(700_000)), writer.close()];
  assertEquals((await within(child.stdout.text(), "the verdict")).trim(), "ok 700000");
  await Promise.all(writes);
});

Deno.test("ChildProcess.stdin: abort does not wait for a write that the child never takes", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = start(job, "sleepforever", { stdin: "piped" });
  const writer = child.stdin.getWriter();
  const writing = writer.write(new Uint8Array(3_000_000));
  const refused = assertRejects(() => writing);
  await within(writer.abort(new Error("no more")), "the abort");
  await refused;
});

Deno.test("ChildProcess.stdin: a chunk that is not bytes is refused, and the child sees the end", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = start(job, "discard", { stdin: "piped" });
  const writer = child.stdin.getWriter();
  await assertRejects(
    () => writer.write("text" as unknown as Uint8Array),
    TypeError,
    "expected a Uint8Array, got string",
  );
  assertEquals((await within(child.stdout.text(), "its count")).trim(), "0");
});

Deno.test("ChildProcess.stdin: a child that closed its input gives a broken pipe", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = start(job, "closestdin print closed sleepforever", { stdin: "piped" });
  const reader = child.stdout.getReader();
  await within(reader.read(), "its word");
  const writer = child.stdin.getWriter();
  await within(
    assertRejects(() => writer.write(pattern(10)), Deno.errors.BrokenPipe),
    "the refusal",
  );
  await assertRejects(() => writer.closed);
});

Deno.test("ChildProcess.stdout: cancel ends a read under way, and the child's next write fails", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = start(job, "read write 10", { stdin: "piped" });
  const reader = child.stdout.getReader();
  const reading = reader.read();
  await within(reader.cancel(), "the cancel");
  assertEquals((await reading).done, true);
  const writer = child.stdin.getWriter();
  await writer.write(pattern(1));
  // 13: child.c's "a write failed".
  assertEquals((await within(child.status, "its end")).code, 13);
  await writer.close();
});

Deno.test("ChildProcess.stdout: a child that closes its output ends the stream and keeps running", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = start(job, "print one closestdout sleepforever");
  assertEquals((await within(child.stdout.text(), "the stream's end")).trim(), "one");
  assertEquals(job.contains(child.pid), true);
});

Deno.test("ChildProcess.stdout: is a byte stream that fills the reader's own memory", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = start(job, "write 100000");
  const reader = child.stdout.getReader({ mode: "byob" });
  let view = new Uint8Array(777);
  let at = 0;
  for (;;) {
    const { done, value } = await within(reader.read(view), "bytes");
    if (value === undefined || done) break;
    assert(value.length > 0 && value.length <= 777);
    assert(value.every((byte, i) => byte === (at + i) % PERIOD));
    at += value.length;
    view = new Uint8Array(value.buffer);
  }
  assertEquals(at, 100_000);
});

Deno.test("ProcessReadableStream: text(), json() and arrayBuffer() read to the end", async () => {
  using job = JobObject.create({ killOnClose: true });
  const run = (...args: string[]) =>
    job.spawn(CHILD, { args, stdin: "null", stdout: "piped" }).stdout;
  assertEquals(await within(run("print", "ä日😀").text(), "text"), "ä日😀\n");
  assertEquals(await within(run("stdio").json(), "JSON"), {
    stdin: "char",
    stdout: "pipe",
    stderr: (await run("stdio").json() as { stderr: string }).stderr,
  });
  await within(assertRejects(() => run("print", "{").json(), SyntaxError), "bad JSON");
  assertEquals((await within(run("write", "9").arrayBuffer(), "a buffer")).byteLength, 9);
  await job.wait();
});

Deno.test("ProcessReadableStream: the garbage collector closes an unreachable stream", async () => {
  const source = `
    import "${import.meta.resolve("../../../helpers/bound_kernel.ts")}";
    import { JobObject } from "${import.meta.resolve("../../../../job/job_object.ts")}";
    import { completionPort } from "${
    import.meta.resolve("../../../../process/io/completion_port.ts")
  }";
    using job = JobObject.create({ killOnClose: true });
    const before = completionPort.sources;
    const run = async () => {
      const child = job.spawn(new URL(${JSON.stringify(CHILD.href)}), {
        args: ["print", "x"], stdin: "piped", stdout: "piped", stderr: "piped",
      });
      await child.status;
    };
    for (let i = 0; i < 5; i++) await run();
    const held = completionPort.sources - before;
    for (let i = 0; i < 100 && completionPort.sources > before; i++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    console.log(held, completionPort.sources - before);
  `;
  const { stdout, stderr } = await runDeno([
    "eval",
    ...SAME_KERNEL,
    "--no-check",
    "--v8-flags=--expose-gc",
    source,
  ]);
  assertEquals(stdout.trim(), "15 0", stderr);
});

Deno.test("ChildProcess streams: an unref'd child's output comes while the program lives", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = start(job, "write 300000");
  child.unref();
  const timer = setInterval(() => {}, 1000);
  assertEquals((await within(child.stdout.bytes(), "its bytes")).length, 300_000);
  assertEquals((await within(child.status, "its end")).code, 0);
  clearInterval(timer);
  assertEquals([completionPort.refs, completionPort.weakRefs], [0, 0]);
});

Deno.test("ChildProcess.stdin: memory that is transferred or shrinks before it is written is an error", async () => {
  using job = JobObject.create({ killOnClose: true });
  const size = 4_000_000;
  const takeAway: [string, (memory: ArrayBuffer) => unknown][] = [
    ["transferred", (memory) => memory.transfer()],
    ["shrunk", (memory) => memory.resize(size / 2)],
    ["emptied", (memory) => memory.resize(0)],
  ];
  for (const [what, take] of takeAway) {
    for (const isQueued of [false, true]) {
      const memory = new ArrayBuffer(size, { maxByteLength: size });
      // Nothing is read yet: more than the pipes hold is under way when it happens.
      await using child = start(job, "cat", { stdin: "piped" });
      const writer = child.stdin.getWriter();
      const first = isQueued ? writer.write(new Uint8Array(size)) : undefined;
      const written = writer.write(new Uint8Array(memory));
      await new Promise((resolve) => setTimeout(resolve, 0));
      take(memory);
      const got = child.stdout.bytes();
      await within(assertRejects(() => written, TypeError, "was transferred or resized"), what);
      await first;
      // The child sees the end of its input.
      const least = isQueued ? size : 0;
      const { length } = await within(got, "its output");
      assert(least <= length && length < least + size, `${what}: ${length} bytes`);
    }
  }
  const grown = new ArrayBuffer(3, { maxByteLength: 6 });
  await using child = start(job, "cat", { stdin: "piped" });
  const writer = child.stdin.getWriter();
  const before = writer.write(new Uint8Array(size));
  const after = writer.write(new Uint8Array(grown));
  grown.resize(6);
  const text = child.stdout.bytes();
  await within(Promise.all([before, after, writer.close()]), "both writes");
  assertEquals((await text).length, size + 3);
});

Deno.test("ChildProcess.stdin: transferred memory is not an empty chunk", async () => {
  using job = JobObject.create({ killOnClose: true });
  const gone = new Uint8Array(5);
  gone.buffer.transfer();
  await using child = start(job, "cat", { stdin: "piped" });
  await assertRejects(
    () => child.stdin.getWriter().write(gone),
    TypeError,
    "was transferred or resized",
  );
  // It sees the end of its input, which is cut.
  assertEquals((await within(child.status, "its end")).code, 0);
});
