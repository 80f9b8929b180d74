import { assertEquals } from "@std/assert";
import { WallTime } from "../../../cli/run/wall_time.ts";
import { FakeIo } from "../../helpers/fake_io.ts";

/** A clock of one second beside a tree that the test steers. */
function clock({ all = false, before = 0 } = {}) {
  const io = new FakeIo();
  const tree: { cpu: number | undefined; frozen: () => boolean } = { cpu: 5, frozen: () => false };
  const time = new WallTime({ io, cpuTime: () => tree.cpu, isFrozen: () => tree.frozen() });
  const ends: number[] = [];
  time.start(1000, () => ends.push(io.elapsed()), { before, all });
  return { io, time, tree, ends };
}

Deno.test("WallTime: time counts while the tree sleeps, to the millisecond", async () => {
  const { ends, io, time } = clock();
  await io.advance(999);
  assertEquals(ends, []);
  await io.advance(10_000);
  assertEquals([ends, time.counted, io.pending], [[1000], 1000, 0]);
});

Deno.test("WallTime: time that has passed before counts", async () => {
  const { ends, io } = clock({ before: 400 });
  await io.advance(10_000);
  assertEquals(ends, [600]);
  const late = clock({ before: 2000 });
  await late.io.advance(0);
  assertEquals(late.ends, [0]);
});

Deno.test("WallTime: frozen time does not count, and the rest is left after the thaw", async () => {
  const { ends, io, tree } = clock();
  await io.advance(400);
  tree.frozen = () => true;
  // The part of a look in which it was frozen only at the end counts.
  await io.advance(60_100);
  assertEquals(ends, []);
  tree.frozen = () => false;
  await io.advance(499);
  assertEquals(ends, []);
  await io.advance(1);
  assertEquals(ends, [61_000]);
});

Deno.test("WallTime: a tree that uses the processor gets no extra time, frozen or not", async () => {
  const { ends, io, tree } = clock();
  tree.frozen = () => true;
  for (let at = 0; at < 20; at++) {
    tree.cpu = at;
    await io.advance(100);
  }
  assertEquals(ends, [1000]);
  for (const broken of ["cpu", "mark"]) {
    const other = clock();
    if (broken === "cpu") other.tree.cpu = undefined;
    other.tree.frozen = () => {
      if (broken === "mark") throw new Error("Cannot read the mark");
      return true;
    };
    await other.io.advance(5000);
    assertEquals(other.ends.length, 1, broken);
  }
});

Deno.test("WallTime: time in which jobbox is suspended does not count", async () => {
  const { ends, io, tree } = clock();
  await io.advance(100);
  io.jump(60_000);
  await io.advance(999);
  assertEquals(ends, []);
  await io.advance(1);
  assertEquals(ends.length, 1);
  // A tree that ran meanwhile has used its time.
  const busy = clock();
  await busy.io.advance(100);
  busy.io.jump(60_000);
  busy.tree.cpu = 6;
  await busy.io.advance(0);
  assertEquals(busy.ends.length, 1);
  // A little late is what every busy machine is.
  const slow = clock();
  slow.io.jump(1400);
  await slow.io.advance(0);
  assertEquals(slow.ends.length, 1);
  assertEquals(tree.cpu, 5);
});

Deno.test("WallTime: all time counts with --count-frozen", async () => {
  const { ends, io, tree } = clock({ all: true });
  tree.frozen = () => true;
  await io.advance(5000);
  assertEquals(ends, [1000]);
  const suspended = clock({ all: true });
  suspended.io.jump(60_000);
  await suspended.io.advance(0);
  assertEquals(suspended.ends.length, 1);
});

Deno.test("WallTime: calls nothing after it was cancelled", async () => {
  const { ends, io, time } = clock();
  time[Symbol.dispose]();
  await io.advance(5000);
  assertEquals([ends, io.pending], [[], 0]);
});
