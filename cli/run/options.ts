/**
 * The options of `jobbox run` other than its limits.
 *
 * @module
 */
import { JSON_OPTION } from "../args/command.ts";
import type { OptionSpec, SettingSpec } from "../args/option.ts";
import { ENGINES } from "../engines/table.ts";

/** What can happen when a limit is reached. */
export const REACTIONS = ["report", "stop", "kill"] as const;

/** What happens when a limit is reached: nothing, a graceful end, or an end at once. */
export type Reaction = typeof REACTIONS[number];

const WATCH = "When it ends";
const START = "How it starts";
const OUT = "Reports";

/** The options that a policy file can also have. */
export const RUN_SETTINGS: readonly SettingSpec[] = [
  {
    name: "timeout",
    value: "TIME",
    type: "string",
    lift: true,
    group: WATCH,
    help:
      "end the run after this wall time: 250ms, 1.5s, 1m30s, 1h; time in which the tree is frozen or " +
      "jobbox itself suspended does not count",
  },
  {
    name: "count-frozen",
    undo: "no-count-frozen",
    type: "boolean",
    group: WATCH,
    help: "let --timeout count the time in which the tree is frozen or jobbox itself suspended",
  },
  {
    name: "grace",
    value: "TIME",
    type: "string",
    group: WATCH,
    help: "time between CTRL_BREAK and termination; 0s terminates at once (default 2s); not used " +
      "without a console",
  },
  {
    name: "on-limit",
    value: "WHAT",
    type: "string",
    allowed: REACTIONS,
    words: REACTIONS,
    group: WATCH,
    help: "when a memory, process or time limit is reached: report (what the kernel does: " +
      "allocations and starts fail; the default), stop (gracefully) or kill",
  },
  {
    name: "on-notify",
    value: "WHAT",
    type: "string",
    allowed: REACTIONS,
    words: REACTIONS,
    group: WATCH,
    help: "when a soft limit (--notify-…) is reached: report (the default), stop or kill",
  },
  {
    name: "no-wait-tree",
    undo: "wait-tree",
    type: "boolean",
    group: WATCH,
    help:
      "stop as soon as the command exits and end what it started (default: wait for the whole " +
      "tree)",
  },
  {
    name: "max-output",
    value: "SIZE",
    type: "string",
    lift: true,
    group: WATCH,
    help: "end the run when stdout and stderr together exceed this (both then pass through jobbox)",
  },
  {
    name: "name",
    value: "NAME",
    type: "string",
    group: START,
    help: "the job's name, for use with other commands; must not be in use",
  },
  {
    name: "cwd",
    value: "FOLDER",
    type: "string",
    group: START,
    help: "the folder to run in; a relative program path starts there",
  },
  {
    name: "env",
    value: "NAME=VALUE",
    type: "variables",
    perVariable: true,
    repeat: true,
    group: START,
    help: "set a variable; may be repeated",
  },
  {
    name: "unset-env",
    value: "NAME",
    type: "strings",
    perVariable: true,
    repeat: true,
    group: START,
    help: "remove a variable, or all that match a pattern such as AWS_*, but not SystemRoot or " +
      "SystemDrive; may be repeated",
  },
  {
    name: "env-file",
    aliases: ["env-from"],
    value: "FILE",
    type: "string",
    group: START,
    help: "read variables from a file, one NAME=VALUE per line; --env takes precedence. Node.js " +
      "takes this option for itself: after npx, use --env-from",
  },
  {
    name: "clear-env",
    undo: "no-clear-env",
    type: "boolean",
    group: START,
    help: "start with only the few variables that Windows needs",
  },
  {
    name: "foreground",
    type: "boolean",
    group: START,
    help: "let Ctrl-C reach the command as without jobbox, and let it decide what to do; for " +
      "interactive programs",
  },
  {
    name: "error-dialogs",
    type: "boolean",
    group: START,
    help: "let Windows show its error boxes, for example for a missing DLL; by default they are " +
      "off, because there may be no one to close them",
  },
  { name: "stdin", value: "FILE", type: "string", group: START, help: "read stdin from a file" },
  { name: "stdout", value: "FILE", type: "string", group: START, help: "write stdout to a file" },
  {
    name: "stderr",
    value: "FILE",
    type: "string",
    excludes: "stderr",
    group: START,
    help: "write stderr to a file",
  },
  {
    name: "stderr-to-stdout",
    type: "boolean",
    excludes: "stderr",
    group: START,
    help: "send stderr to the same place as stdout, in the order of the writes",
  },
  {
    name: "append",
    undo: "no-append",
    type: "boolean",
    group: START,
    help: "append to the files of --stdout and --stderr instead of emptying them",
  },
  {
    name: "report",
    value: "FILE",
    type: "strings",
    repeat: true,
    group: OUT,
    help:
      "write the run record: FILE.json, FILE.html for a page, or - for JSON on stdout; may be " +
      "repeated",
  },
  {
    name: "events",
    value: "FILE",
    type: "string",
    group: OUT,
    help:
      "write events as they happen, one JSON object per line; - for stdout, which needs --stdout FILE",
  },
  {
    name: "meta",
    value: "FILE",
    type: "string",
    group: OUT,
    help: "write the result as key:value lines, like isolate, plus limits-reached; - for stdout",
  },
  {
    name: "metrics",
    value: "FOLDER",
    type: "string",
    group: OUT,
    help:
      "add the run to the sums in FOLDER\\jobbox.prom, for a textfile collector of Prometheus; if " +
      "that fails, it is reported and the exit code stays",
  },
  {
    name: "label",
    value: "NAME=VALUE",
    type: "labels",
    perVariable: true,
    repeat: true,
    group: OUT,
    help:
      "put a word of your own into the record, such as the number of the build; may be repeated",
  },
  {
    name: "quiet",
    short: "q",
    undo: "no-quiet",
    type: "boolean",
    group: OUT,
    help: "no status line, no messages and no summary; errors are still printed",
  },
];

/** The options that only a command line can have. */
export const RUN_ONLY: readonly OptionSpec[] = [
  {
    name: "policy",
    value: "FILE",
    help: "read options from a JSON file; the command line takes precedence",
  },
  {
    name: "engine",
    value: "NAME",
    words: ENGINES.map(({ name }) => name),
    help:
      "take limits from the engine that starts this as its job, and tell it how the run ended: " +
      `${
        ENGINES.map(({ name, summary }) => `${name} (${summary})`).join(", ")
      }; options win over it`,
  },
  {
    name: "explain",
    help: "show what a run would do and what this system would refuse; nothing is started",
  },
  {
    ...JSON_OPTION,
    help:
      "print the run record, or the result of --explain, as one line of JSON on stdout, after the " +
      "command's output; --stdout FILE or --report FILE keeps them apart",
  },
];
