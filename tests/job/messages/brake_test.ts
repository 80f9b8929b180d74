import { assertEquals } from "@std/assert";
import { Brake, BrakedMessages } from "../../../job/messages/brake.ts";

Deno.test("Brake: a series gets slower up to one a second, and a pause ends it", () => {
  const brake = new Brake();
  const holds: number[] = [];
  let now = 5_000;
  for (let i = 0; i < 7; i++) {
    const hold = brake.hold(now);
    holds.push(hold);
    // The next one comes at once when this one is answered.
    now += hold;
  }
  assertEquals(holds, [0, 100, 200, 400, 800, 1_000, 1_000]);
  assertEquals(brake.hold(now + 1_000), 0);
  assertEquals(brake.hold(now + 1_040), 60);
});

Deno.test("Brake: messages 100 ms apart are not slowed down", () => {
  const brake = new Brake();
  assertEquals([0, 100, 200, 300].map((now) => brake.hold(now)), [0, 0, 0, 0]);
});

Deno.test("BrakedMessages: the second message is held until its time, or until it is requested", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const told: string[] = [];
  const messages = new BrakedMessages<string>((message) => {
    told.push(message);
    if (message === "b") resolve();
  });
  messages.take("a");
  messages.take("b");
  assertEquals(told, ["a"]);
  // The timer that holds it keeps no program alive.
  const alive = setTimeout(() => {}, 5_000);
  await promise;
  clearTimeout(alive);
  messages.take("c");
  messages.release();
  messages.release();
  assertEquals(told, ["a", "b", "c"]);
});
