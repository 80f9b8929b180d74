/**
 * `jobbox kill`: ends every process of a job. A run that has not started its command yet never
 * does; an exit code reports a job of another program in which nothing was started.
 *
 * @module
 */
import { UsageError } from "../args/usage_error.ts";
import { shown } from "../../values/shown.ts";
import { parseCount } from "../../values/quantity.ts";
import { showJson } from "../text/display.ts";
import { writeMessage } from "../text/message.ts";
import { type Command, JSON_OPTION } from "../args/command.ts";
import { ENDED_BY_JOBBOX, exitCodeOf, FAILURE_CODE } from "../exit_code.ts";
import { markRun } from "../run_mark.ts";
import { nameArgument, openNamedJob } from "../named_job.ts";
import { waitForEnd } from "../wait_for_end.ts";
import { fromCommandLine, Settings } from "../args/settings.ts";

/** The request to `jobbox kill`. */
export interface KillValue {
  /** The job's name. */
  readonly name: string;
  /** Whether to print JSON. */
  readonly json: boolean;
  /** The exit code that the processes get. */
  readonly exitCode: number;
}

/** The exit code of a kill that found nothing to end. */
const NOTHING_RAN = 1;

/** `jobbox kill`. */
export const killCommand: Command<KillValue> = {
  spec: {
    name: "kill",
    summary: "end every process of a job",
    usage: "[OPTION…] NAME",
    example: "jobbox kill build",
    options: [
      {
        name: "exit-code",
        value: "COUNT",
        help:
          "exit code for the processes, not 0, which would look like success; a jobbox run that is " +
          `killed ends with ${exitCodeOf("killed")}, whatever this is`,
      },
      JSON_OPTION,
    ],
    notes: [{
      title: "Exit codes",
      rows: [
        ["0", "no process of the job is left; a run that has not started its command never does"],
        [String(NOTHING_RAN), "nothing was ever started in the job, and nothing was ended"],
        [String(FAILURE_CODE), "there is no such job, or its processes could not be ended"],
      ],
    }],
  },
  parse: (args) => {
    const settings = new Settings(fromCommandLine(args.options));
    const exitCode = settings.read("exit-code", parseCount) ?? ENDED_BY_JOBBOX;
    if (exitCode === 0) {
      throw new UsageError("--exit-code: 0 would look like success: give another code");
    }
    return { name: nameArgument(args), json: settings.has("json"), exitCode };
  },
  execute: async ({ name, json, exitCode }, io) => {
    using job = openNamedJob(name, ["query", "terminate"]);
    const isSeen = markRun("kill", name);
    const pids = job.pids();
    job.terminate(exitCode);
    if (!isSeen && job.stats().processes.total === 0) {
      const what = `Nothing runs in job ${shown(name)} yet, and nothing was ended`;
      writeMessage(io, `${what}: kill it again when jobbox ps lists a process`);
      return NOTHING_RAN;
    }
    await waitForEnd(job, io, { exitCode, name: ` of job ${shown(name)}` });
    if (json) io.stdout.write(`${showJson({ name, pids })}\n`);
    return 0;
  },
};
