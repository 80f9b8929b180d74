/**
 * Where the effect of each limit is seen by the tests: by Wine itself, or by jobsim on Wine, which has
 * what Wine lacks. What is not here only Windows can show; Wine and jobsim keep the value.
 */
import type { LimitName } from "../../job/limits/table.ts";
import type { NotificationLimitName } from "../../job/notifications/notification_limits.ts";

/** What shows the effect of a limit, by its key, and what of it is not shown. */
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
