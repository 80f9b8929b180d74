/**
 * `jobbox run`: starts a command in a job, watches it, reports.
 *
 * @module
 */
import type { Command } from "../args/command.ts";
import { VALUE_NOTES } from "../args/limit_options.ts";
import { EXIT_CODES } from "../exit_code.ts";
import { explainRun } from "../run/explain.ts";
import { readRunPlan, RUN_OPTIONS, type RunPlan } from "../run/plan.ts";
import { recordRefusal } from "../run/refusal.ts";
import { run } from "../run/run.ts";

/** `jobbox run`. */
export const runCommand: Command<RunPlan> = {
  spec: {
    name: "run",
    summary: "run a command in a job under limits",
    usage: "[OPTION…] [--] COMMAND [ARGUMENT…]",
    example: "jobbox run --memory 512M --timeout 30s -- node build.js",
    options: RUN_OPTIONS,
    stopEarly: true,
    notes: [
      {
        title: "How it is stopped",
        rows: [
          [
            "Ctrl-C",
            "reaches jobbox only, which sends CTRL_BREAK to the command, waits for --grace and ends " +
            "what is left; a second one ends it at once",
          ],
          [
            "closing",
            "the console's close and a logoff do the same, with at most 4 s of --grace: Windows gives " +
            "no more; the end of jobbox itself ends the tree at once",
          ],
          [
            "no console",
            "a service or a detached task cannot send CTRL_BREAK: there --grace is not used, and the " +
            "tree is ended at once",
          ],
          [
            "--foreground",
            "Ctrl-C and Ctrl-Break reach the command as they do without jobbox, and it decides what " +
            "they mean; a limit ends it at once, since it cannot be asked alone",
          ],
          [
            "suspended",
            "the time of --timeout goes on while the tree is frozen, or jobbox is suspended with it; " +
            "then it is ended when jobbox runs again",
          ],
        ],
      },
      {
        title: "Values",
        rows: [
          ...VALUE_NOTES,
          ["none", "of a limit, --timeout or --max-output: lifts what the policy sets"],
          [
            "--no-FLAG",
            "takes a flag of the policy back: --no-quiet; --wait-tree for no-wait-tree",
          ],
        ],
      },
      {
        title: "Files",
        rows: [
          ["a program", "a relative path is taken from --cwd; a bare name is looked up on PATH"],
          ["all others", "relative paths are taken from the folder that jobbox itself runs in"],
        ],
      },
      {
        title: "Exit codes",
        rows: EXIT_CODES.map(({ code, meaning }) => [code?.toString() ?? "any", meaning] as const),
      },
    ],
  },
  parse: readRunPlan,
  execute: (plan, io) => plan.explain ? explainRun(plan, io) : run(plan, io),
  refused: recordRefusal,
};
