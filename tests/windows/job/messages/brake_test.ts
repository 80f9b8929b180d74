import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { CHILD, jobbox } from "../../../helpers/jobbox_process.ts";

/** Lets jobsim send the message again after each query; a real system does what it does. */
const REPEATED = { JOBSIM_NOTIFY: "repeated" };
const COMMAND = ["--", CHILD, "alloc", String(64 * 2 ** 20), "sleep", "1500"];

/** The record follows what the command says. */
function recordIn(out: string) {
  return JSON.parse(out.slice(out.indexOf("{")));
}

Deno.test("jobbox run: a soft limit that stays exceeded is counted, without a storm of messages", async () => {
  const { code, out } = await jobbox(
    ["run", "--json", "--notify-memory", "16M", ...COMMAND],
    { env: REPEATED },
  );
  const { verdict, limitHits, limitHitCounts } = recordIn(out);
  const count = limitHitCounts.notificationLimit;
  assertEquals([code, verdict, limitHits.length], [0, "exited", count]);
  assert(count >= 2 && count <= 8, `${count} in 1500 ms`);
});

Deno.test("jobbox run: --on-notify acts once on a limit that stays exceeded", async () => {
  const { out, err } = await jobbox(
    ["run", "--json", "--notify-memory", "16M", "--on-notify", "kill", ...COMMAND],
    { env: REPEATED },
  );
  const { verdict, limit } = recordIn(out);
  assertEquals([verdict, limit?.name], ["notification", "jobMemory"], err);
});
