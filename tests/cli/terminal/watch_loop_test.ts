import { assertEquals, assertRejects } from "@std/assert";
import { repeat } from "../../../cli/terminal/watch_loop.ts";
import { FakeIo, settle } from "../../helpers/fake_io.ts";

Deno.test("repeat: looks at once, then at the interval, until it is over", async () => {
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
