/**
 * `jobbox doctor`: tests what this host really does.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { shown } from "../../values/shown.ts";
import { type Command, JSON_OPTION } from "../args/command.ts";
import { withAdvice } from "../doctor/advice.ts";
import { machineAd } from "../doctor/classad.ts";
import { conform, type ConformanceSystem } from "../doctor/conformance.ts";
import { type Check, type CheckArea, runChecks } from "../doctor/check.ts";
import { hostChecks, jobChecks } from "../doctor/host_checks.ts";
import { isolationChecks } from "../doctor/isolation_checks.ts";
import { limitChecks, softLimitChecks } from "../doctor/limit_checks.ts";
import { windowsVersion, wineVersion } from "../doctor/windows_version.ts";
import {
  type DoctorHost,
  doctorReport,
  missingOf,
  renderConclusion,
  renderHeading,
  renderRow,
} from "../doctor/render.ts";
import { isColoured } from "../terminal/colour.ts";
import type { Io } from "../terminal/io.ts";
import { UsageError } from "../args/usage_error.ts";
import { showJson } from "../text/display.ts";
import { VERSION } from "../version.ts";
import { suggestion } from "../args/suggestion.ts";
import type { ParsedArgs } from "../args/settings.ts";

/** The request to the doctor. */
export interface DoctorPlan {
  /** The checks to make. */
  readonly checks: readonly Check[];
  /** The names that were asked for; absent means that all are checked and none is needed. */
  readonly needed?: readonly string[];
  /** Whether the results are for a program. */
  readonly json: boolean;
  /** Whether the results are for HTCondor. */
  readonly classad?: boolean;
  /** Whether the promises of Windows are tested instead of the checks. */
  readonly conformance?: boolean;
}

/** The exit code when something that was asked for is missing. */
const MISSING_CODE = 1;

/** `jobbox doctor`. */
export const doctorCommand: Command<DoctorPlan> = {
  spec: {
    name: "doctor",
    summary: "test which limits this host enforces",
    usage: "[--need LIST | --conformance] [--json | --classad]",
    example: "jobbox doctor --need memory,cpu-rate",
    options: [
      {
        name: "need",
        value: "LIST",
        repeat: true,
        // Only completions ask for them; every other start would make all checks for nothing.
        get words() {
          return allChecks().map(({ id }) => id);
        },
        help: "check only these, and exit with 1 if one is missing; names as in the table",
      },
      {
        name: "conformance",
        help:
          "instead, test what jobbox relies on in Windows, promise by promise, for a bug report",
      },
      {
        name: "classad",
        help: "print the results as an ad of the machine, for a STARTD_CRON job of HTCondor",
      },
      JSON_OPTION,
    ],
    notes: [
      {
        title: "What the words mean",
        rows: [
          ["ok", "a small child process reached the limit, and the right thing happened"],
          ["accepted", "the system accepts it and reports it back; its effect is not tested"],
          ["no effect", "the system accepts it, but it does nothing"],
          ["refused", "the system refuses it"],
          ["failed", "the check itself could not be made"],
        ],
      },
      {
        title: "What an ad says (--classad)",
        rows: [
          ["true", "ok: it was seen to hold, such as JobboxMemory = true"],
          ["false", "no effect, or refused"],
          ["undefined", "accepted or failed: it is not known, so no job should be sent for it"],
        ],
      },
      {
        title: "What the words of --conformance mean",
        rows: [
          [
            "kept",
            "the system does what is documented or, if nothing is documented, what jobbox expects",
          ],
          ["different", "it does something else that jobbox handles too"],
          ["broken", "it does not; the consequences are listed below the table"],
          ["not triable", "it could not be tested here"],
          ["", "this takes less than a minute; the output contains no user names or paths"],
        ],
      },
      {
        title: "Exit codes",
        rows: [
          [
            "0",
            "done; with --need, everything named works; with --conformance, whatever was found",
          ],
          ["1", "something named by --need is missing"],
          ["125", "jobbox itself failed, or its command line is wrong"],
        ],
      },
    ],
  },
  parse: readPlan,
  execute: diagnose,
};

/** Every check, in the order of the table. */
function allChecks(): Check[] {
  return [
    ...jobChecks(),
    ...limitChecks(),
    ...softLimitChecks(),
    ...isolationChecks(),
    ...hostChecks(),
  ];
}

function readPlan({ options, positionals }: ParsedArgs): DoctorPlan {
  const [extra] = positionals;
  if (extra !== undefined) throw new UsageError(`Unexpected argument ${extra}`);
  const checks = allChecks();
  const json = options.some(({ name }) => name === "json");
  const classad = options.some(({ name }) => name === "classad");
  const other = json ? "--json" : "--conformance";
  if (classad && options.some(({ name }) => `--${name}` === other)) {
    throw new UsageError(`--classad and ${other} cannot be used together`);
  }
  const lists = options.filter(({ name }) => name === "need");
  if (options.some(({ name }) => name === "conformance")) {
    if (lists.length > 0) throw new UsageError("--conformance and --need cannot be used together");
    return { checks: [], json, conformance: true };
  }
  if (lists.length === 0) return { checks, json, classad };
  const known = checks.map(({ id }) => id);
  const needed = lists.flatMap(({ value }) => value.split(",")).map((id) => {
    const name = id.trim().replace(/^--/, "");
    if (known.includes(name)) return name;
    const meant = suggestion(name, known);
    throw new UsageError(
      `--need: there is no check ${shown(name)}` +
        (meant === undefined ? `; there are ${known.join(", ")}` : `; did you mean ${meant}?`),
    );
  });
  return { checks: checks.filter(({ id }) => needed.includes(id)), needed, json, classad };
}

/** The system that the results are about. */
function host(io: Io): DoctorHost {
  const [windows, wine] = [windowsVersion(), wineVersion()];
  return { ...defined({ windows, wine }), processors: io.processors() };
}

/** The system that the promises are tested on. */
function system(io: Io): ConformanceSystem {
  return {
    jobbox: VERSION,
    deno: Deno.version.deno,
    ...host(io),
    architecture: Deno.build.arch,
  };
}

/** A line for a bug report. */
function renderHost({ processors, windows, wine }: DoctorHost): string {
  const claimed = windows === undefined ? "an unknown Windows" : `Windows ${windows}`;
  const system = wine === undefined ? claimed : `Wine ${wine}, which reports itself as ${claimed}`;
  const count = processors === 1 ? "one processor" : `${processors} processors`;
  return `jobbox ${VERSION} on ${system}, ${count}`;
}

async function diagnose(plan: DoctorPlan, io: Io): Promise<number> {
  const { checks, classad = false, conformance, json, needed } = plan;
  if (conformance) {
    const tried = system(io);
    const { architecture, deno } = tried;
    if (!json) io.stdout.write(`${renderHost(tried)}, ${architecture}, Deno ${deno}\n`);
    return await conform(tried, { json }, io);
  }
  const style = {
    columns: io.columns(),
    colour: isColoured(io),
  };
  const isData = json || classad;
  if (!isData) io.stdout.write(`${renderHost(host(io))}\n`);
  let area: CheckArea | undefined;
  const results = (await runChecks(checks, (result) => {
    if (isData) return;
    if (result.area !== area) io.stdout.write(renderHeading(result.area));
    area = result.area;
    io.stdout.write(renderRow(withAdvice(result), style));
  })).map(withAdvice);
  if (json) {
    const report = doctorReport(results, { host: host(io), version: VERSION, needed });
    io.stdout.write(`${showJson(report, 2)}\n`);
  } else if (classad) {
    io.stdout.write(machineAd(results, { host: host(io), version: VERSION }));
  } else {
    io.stdout.write(renderConclusion(results, needed));
  }
  return needed === undefined || missingOf(results, needed).length === 0 ? 0 : MISSING_CODE;
}
