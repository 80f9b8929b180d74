/**
 * The checks of isolation: one for each row of its table. Each starts a small command with that
 * restriction, and the checks of the start give the result.
 *
 * @module
 */
import { ISOLATION_ROWS, type IsolationRow } from "../../isolation/table.ts";
import { type Isolation, IsolationNotAppliedError, JobObject } from "../../mod.ts";
import type { Check, CheckAnswer } from "./check.ts";
import { endOf, refusalAnswer } from "./trial.ts";
import { bare } from "../text/limit_text.ts";

/** The value that each restriction is tried with. */
const TRIALS: { readonly [N in keyof Isolation]-?: Isolation } = {
  admin: { admin: false },
  privileges: { privileges: [] },
  environment: { environment: ["PATHEXT"] },
  temp: { temp: "fresh" },
  protect: { admin: false, protect: true },
  integrity: { integrity: "low" },
  desktop: { desktop: "private" },
  mitigations: { mitigations: ["extension-points", "no-remote-images"] },
  container: { container: {} },
};

async function tryRestriction({ name }: IsolationRow): Promise<CheckAnswer> {
  await using job = JobObject.create({ killOnClose: true });
  try {
    const child = job.spawn("cmd.exe", {
      args: ["/d", "/c", "exit 0"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
      isolation: TRIALS[name],
    });
    const { code } = await child.status;
    if (code !== 0) {
      return { status: "ineffective", detail: `a command cannot run with it: ${endOf(code)}` };
    }
    const found = child.isolation?.restrictions.find(({ row }) => row === name);
    if (found === undefined) throw new Error(`The start did not report ${name}`);
    return found.shown === undefined
      ? { status: "kept", detail: `read back: ${found?.readBack}` }
      : { status: "works", detail: found.shown };
  } catch (error) {
    if (!(error instanceof IsolationNotAppliedError)) return refusalAnswer(error);
    const { asked, read } = error;
    return { status: "ineffective", detail: `asked ${asked}, read ${read}` };
  }
}

/**
 * The checks of all restrictions.
 *
 * @returns One check per row.
 */
export function isolationChecks(): Check[] {
  return ISOLATION_ROWS.map((row) => ({
    id: bare(row),
    area: "isolation",
    title: row.summary,
    run: () => tryRestriction(row),
  }));
}
