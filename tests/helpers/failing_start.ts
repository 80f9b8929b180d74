/**
 * A program that starts a process whose stdout is a new file and whose stderr cannot be opened, and
 * prints the error. Its argument is a folder.
 *
 * @module
 */
import { JobObject } from "../../mod.ts";

const [folder] = Deno.args;
using job = JobObject.create();
try {
  job.spawn("cmd", {
    stdin: "null",
    stdout: { path: `${folder}\\made` },
    stderr: { path: `${folder}\\none\\made` },
  });
} catch (error) {
  // deno-lint-ignore no-console -- what the test reads
  console.log(String(error));
}
