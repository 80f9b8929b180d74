import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { NotificationQueue } from "../../../job/messages/queue.ts";

Deno.test("NotificationQueue.take: the values in their order, then undefined", () => {
  const queue = new NotificationQueue<number>();
  assertEquals(queue.take(), undefined);
  queue.push(1);
  queue.push(2);
  assertEquals([queue.take(), queue.take(), queue.take()], [1, 2, undefined]);
  queue.push(3);
  assertEquals(queue.take(), 3);
});

Deno.test("NotificationQueue: no value is lost or doubled, however pushes and takes fall", () => {
  const queue = new NotificationQueue<number>();
  const taken: number[] = [];
  let [pushed, state] = [0, 1];
  for (let round = 0; round < 5_000; round++) {
    state = (state * 48271) % 2147483647;
    for (let i = state % 5; i > 0; i--) queue.push(pushed++);
    for (let i = (state >> 8) % 5; i > 0; i--) {
      const value = queue.take();
      if (value !== undefined) taken.push(value);
    }
  }
  for (let value = queue.take(); value !== undefined; value = queue.take()) taken.push(value);
  assert(pushed > 5_000);
  assertEquals(taken, Array.from({ length: pushed }, (_, i) => i));
});

Deno.test("NotificationQueue.next: returns an available value at once, or waits for one", async () => {
  const queue = new NotificationQueue<string>();
  queue.push("a");
  assertEquals(await queue.next(), "a");
  const next = queue.next();
  assertEquals(queue.waiting, 1);
  queue.push("b");
  assertEquals(queue.waiting, 0);
  assertEquals(await next, "b");
});

Deno.test("NotificationQueue.next: the longest-waiting consumer gets the first value", async () => {
  const queue = new NotificationQueue<number>();
  const waiting = [queue.next(), queue.next(), queue.next()];
  for (const value of [1, 2, 3, 4]) queue.push(value);
  assertEquals(await Promise.all(waiting), [1, 2, 3]);
  assertEquals(queue.take(), 4);
});

Deno.test("NotificationQueue.next: an aborted wait loses no value", async () => {
  const queue = new NotificationQueue<number>();
  const controller = new AbortController();
  const [first, second] = [queue.next(controller.signal), queue.next()];
  controller.abort(new RangeError("enough"));
  await assertRejects(() => first, RangeError, "enough");
  assertEquals(queue.waiting, 1);
  queue.push(1);
  assertEquals(await second, 1);
  queue.push(2);
  await assertRejects(() => queue.next(controller.signal), RangeError, "enough");
  assertEquals(queue.take(), 2);
});

Deno.test("NotificationQueue.next: the listener of an unused signal is removed", async () => {
  const queue = new NotificationQueue<number>();
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  Object.assign(signal, {
    addEventListener: (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(signal, args);
    },
    removeEventListener: (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    },
  });
  const next = queue.next(signal);
  assertEquals(listeners, 1);
  queue.push(5);
  assertEquals(await next, 5);
  assertEquals(listeners, 0);
});

Deno.test("NotificationQueue.end: queued values can be taken, then the queue ends", async () => {
  const queue = new NotificationQueue<number>();
  queue.push(1);
  queue.end();
  queue.push(2);
  assertEquals(await queue.next(), 1);
  assertStrictEquals(await queue.next(), undefined);
});

Deno.test("NotificationQueue.end: a waiting consumer gets the end, or its error", async () => {
  const plain = new NotificationQueue<number>();
  const waiting = [plain.next(), plain.next()];
  plain.end();
  assertEquals(await Promise.all(waiting), [undefined, undefined]);
  assertEquals(plain.waiting, 0);

  const failed = new NotificationQueue<number>();
  const late = failed.next();
  failed.end(new RangeError("broken"));
  failed.end();
  await assertRejects(() => late, RangeError, "broken");
  await assertRejects(() => failed.next(), RangeError, "broken");
});

Deno.test("NotificationQueue.end: values that came before an error are given before it", async () => {
  const queue = new NotificationQueue<number>();
  queue.push(1);
  queue.end(new RangeError("broken"));
  assertEquals(await queue.next(), 1);
  await assertRejects(() => queue.next(), RangeError, "broken");
});

Deno.test("NotificationQueue.isReady: with a value, or at the end", async () => {
  const queue = new NotificationQueue<number>();
  assertEquals(queue.isReady, false);
  queue.push(1);
  assertEquals([queue.isReady, await queue.next(), queue.isReady], [true, 1, false]);
  queue.end();
  assertEquals([queue.isReady, await queue.next()], [true, undefined]);
});
