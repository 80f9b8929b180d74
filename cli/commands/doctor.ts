/**
 * `jobbox doctor`: finds out what this host really does.
 *
 * @module
 */
import { defined } from "../../process/defined.ts";
import { shown } from "../../process/start/shown.ts";
import { nearest } from "../../process/options.ts";
import type { ParsedArgs } from "../args/args.ts";
import { type Command, JSON_OPTION } from "../args/command.ts";
import { withAdvice } from "../doctor/advice.ts";
import { type Check, type CheckArea, runChecks } from "../doctor/check.ts";
import { hostChecks, jobChecks } from "../doctor/host_checks.ts";
import { limitChecks, softLimitChecks } from "../doctor/limit_checks.ts";
import { windowsVersion } from "../doctor/windows_version.ts";
import {
  type DoctorHost,
  doctorReport,
  missingOf,
  renderConclusion,
  renderHeading,
  renderRow,
} from "../doctor/render.ts";
import type { Io } from "../terminal/io.ts";
import { UsageError } from "../args/usage_error.ts";
import { showJson } from "../text/display.ts";
import { VERSION } from "../version.ts";

/** What the doctor is to do. */
export interface DoctorPlan {
  /** The checks to be made. */
  readonly checks: readonly Check[];
  /** The names that were asked for; absent: all are checked and none is needed. */
  readonly needed?: readonly string[];
  /** Whether the answers are for a program. */
  readonly json: boolean;
}

/** The exit code when something that was asked for is missing. */
const MISSING_CODE = 1;

/** `jobbox doctor`. */
export const doctorCommand: Command<DoctorPlan> = {
  spec: {
    name: "doctor",
    summary: "find out by trying which limits this host enforces",
    usage: "[--need LIST] [--json]",
    example: "jobbox doctor --need memory,cpu-rate",
    options: [
      {
        name: "need",
        value: "LIST",
        repeat: true,
        words: allChecks().map(({ id }) => id),
        help: "check these only, and exit with 1 when one is missing; names as in the table",
      },
      JSON_OPTION,
    ],
    notes: [
      {
        title: "What the words mean",
        rows: [
          ["ok", "a small child process met it, and what should happen did"],
          ["kept", "the system takes it and gives it back; its effect is not tested"],
          ["no effect", "the system takes it, and it does nothing"],
          ["refused", "the system refuses it"],
          ["failed", "the check itself could not be made"],
        ],
      },
      {
        title: "Exit codes",
        rows: [
          ["0", "done; with --need: all of it is there"],
          ["1", "something of --need is missing"],
          ["125", "jobbox itself failed, or was called wrongly"],
        ],
      },
    ],
  },
  parse: readPlan,
  execute: diagnose,
};

/** Every check, in the order of the table. */
function allChecks(): Check[] {
  return [...jobChecks(), ...limitChecks(), ...softLimitChecks(), ...hostChecks()];
}

function readPlan({ options, positionals }: ParsedArgs): DoctorPlan {
  const [extra] = positionals;
  if (extra !== undefined) throw new UsageError(`Unexpected argument ${extra}`);
  const checks = allChecks();
  const json = options.some(({ name }) => name === "json");
  const lists = options.filter(({ name }) => name === "need");
  if (lists.length === 0) return { checks, json };
  const known = checks.map(({ id }) => id);
  const needed = lists.flatMap(({ value }) => value.split(",")).map((id) => {
    const name = id.trim().replace(/^--/, "");
    if (known.includes(name)) return name;
    const meant = nearest(name, known);
    throw new UsageError(
      `--need: there is no check ${shown(name)}` +
        (meant === undefined ? `; there are ${known.join(", ")}` : `; did you mean ${meant}?`),
    );
  });
  return { checks: checks.filter(({ id }) => needed.includes(id)), needed, json };
}

/** What the answers are of. */
function host(io: Io): DoctorHost {
  const windows = windowsVersion();
  return { ...defined({ windows }), processors: io.processors() };
}

/** A line for a report of a fault. */
function renderHost({ processors, windows }: DoctorHost): string {
  const system = windows === undefined ? "an unknown Windows" : `Windows ${windows}`;
  const count = processors === 1 ? "one processor" : `${processors} processors`;
  return `jobbox ${VERSION} on ${system}, ${count}`;
}

async function diagnose({ checks, json, needed }: DoctorPlan, io: Io): Promise<number> {
  const style = {
    columns: io.columns(),
    colour: io.isTerminal("stdout") && !io.environment()["NO_COLOR"],
  };
  if (!json) io.stdout.write(`${renderHost(host(io))}\n`);
  let area: CheckArea | undefined;
  const results = (await runChecks(checks, (result) => {
    if (json) return;
    if (result.area !== area) io.stdout.write(renderHeading(result.area));
    area = result.area;
    io.stdout.write(renderRow(withAdvice(result), style));
  })).map(withAdvice);
  if (json) {
    const report = doctorReport(results, { host: host(io), version: VERSION, needed });
    io.stdout.write(`${showJson(report, 2)}\n`);
  } else {
    io.stdout.write(renderConclusion(results, needed));
  }
  return needed === undefined || missingOf(results, needed).length === 0 ? 0 : MISSING_CODE;
}
