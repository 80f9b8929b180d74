import { assertEquals, assertRejects } from "@std/assert";
import { repeat } from "../../../cli/terminal/watch_loop.ts";
import { FakeIo, settle } from "../../helpers/fake_io.ts";

Deno.test("repeat: runs at once, then at the interval, until it is over", async () => {
  const io = new FakeIo();
  const times: number[] = [];
  const end = repeat(io, () => {
    times.push(io.elapsed());
    return times.length < 3;
  }, { interval: 100 });
  await io.advance(1000);
  assertEquals(await end, "over");
  assertEquals(times, [0, 100, 200]);
  assertEquals(io.pending, 0);
});

Deno.test("repeat: a signal ends it", async () => {
  const io = new FakeIo();
  const end = repeat(io, () => true, { interval: 100 });
  await io.advance(150);
  io.signal("interrupt");
  assertEquals(await end, "signal");
  assertEquals(io.pending, 0);
});

Deno.test("repeat: ends at the next turn when its reader is gone", async () => {
  const io = new FakeIo();
  let looks = 0;
  const end = repeat(io, () => ++looks > 0, { interval: 100 });
  io.stdout.giveUp();
  await io.advance(100);
  assertEquals([await end, looks, io.pending], ["over", 1, 0]);
});

Deno.test("repeat: does not run again before the reader has taken the previous output", async () => {
  const io = new FakeIo();
  io.stdout.isStalled = true;
  let looks = 0;
  const end = repeat(io, () => {
    looks++;
    io.stdout.write("x");
    return looks < 2;
  }, { interval: 100 });
  await io.advance(1000);
  assertEquals(looks, 1);
  io.stdout.isStalled = false;
  io.stdout.proceed();
  await io.advance(100);
  assertEquals([await end, looks, io.out, io.pending], ["over", 2, "xx", 0]);
});

Deno.test("repeat: after a signal a stalled reader is given up in a moment", async () => {
  const io = new FakeIo();
  io.stdout.isStalled = true;
  const end = repeat(io, () => {
    io.stdout.write("x");
    return true;
  }, { interval: 100 });
  io.signal("break");
  await io.advance(200);
  assertEquals([await end, io.stdout.isGone, io.pending], ["signal", true, 0]);
});

Deno.test("repeat: passes a failure on", async () => {
  const io = new FakeIo();
  let looks = 0;
  const end = repeat(io, () => {
    if (++looks === 2) throw new Error("gone");
    return true;
  }, { interval: 100 });
  const rejected = assertRejects(() => end, Error, "gone");
  await settle();
  await io.advance(100);
  await rejected;
  assertEquals(io.pending, 0);
});
