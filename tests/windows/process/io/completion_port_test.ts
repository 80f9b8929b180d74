import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Win32Error } from "../../../../ffi/error.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { CompletionPort, type Packet } from "../../../../process/io/completion_port.ts";
import { runDeno } from "../../../helpers/deno_process.ts";
import { SAME_KERNEL, within } from "../../../helpers/job_trials.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

/** Takes packets of one key and resolves when a given number have arrived. */
class Receiver {
  readonly packets: Packet[] = [];
  readonly key: bigint;
  readonly #port: CompletionPort;
  #wanted = 0;
  #done: (() => void) | undefined;

  constructor(port: CompletionPort) {
    this.#port = port;
    this.key = port.register((packet) => {
      this.packets.push(packet);
      if (this.packets.length === this.#wanted) this.#done?.();
    });
  }

  async take(count: number): Promise<readonly Packet[]> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wanted = count;
    this.#done = resolve;
    if (this.packets.length < count) await within(promise, `${count} packets`);
    return this.packets;
  }

  /** Resolves in the handler of the next packet. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wanted = this.packets.length + 1;
      this.#done = resolve;
    });
  }

  post(bytes: number, overlapped: bigint): void {
    assert(kernel32.PostQueuedCompletionStatus(this.#port.handle, bytes, this.key, overlapped));
  }
}

// First, because any timer of an earlier test would load Deno's timers.
Deno.test("CompletionPort.register: afterwards no packet is delivered in the middle of a call that sets a timer", () => {
  const port = new CompletionPort();
  new Receiver(port);
  let ran = false;
  queueMicrotask(() => ran = true);
  clearTimeout(setTimeout(() => {}, 1_000));
  assert(!ran);
});

Deno.test("CompletionPort: each key's packets reach its own handler, whole and in order", async () => {
  const port = new CompletionPort();
  const [a, b] = [new Receiver(port), new Receiver(port)];
  const count = 300; // more than two batches
  for (let i = 0; i < count; i++) {
    a.post(i, 0xffff_ffff_ffffn - BigInt(i));
    b.post(0xffff_ffff - i, BigInt(i));
  }
  port.ref();
  const [ofA, ofB] = [await a.take(count), await b.take(count)];
  port.unref();
  await port.idle();
  ofA.forEach((packet, i) =>
    assertEquals(packet, { bytes: i, overlapped: 0xffff_ffff_ffffn - BigInt(i) })
  );
  ofB.forEach((packet, i) =>
    assertEquals(packet, { bytes: 0xffff_ffff - i, overlapped: BigInt(i) })
  );
});

Deno.test("CompletionPort.unregister: a late packet reaches no source, not even a newer one", async () => {
  const port = new CompletionPort();
  const old = new Receiver(port);
  old.post(1, 0n);
  port.unregister(old.key);
  const fresh = new Receiver(port);
  assert(fresh.key !== old.key);
  fresh.post(2, 0n);
  port.ref();
  await fresh.take(1);
  port.unref();
  await port.idle();
  assertEquals([old.packets.length, fresh.packets.map(({ bytes }) => bytes)], [0, [2]]);
  assertEquals(port.sources, 1);
});

Deno.test("CompletionPort: an error of a handler is reported, and the others still get their packets", async () => {
  const port = new CompletionPort();
  const bad = port.register(() => {
    throw new Error("a fault of the test");
  });
  const good = new Receiver(port);
  const reported: unknown[] = [];
  const listen = (event: ErrorEvent): void => {
    event.preventDefault();
    reported.push(event.error.message);
  };
  addEventListener("error", listen);
  port.post(bad);
  good.post(7, 0n);
  port.ref();
  await good.take(1);
  port.unref();
  await port.idle();
  removeEventListener("error", listen);
  assertEquals(reported, ["a fault of the test"]);
});

Deno.test("CompletionPort: releasing more references than are held is an error", () => {
  const port = new CompletionPort();
  assertThrows(() => port.unref(), RangeError, "it is not referenced");
  assertThrows(() => port.unrefWeak(), RangeError, "it is not weakly referenced");
});

Deno.test("CompletionPort.drain: delivers what is in the queue at once, and returns whether there was any", () => {
  const port = new CompletionPort();
  const receiver = new Receiver(port);
  assertEquals(port.drain(), false);
  receiver.post(1, 0n);
  receiver.post(2, 0n);
  assertEquals(port.drain(), true);
  assertEquals(receiver.packets.map(({ bytes }) => bytes), [1, 2]);
  assertEquals(port.drain(), false);
});

Deno.test("CompletionPort.refWeak: packets come while something else keeps the program alive", async () => {
  const port = new CompletionPort();
  const receiver = new Receiver(port);
  port.refWeak();
  for (let i = 1; i <= 3; i++) {
    receiver.post(i, 0n);
    await receiver.take(i);
  }
  port.unrefWeak();
  assertEquals([port.refs, port.weakRefs], [0, 0]);
});

Deno.test("CompletionPort: a waiter keeps the program alive, a weak one does not", async () => {
  const run = (wait: string) =>
    runDeno([
      "eval",
      ...SAME_KERNEL,
      "--no-check",
      `import { CompletionPort } from ${
        JSON.stringify(import.meta.resolve("../../../../process/io/completion_port.ts"))
      };
      const port = new CompletionPort();
      const key = port.register(() => { console.log("packet"); port.unref(); });
      ${wait}`,
    ]);
  const weak = await run("port.refWeak(); console.log(port.handle > 0n);");
  assertEquals([weak.code, weak.stdout.trim()], [0, "true"], weak.stderr);
  const strong = await run(
    "port.ref(); const t = setTimeout(() => port.post(key), 200); Deno.unrefTimer(t as never);",
  );
  assertEquals([strong.code, strong.stdout.trim()], [0, "packet"], strong.stderr);
});

Deno.test("CompletionPort: a failed wait is reported to every source and tried again", async () => {
  const port = new CompletionPort();
  const errors: Win32Error[] = [];
  const silent = port.register(() => {}, (error) => errors.push(error));
  let failures = 0;
  {
    using _blind = substituteKernel("GetQueuedCompletionStatusEx", () => () => 0);
    using _broken = substituteKernel(
      "GetQueuedCompletionStatusExAsync",
      (real) => (...args) => failures++ < 2 ? Promise.resolve(0) : real(...args),
    );
    const receiver = new Receiver(port);
    receiver.post(7, 9n);
    port.ref();
    assertEquals(await receiver.take(1), [{ bytes: 7, overlapped: 9n }]);
    port.unref();
    await within(port.idle(), "the pump's end");
  }
  assertEquals(errors.map(({ api }) => api), Array(2).fill("GetQueuedCompletionStatusEx"));
  port.unregister(silent);
});

Deno.test("CompletionPort: shortly after a wait, a packet that comes before the next needs no thread", async () => {
  const port = new CompletionPort();
  const receiver = new Receiver(port);
  const { now } = performance;
  let waits = 0;
  using _counted = substituteKernel("GetQueuedCompletionStatusExAsync", (real) => (...args) => {
    waits++;
    return real(...args);
  });
  const takeOne = async (): Promise<void> => {
    port.ref();
    // The caller holds the pump first, as in `next()`.
    receiver.post(7, 9n);
    await receiver.next();
    port.unref();
    await within(port.idle(), "the pump's end");
  };
  try {
    performance.now = () => 0;
    await takeOne();
    const first = waits;
    await takeOne();
    assertEquals(waits, first);
    performance.now = () => 100;
    await takeOne();
    assert(waits > first);
  } finally {
    performance.now = now;
  }
});

Deno.test("CompletionPort: packets that keep coming do not starve the event loop", async () => {
  const port = new CompletionPort();
  let isTimerDue = true;
  const key = port.register(() => {
    if (isTimerDue) port.post(key);
  });
  setTimeout(() => isTimerDue = false);
  port.ref();
  port.post(key);
  await within(
    (async () => {
      while (isTimerDue) await new Promise((resolve) => setTimeout(resolve));
    })(),
    "the timer",
  );
  port.unref();
  await within(port.idle(), "the pump's end");
});

Deno.test("CompletionPort: a rejection is never unhandled", async () => {
  const port = new CompletionPort();
  const errors: Win32Error[] = [];
  port.register(() => {}, (error) => errors.push(error));
  using _broken = substituteKernel(
    "GetQueuedCompletionStatusExAsync",
    () => () => Promise.reject(new RangeError("broken")),
  );
  port.ref();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(errors.map(({ cause }) => (cause as Error).message), ["broken"]);
  port.unref();
  await within(port.idle(), "the pump's end");
});

Deno.test("CompletionPort: its wait outlives a terminated Worker without harm", async () => {
  const { code, stdout, stderr } = await runDeno([
    "eval",
    ...SAME_KERNEL,
    "--no-check",
    `const source = \`
      import { JobObject } from "${import.meta.resolve("../../../../job/job_object.ts")}";
      const job = JobObject.create({ name: "worker-" + Deno.pid });
      const next = job.notifications().next();
      postMessage(job.name);
      await next;\`;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(url, { type: "module" });
    const name = await new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
    const { JobObject } = await import("${import.meta.resolve("../../../../job/job_object.ts")}");
    using job = JobObject.open(name);
    worker.terminate();
    const buffers = Array.from({ length: 2000 }, () => new Uint8Array(4104));
    const child = job.spawn("cmd", { args: ["/c", "exit"] });
    await child.status;
    console.log(buffers.every((buffer) => buffer.every((byte) => byte === 0)));`,
  ]);
  assertEquals([code, stdout.trim()], [0, "true"], stderr);
});
