import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { CHILD, jobbox } from "../../../helpers/jobbox_process.ts";
import { runUntilTold } from "../../../helpers/told_run.ts";

/** Lets jobsim send the message again after each query; a real system does what it does. */
const REPEATED = { JOBSIM_NOTIFY: "repeated" };
const OPTIONS = ["run", "--json", "--notify-memory", "16M"];
const COMMAND = ["--", CHILD, "alloc", String(64 * 2 ** 20)];

/** With the brake at least 100, 200, 400 and 800 ms apart. */
const HITS = 5;

/** The record follows what the command says. */
function recordIn(out: string) {
  return JSON.parse(out.slice(out.indexOf("{")));
}

Deno.test("jobbox run: a soft limit that stays exceeded is counted, without a storm of messages", async () => {
  const { code, out } = await runUntilTold(
    "notificationLimit",
    HITS,
    ({ events, waits }) =>
      jobbox([...OPTIONS, "--events", events, ...COMMAND, ...waits], { env: REPEATED }),
  );
  const { verdict, child, processTable, limitHits, limitHitCounts } = recordIn(out);
  const count = limitHitCounts.notificationLimit;
  assertEquals([code, verdict, limitHits.length], [0, "exited", count]);
  const { start, end } = processTable.find(({ pid }: { pid: number }) => pid === child.pid);
  assert(count >= HITS && count <= 2 + (end - start) / 100, `${count} in ${end - start} ms`);
});

Deno.test("jobbox run: --on-notify acts once on a limit that stays exceeded", async () => {
  const { out, err } = await jobbox(
    [...OPTIONS, "--on-notify", "kill", ...COMMAND, "sleepforever"],
    { env: REPEATED },
  );
  const { verdict, limit } = recordIn(out);
  assertEquals([verdict, limit?.name], ["notification", "jobMemory"], err);
});
