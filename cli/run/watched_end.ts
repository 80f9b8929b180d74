/**
 * How a watched run ended: its verdict and what ended it, from the facts that the watch gathered.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { ENDED_BY_JOBBOX, type Verdict } from "../exit_code.ts";
import { type EndReason, kernelReason, type WatchedLimits } from "./end_reason.ts";
import type { StoppedBy } from "../report/record.ts";
import type { FinalStats } from "../report/recorder.ts";
import type { EndedBy, ProcessStatus } from "../../mod.ts";
import { NtStatus } from "../windows.ts";

/** How the run ended. */
export interface WatchedEnd {
  /** The verdict. */
  readonly verdict: Verdict;
  /** The reason, unless the command ended by itself. */
  readonly reason?: EndReason;
  /** Which step ended it. */
  readonly stoppedBy: StoppedBy;
  /** The command's exit code; absent when the command could not be ended. */
  readonly code?: number;
  /** What ended the command; absent when it could not be ended. */
  readonly endedBy?: EndedBy;
  /** Whether CTRL_BREAK could not be sent, so that the grace was not used. */
  readonly unasked: boolean;
  /** Statistics of the end; absent if they could not be read. */
  readonly stats?: FinalStats;
  /** The error of what could not be done. */
  readonly error?: string;
}

/** The facts about a run that has ended. */
export interface EndFacts {
  /** The command's exit code; `undefined` when it could not be ended. */
  readonly code: number | undefined;
  /** What its status says of its end; `undefined` when it could not be ended. */
  readonly childEnd: Pick<ProcessStatus, "endedBy" | "limit"> | undefined;
  /** Why the watch ended the job; `undefined` if it did not. */
  readonly reason: EndReason | undefined;
  /** The end that the kernel reported as its own. */
  readonly reported: EndReason | undefined;
  /** The last step by which the watch ended the job. */
  readonly step: "none" | "break" | "terminate";
  /** Whether CTRL_BREAK could not be sent. */
  readonly unasked: boolean;
  /** Whether Ctrl-C came and was left to the command. */
  readonly interrupted: boolean;
  /** The limits of the job. */
  readonly limits: WatchedLimits;
  /** The statistics of the end, if they could be read. */
  readonly stats: FinalStats | undefined;
  /** The error of what could not be done. */
  readonly failure: string | undefined;
}

/**
 * Decides how a run ended. The watch's own reason comes first, then the kernel's, then a Ctrl-C that
 * was left to the command.
 *
 * @param facts What is known.
 * @returns The end.
 */
export function watchedEnd(facts: EndFacts): WatchedEnd {
  const { childEnd, code, failure, limits, reported, stats, unasked } = facts;
  // Only this exit code shows that another jobbox terminated the job.
  const endedBy = code === ENDED_BY_JOBBOX ? "terminate" : childEnd?.endedBy;
  const end = { code, ...defined({ endedBy, limit: childEnd?.limit }) };
  const kernel = reported ?? kernelReason(end, limits, stats);
  const reason = facts.reason ?? kernel ?? interruption(facts);
  return {
    verdict: reason?.verdict ?? "exited",
    stoppedBy: stoppedBy(facts, kernel),
    unasked,
    ...defined({ reason, code, endedBy, stats, error: failure ?? reason?.error }),
  };
}

function stoppedBy({ reason, step }: EndFacts, kernel: EndReason | undefined): StoppedBy {
  if (reason !== undefined) return step === "none" ? "self" : step;
  if (kernel === undefined) return "self";
  return kernel.verdict === "killed" ? "terminate" : "kernel";
}

/** Whether the command was ended by the Ctrl-C that was left to it. */
function interruption({ code, interrupted }: EndFacts): EndReason | undefined {
  const ended = interrupted && code === NtStatus.STATUS_CONTROL_C_EXIT;
  return ended ? { verdict: "interrupted" } : undefined;
}
