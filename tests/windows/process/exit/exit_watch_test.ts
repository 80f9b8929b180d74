import { assertEquals, assertLess } from "@std/assert";
import type { EndRequest } from "../../../../process/exit/ended_by.ts";
import { ExitWatch, type Watched } from "../../../../process/exit/exit_watch.ts";
import { runDeno } from "../../../helpers/deno_process.ts";
import { within } from "../../../helpers/job_trials.ts";
import { ticksUntil } from "../../../helpers/ticks.ts";

/** A process that ends when it is told to. */
class Fake implements Watched {
  polls = 0;
  ended = false;
  requests?: EndRequest[];
  readonly seen = Promise.withResolvers<void>();

  constructor(
    readonly pid: number,
    readonly key: bigint | undefined,
    readonly referenced = true,
  ) {}

  poll(): boolean {
    this.polls++;
    if (this.ended) this.seen.resolve();
    return this.ended;
  }
}

/** Watches a process that takes note of requests. */
function requested(watch: ExitWatch, pid: number): Fake {
  const process = Object.assign(new Fake(pid, 7n), { requests: [] });
  watch.add(process);
  return process;
}

Deno.test("ExitWatch.hint: queries the process at once, and only once", () => {
  const watch = new ExitWatch();
  const [one, other] = [new Fake(1, 7n), new Fake(2, 7n)];
  watch.add(one);
  watch.add(other);
  assertEquals([one.polls, other.polls, watch.size], [0, 0, 2]);
  one.ended = true;
  watch.hint(1);
  watch.hint(1);
  watch.hint(99);
  assertEquals([one.polls, other.polls, watch.size], [1, 0, 1]);
  other.ended = true;
  watch.hint(2);
  assertEquals(watch.size, 0);
});

Deno.test("ExitWatch.hint: a hint before the handle is signaled is followed by short polls", async () => {
  const watch = new ExitWatch();
  const process = new Fake(1, 7n);
  watch.add(process);
  watch.hint(1);
  assertEquals([process.polls, watch.size], [1, 1]);
  process.ended = true;
  assertLess(await ticksUntil(within(process.seen.promise, "the follow-up")), 50);
  assertEquals(watch.size, 0);
});

Deno.test("ExitWatch.hintAll: queries the processes of one job", () => {
  const watch = new ExitWatch();
  const processes = [new Fake(1, 7n), new Fake(2, 8n), new Fake(3, 7n)];
  for (const process of processes) {
    process.ended = true;
    watch.add(process);
  }
  watch.hintAll(7n);
  assertEquals(processes.map(({ polls }) => polls), [1, 0, 1]);
  watch.hintAll(8n);
  assertEquals(watch.size, 0);
});

Deno.test("ExitWatch.hintAll: asks only once where the job has members again", async () => {
  const watch = new ExitWatch();
  const [ended, running, hinted] = [new Fake(1, 7n), new Fake(2, 7n), new Fake(3, 8n)];
  for (const process of [ended, running, hinted]) watch.add(process);
  ended.ended = true;
  watch.hintAll(7n, true);
  assertEquals([ended.polls, running.polls, watch.size], [1, 1, 2]);
  // A follow-up or a sweep of one is one of the other too, if both have it.
  watch.hint(3);
  while (hinted.polls < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(running.polls < hinted.polls, true);
  for (const process of [running, hinted]) watch.remove(process);
});

Deno.test("ExitWatch: finds ends without a message", async () => {
  const watch = new ExitWatch();
  const silent = new Fake(1, 7n);
  watch.add(silent);
  silent.ended = true;
  assertLess(await ticksUntil(within(silent.seen.promise, "the sweep")), 500);
  assertEquals([watch.size, silent.polls], [0, 1]);
});

Deno.test("ExitWatch: polls a process without messages, whatever was added before it", async () => {
  for (const first of [true, false]) {
    const watch = new ExitWatch();
    const processes = [new Fake(1, undefined, first), new Fake(2, undefined, !first)];
    for (const process of processes) watch.add(process);
    for (const process of processes) process.ended = true;
    const all = Promise.all(processes.map(({ seen }) => seen.promise));
    assertLess(await ticksUntil(within(all, "the poll")), 50);
    assertEquals(watch.size, 0);
  }
});

Deno.test("ExitWatch: a referenced polled process keeps the program alive, also after an unreferenced one", async () => {
  const run = (first: boolean, second: boolean) =>
    runDeno([
      "eval",
      "--no-check",
      `import { ExitWatch } from "${import.meta.resolve("../../../../process/exit/exit_watch.ts")}";
      const watch = new ExitWatch();
      const start = Date.now();
      const add = (pid, referenced) => watch.add({ pid, key: undefined, referenced, poll: () => {
        if (Date.now() - start < 100) return false;
        console.log(pid);
        return true;
      }});
      add(1, ${first});
      add(2, ${second});`,
    ]);
  const [loud, quiet] = await Promise.all([run(false, true), run(false, false)]);
  assertEquals([loud.code, loud.stdout.trim().split(/\s+/)], [0, ["1", "2"]], loud.stderr);
  assertEquals([quiet.code, quiet.stdout], [0, ""], quiet.stderr);
});

Deno.test("ExitWatch: several callers may watch one process, and each may give up", () => {
  const watch = new ExitWatch();
  const [one, other, third] = [new Fake(1, 7n), new Fake(1, undefined), new Fake(1, 7n)];
  for (const process of [one, other, third]) watch.add(process);
  watch.remove(third);
  watch.remove(third);
  assertEquals(watch.size, 2);
  for (const process of [one, other, third]) process.ended = true;
  watch.hint(1);
  assertEquals([one.polls, other.polls, third.polls, watch.size], [1, 1, 0, 0]);
});

Deno.test("ExitWatch.silence: processes without further messages are polled", async () => {
  const watch = new ExitWatch();
  const [silent, heard] = [new Fake(1, 7n), new Fake(2, 8n)];
  for (const process of [silent, heard]) watch.add(process);
  watch.silence(7n);
  silent.ended = heard.ended = true;
  assertLess(await ticksUntil(within(silent.seen.promise, "the poll")), 50);
  assertEquals(heard.polls, 0);
  watch.remove(heard);
});

Deno.test("ExitWatch.requestEnd: an earlier end is settled and not attributed to the request", () => {
  const watch = new ExitWatch();
  const [ended, running] = [requested(watch, 1), requested(watch, 2)];
  ended.ended = true;
  const request = { by: "terminate", code: 1 } as const;
  watch.requestEnd([1, 2, 99], request);
  assertEquals([ended.requests, running.requests, watch.size], [[], [request], 1]);
  watch.remove(running);
});

Deno.test("ExitWatch.withdraw: takes one request back, and no other", () => {
  const watch = new ExitWatch();
  const processes = [requested(watch, 1), requested(watch, 2), new Fake(3, 7n)];
  watch.add(processes[2]!);
  const first = { by: "terminate", code: 1 } as const;
  const second = { ...first };
  watch.requestEnd([1, 2, 3], first);
  watch.requestEnd([1], second);
  watch.withdraw(first);
  assertEquals(processes.map(({ requests }) => requests), [[second], [], undefined]);
  for (const process of processes) watch.remove(process);
});

Deno.test("ExitWatch.endingOtherwise: lists processes that are ending, but not with this code", () => {
  const watch = new ExitWatch();
  const processes = [1, 2, 3, 4].map((pid) => requested(watch, pid));
  watch.requestEnd([1, 2], { by: "terminate", code: 3 });
  watch.requestEnd([2], { by: "terminate", code: 0 });
  watch.requestEnd([3], { by: "close" });
  assertEquals([watch.endingOtherwise(0), watch.endingOtherwise(5)], [[1], [1, 2]]);
  for (const process of processes) watch.remove(process);
  assertEquals(watch.endingOtherwise(5), []);
});

Deno.test("ExitWatch: whatever else is watched meanwhile, a sweep and a poll come", async () => {
  for (const key of [7n, undefined]) {
    const watch = new ExitWatch();
    const process = new Fake(1, key);
    watch.add(process);
    process.ended = true;
    let isSeen = false;
    void process.seen.promise.then(() => isSeen = true);
    const until = performance.now() + 60_000;
    while (!isSeen && performance.now() < until) {
      const other = new Fake(2, 8n);
      watch.add(other);
      watch.hasten([other]);
      watch.remove(other);
      watch.update();
      await new Promise((done) => setTimeout(done));
    }
    assertEquals([isSeen, watch.size], [true, 0]);
  }
});
