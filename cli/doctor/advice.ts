/**
 * What to do about the doctor's results.
 *
 * @module
 */
import type { CheckResult } from "./check.ts";

/** Advice on limits that a healthy Windows refuses for a known reason, by the check's name. */
const REFUSED: readonly (readonly [ids: RegExp, seen: RegExp, advice: string])[] = [
  [
    /^cpu/,
    /ERROR_NOT_SUPPORTED/,
    "fair-share scheduling of the Remote Desktop role is on: turn it off by group policy, or use --affinity",
  ],
  [
    /^io-(bandwidth|iops)$/,
    /./,
    "current Windows versions do not limit the I/O of jobs, and there is no replacement",
  ],
  [
    /^(net-bandwidth|dscp)$/,
    /ERROR_/,
    "only one job of a hierarchy can have it, and it needs the QoS packet scheduler: start jobbox outside other jobs",
  ],
  [
    /./,
    /ERROR_PRIVILEGE_NOT_HELD/,
    "it needs SeIncreaseBasePriorityPrivilege: start jobbox as an administrator",
  ],
  [/^(ui|nesting)$/, /ERROR_/, "start jobbox outside other jobs: it cannot be nested"],
];

/**
 * Adds advice to a result that has none and needs some.
 *
 * @param result What a check found.
 * @returns The same, with advice if something is missing.
 */
export function withAdvice(result: CheckResult): CheckResult {
  const { id, status, detail, advice } = result;
  if (advice !== undefined || status === "works" || status === "kept") return result;
  const known = status === "refused"
    ? REFUSED.find(([ids, seen]) => ids.test(id) && seen.test(detail))?.[2]
    : undefined;
  return { ...result, advice: known ?? GENERAL[status] };
}

type Missing = Exclude<CheckResult["status"], "works" | "kept">;

const GENERAL: Readonly<Record<Missing, string>> = {
  ineffective: "do not rely on it here",
  refused: "do not use it here",
  failed: "report it to the authors of jobbox",
};

/** Limits that every Windows enforces and that a canary can reach in a moment. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  "memory",
  "process-memory",
  "cpu-time",
  "process-cpu-time",
  "processes",
  "affinity",
]);

/** How far a host enforces limits. */
export type Conclusion = "enforced" | "partly" | "notEnforced" | "notTried";

/**
 * Concludes whether limits hold on this host.
 *
 * @param results What the checks found.
 * @returns `enforced` when each limit that every Windows enforces was seen to hold, `notEnforced`
 * when none was, `partly` in between, `notTried` when none of them could be tried or was asked for.
 */
export function conclude(results: readonly CheckResult[]): Conclusion {
  const tried = results.filter(({ id, status }) => EVERYWHERE.has(id) && status !== "failed");
  if (tried.length === 0) return "notTried";
  const holding = tried.filter(({ status }) => status === "works").length;
  if (holding === tried.length) return "enforced";
  return holding === 0 ? "notEnforced" : "partly";
}

/** The conclusion in words. */
export const CONCLUSIONS: Readonly<Record<Conclusion, string>> = {
  enforced: "This system enforces limits.",
  partly: "This system enforces some limits and not others: see the table.",
  notEnforced:
    "This system accepts limits but does not enforce them: a job here keeps processes together and does not limit them.",
  notTried: "",
};
