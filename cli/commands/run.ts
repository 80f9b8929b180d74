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
        title: "How a run is stopped",
        rows: [
          [
            "Ctrl-C",
            "reaches only jobbox, which sends CTRL_BREAK to the command, waits for --grace and then " +
            "ends the rest; a second Ctrl-C ends everything at once",
          ],
          [
            "closing",
            "closing the console and logging off do the same, with at most 4 s of --grace, because " +
            "Windows gives no more; the end of jobbox itself ends the tree at once",
          ],
          [
            "no console",
            "a service or a detached task cannot send CTRL_BREAK, so --grace is not used and the " +
            "tree ends at once",
          ],
          [
            "--foreground",
            "Ctrl-C and Ctrl-Break reach the command as they do without jobbox, and it decides what " +
            "they mean; a limit ends it at once, because it cannot be asked alone",
          ],
          [
            "suspended",
            "--timeout does not count while jobbox freeze holds the tree, or while jobbox itself is " +
            "suspended or the machine sleeps, as long as the tree uses no processor time; with " +
            "--count-frozen it does, and a suspended jobbox ends the run as soon as it is resumed",
          ],
        ],
      },
      {
        title: "Values",
        rows: [
          ...VALUE_NOTES,
          ["none", "for a limit, --timeout or --max-output: removes what the policy sets"],
          [
            "--no-FLAG",
            "undoes a flag of the policy, except one of the isolation: --no-quiet; --wait-tree " +
            "undoes no-wait-tree",
          ],
        ],
      },
      {
        title: "Files",
        rows: [
          ["a program", "a relative path starts at --cwd; a bare name is looked up on PATH"],
          ["all others", "relative paths start at the folder that jobbox itself runs in"],
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
