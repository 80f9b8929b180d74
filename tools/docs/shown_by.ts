/**
 * Where the tests see the effect of each limit: on Wine itself, or on Wine with jobsim, which adds
 * what Wine lacks. For limits that are not listed, only Windows can show an effect; Wine and jobsim
 * store the value.
 */
import type { LimitName } from "../../job/limits/table.ts";
import type { NotificationLimitName } from "../../job/notifications/notification_limits.ts";

/** What shows the effect of each limit, by its key, and what is not shown. */
export const LIMITS_SHOWN_BY: { readonly [N in LimitName]?: string } = {
  jobMemory: "jobsim: the message; there no allocation fails",
  processMemory: "jobsim: the message; there no allocation fails",
  jobUserTime: "jobsim",
  processUserTime: "jobsim",
  activeProcesses: "jobsim",
  affinity: "jobsim",
  priorityClass: "jobsim: there a request is undone within moments",
  killOnClose: "real Wine",
  breakaway: "real Wine",
  silentBreakaway: "real Wine",
  cpu: "jobsim: `--cpus`, `--cpu-rate` and `--cpu-max`; the others Windows only",
  endOfJobTime: "jobsim",
  groupAffinity: "jobsim",
};

/** The same of soft limits. */
export const SOFT_LIMITS_SHOWN_BY: { readonly [N in NotificationLimitName]?: string } = {
  jobMemory: "jobsim",
  jobMemoryLow: "jobsim",
  readBytes: "jobsim",
  writeBytes: "jobsim",
  jobUserTime: "jobsim",
  cpuRate: "jobsim",
};
