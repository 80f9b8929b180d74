/**
 * `jobbox limits`: shows, sets and removes the limits of a job.
 *
 * @module
 */
import { type Command, JSON_OPTION } from "../args/command.ts";
import {
  changeOptions,
  LIMIT_OPTIONS,
  NOTIFICATION_OPTIONS,
  VALUE_NOTES,
} from "../args/limit_options.ts";
import { showLimits } from "../text/limit_text.ts";
import { showJson, showText } from "../text/display.ts";
import { nameArgument, withNamedJob } from "../named_job.ts";
import { toJsonObject } from "../text/json.ts";
import { renderTable } from "../text/table.ts";
import { checkWatchedRates, watchesRate, withCpuNotice } from "../args/watched_rates.ts";
import { fromCommandLine, readLimits, readNotificationLimits, Settings } from "../args/settings.ts";
import { LIFT } from "../args/option.ts";
import type { JobObject, Limits, NotificationLimits } from "../../mod.ts";
import { MACHINE } from "../windows.ts";

/** The request to `jobbox limits`. */
export interface LimitsValue {
  /** The job's name. */
  readonly name: string;
  /** Whether to print JSON. */
  readonly json: boolean;
  /** Limits to set, or with `null` to remove. */
  readonly limits: Limits;
  /** Soft limits to set, or with `null` to remove. */
  readonly notificationLimits: NotificationLimits;
}

const CHANGES = changeOptions([...LIMIT_OPTIONS, ...NOTIFICATION_OPTIONS]);

/**
 * Sets and removes limits. The report of the processor rate follows its soft limit, whichever of the
 * two is changed.
 */
function change(job: JobObject, limits: Limits, soft: NotificationLimits): void {
  const { unknown = [], unknownReason, ...inForce } = job.limits();
  const standing = { ...inForce, ...limits };
  // Then it is not known whether there is a rate to watch.
  if (unknown.some((name) => watchesRate(soft, name) && limits[name] === undefined)) {
    throw unknownReason;
  }
  checkWatchedRates(soft, standing);
  const { cpu } = withCpuNotice(standing, { ...job.notificationLimits(), ...soft });
  const changed = cpu === undefined || cpu === standing.cpu ? limits : { ...limits, cpu };
  if (Object.keys(changed).length > 0) job.setLimits(changed);
  if (Object.keys(soft).length > 0) job.setNotificationLimits(soft);
}

/** `jobbox limits`. */
export const limitsCommand: Command<LimitsValue> = {
  spec: {
    name: "limits",
    summary: `show the limits of a job, set them, or remove them with ${LIFT}`,
    usage: "[OPTION…] NAME",
    example: "jobbox limits --memory 1G --processes none build",
    options: [JSON_OPTION, ...CHANGES],
    notes: [{ title: "Values", rows: VALUE_NOTES }],
  },
  parse: (args) => {
    const settings = new Settings(fromCommandLine(args.options));
    // Read only for a limit in processors.
    const options = {
      get processors() {
        return MACHINE.processors;
      },
      lift: true,
    };
    return {
      name: nameArgument(args),
      json: settings.has("json"),
      limits: readLimits(settings, options),
      notificationLimits: readNotificationLimits(settings, options),
    };
  },
  execute: ({ name, json, limits, notificationLimits }, io) => {
    const setsHard = Object.keys(limits).length > 0;
    const setsSoft = Object.keys(notificationLimits).length > 0;
    const access = setsHard || setsSoft ? ["query", "set"] as const : ["query"] as const;
    const now = withNamedJob(name, (job) => {
      if (setsHard || setsSoft) change(job, limits, notificationLimits);
      return { limits: job.limits(), notificationLimits: job.notificationLimits() };
    }, { access });
    if (json) {
      const answer = {
        limits: toJsonObject(now.limits),
        notificationLimits: toJsonObject(now.notificationLimits),
      };
      io.stdout.write(`${showJson(answer)}\n`);
      return Promise.resolve(0);
    }
    const rows = showLimits(now.limits, now.notificationLimits);
    const columns = [{ title: "OPTION" }, { title: "VALUE" }, { title: "WHEN REACHED" }];
    const lines = rows.length === 0 ? [`Job "${showText(name)}" has no limits`] : renderTable(
      columns,
      rows.map(({ option, value, whenReached }) => [option, value, whenReached]),
      io.isTerminal("stdout") ? { width: io.columns() } : {},
    );
    io.stdout.write(`${lines.join("\n")}\n`);
    return Promise.resolve(0);
  },
};
