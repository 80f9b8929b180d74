/**
 * A program with no more permission than the README names: it spawns, waits and terminates.
 *
 * @module
 */
import { JobObject } from "../../mod.ts";

using job = JobObject.create({ notifications: true });
const quiet = { stdin: "null", stderr: "null" } as const;

const child = job.spawn("cmd", { ...quiet, args: ["/d", "/c", "exit 7"], stdout: "null" });
const { code } = await child.status;
await job.wait();

const echo = job.spawn("cmd", { ...quiet, args: ["/d", "/c", "echo hello"], stdout: "piped" });
const { stdout } = await echo.output();

// It would wait for its input for ever.
await using endless = job.spawn("cmd", {
  ...quiet,
  args: ["/d", "/k"],
  stdin: "piped",
  stdout: "null",
});
const alive = job.pids().length;
job.terminate(9);
await job.wait();

const seen: string[] = [];
for (let i = 0; i < 3; i++) seen.push((await job.pollNotification()).type);

// deno-lint-ignore no-console -- what the test reads
console.log(JSON.stringify({
  code,
  text: new TextDecoder().decode(stdout).trim(),
  alive,
  ended: (await endless.status).code,
  seen,
}));
