/**
 * A program with no more permission than docs/isolation.md names: it starts a command with fewer
 * rights.
 *
 * @module
 */
import { JobObject } from "../../mod.ts";

await using job = JobObject.create({ killOnClose: true });
const child = job.spawn("cmd", {
  args: ["/d", "/c", "exit 0"],
  stdin: "null",
  stdout: "null",
  stderr: "null",
  isolation: { admin: false, privileges: [], temp: "fresh" },
});
await child.status;
const rows = child.isolation!.restrictions.map(({ row }) => row);
// deno-lint-ignore no-console -- what the test reads
console.log(rows.join(" "));
