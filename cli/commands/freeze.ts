/**
 * `jobbox freeze` and `jobbox thaw`: suspends every thread of a job, and resumes it.
 *
 * @module
 */
import type { Command } from "../args/command.ts";
import { showJson } from "../text/display.ts";
import { JSON_OPTION } from "../args/command.ts";
import { markRun } from "../run_mark.ts";
import { nameArgument, withNamedJob } from "../named_job.ts";

/** The request to the two commands. */
export interface FreezeValue {
  /** The job's name. */
  readonly name: string;
  /** Whether to print JSON. */
  readonly json: boolean;
}

function freezeOrThaw(verb: "freeze" | "thaw", summary: string): Command<FreezeValue> {
  return {
    spec: {
      name: verb,
      summary,
      usage: "[OPTION…] NAME",
      example: `jobbox ${verb} build`,
      options: [JSON_OPTION],
    },
    parse: (args) => ({
      name: nameArgument(args),
      json: args.options.some(({ name }) => name === "json"),
    }),
    execute: ({ name, json }, io) => {
      // Its time does not count while it is frozen: a tree that runs must not be marked.
      if (verb === "thaw") markRun("frozen", name, false);
      withNamedJob(name, (job) => job[verb](), { access: ["query", "set"] });
      if (verb === "freeze") markRun("frozen", name);
      if (json) io.stdout.write(`${showJson({ name, frozen: verb === "freeze" })}\n`);
      return Promise.resolve(0);
    },
  };
}

/** `jobbox freeze`. */
export const freezeCommand: Command<FreezeValue> = freezeOrThaw(
  "freeze",
  "suspend every process of a job until it is thawed",
);

/** `jobbox thaw`. */
export const thawCommand: Command<FreezeValue> = freezeOrThaw(
  "thaw",
  "resume a frozen job",
);
