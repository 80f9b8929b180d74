/**
 * The live status of a run on the terminal.
 *
 * If the command's output does not go to the terminal, or goes through jobbox, one line is redrawn
 * in place. If the command writes to the same terminal, the position of its cursor is unknown: then
 * the terminal's last row is excluded from scrolling, shows the status, and is released
 * at the end. That is done only for a run that takes a while, and only on a terminal that is
 * known to interpret the sequences: a console may claim that it does, and
 * print characters that spoil the command's output. Otherwise nothing is drawn.
 *
 * @module
 */
import { isSet } from "../terminal/colour.ts";
import type { Io } from "../terminal/io.ts";
import { readStats } from "./job.ts";
import type { FinalStats } from "../report/recorder.ts";
import type { RunPlan } from "./plan.ts";
import { renderStatusLine, type RunState, StatusLine } from "../terminal/status_line.ts";
import type { JobObject } from "../../mod.ts";

/** Milliseconds between two drawings. */
const INTERVAL = 250;

/** A run shorter than this is never shown, in milliseconds. */
const PATIENCE = 1000;

/** With fewer rows, none is reserved. */
const LEAST_ROWS = 4;

/** Columns left free: a console that does not know the erasing sequence prints it as letters. */
const SLACK = 4;

/** Variables that identify terminals which interpret scroll regions. */
const KNOWN_TERMINALS = ["WT_SESSION", "TERM_PROGRAM", "ConEmuANSI"] as const;

/** What is drawn on. */
interface Surface {
  update(state: RunState): void;
  clear(): void;
}

/** The last row of the terminal, excluded from scrolling. */
class BottomRow implements Surface {
  readonly #io: Io;
  readonly #colour: boolean;
  /** Rows of the terminal when its last one was reserved; 0 while none is. */
  #rows = 0;

  constructor(io: Io, colour: boolean) {
    this.#io = io;
    this.#colour = colour;
  }

  update(state: RunState): void {
    const rows = this.#io.rows();
    if (rows < LEAST_ROWS) return this.clear();
    // A terminal whose size changed scrolls as a whole again.
    const reserve = rows === this.#rows ? "" : this.#reserve(rows);
    const line = renderStatusLine(state, { columns: this.#io.columns(), colour: this.#colour });
    this.#io.stderr.write(`${reserve}\x1b7\x1b[${rows};1H${line}\x1b[K\x1b8`);
  }

  /** Reserves the last row and lets the rows above it scroll; keeps the cursor where it was. */
  #reserve(rows: number): string {
    const free = this.#rows === 0 ? `\x1b7\x1b[${rows};1H\n\x1b8\x1b[1A` : "";
    this.#rows = rows;
    return `${free}\x1b7\x1b[1;${rows - 1}r\x1b8`;
  }

  clear(): void {
    if (this.#rows === 0) return;
    this.#io.stderr.write(`\x1b7\x1b[r\x1b[${this.#rows};1H\x1b[K\x1b8`);
    this.#rows = 0;
  }
}

/** The status of one run. */
export class RunStatus implements Disposable {
  readonly #io: Io;
  readonly #plan: RunPlan;
  readonly #surface: Surface;
  #cancel = (): void => {};
  #last: { at: number; used: number } | undefined;

  private constructor(plan: RunPlan, io: Io, surface: Surface) {
    this.#plan = plan;
    this.#io = io;
    this.#surface = surface;
  }

  /**
   * Makes the status of a run, if one is to be shown.
   *
   * @param plan The run.
   * @param io The terminal.
   * @returns The status; `undefined` if stderr is not a terminal, the run is quiet, or the
   * command writes to a terminal of unknown abilities.
   */
  static of(plan: RunPlan, io: Io): RunStatus | undefined {
    if (plan.quiet || !io.isTerminal("stderr")) return undefined;
    const environment = io.environment();
    const colour = !isSet(environment, "NO_COLOR");
    const shares = plan.maxOutput === undefined &&
      (["stdout", "stderr"] as const).some((stream) =>
        plan.stdio[stream] === undefined && !(stream === "stderr" && plan.stderrToStdout) &&
        io.isTerminal(stream)
      );
    if (shares && !KNOWN_TERMINALS.some((name) => isSet(environment, name))) return undefined;
    const surface = shares ? new BottomRow(io, colour) : new StatusLine(
      (text) => void io.stderr.write(text),
      () => ({ columns: io.columns() - SLACK, colour }),
    );
    return new RunStatus(plan, io, surface);
  }

  /**
   * Draws the status of a job again and again, until it is disposed of.
   *
   * @param job The job.
   */
  follow(job: Pick<JobObject, "stats">): void {
    const started = this.#io.elapsed();
    const draw = (): void => {
      let stats: FinalStats | undefined;
      try {
        stats = readStats(job);
      } catch {
        // The supervisor finds that out too, and reports it.
      }
      if (stats === undefined) return;
      this.#cancel = this.#io.after(this.sample(stats, this.#io.elapsed() - started), draw);
    };
    draw();
  }

  /**
   * Draws the status. While the terminal has not taken what was written before, nothing is drawn.
   *
   * @param stats The job's statistics.
   * @param at When they were read, in milliseconds since the start.
   * @returns Milliseconds until it is worth drawing again.
   */
  sample(stats: FinalStats, at: number): number {
    const used = stats.userTime + stats.kernelTime;
    const last = this.#last;
    const cpuPercent = last === undefined || at <= last.at ? undefined : Math.min(
      100,
      Math.max(0, (used - last.used) / (at - last.at) / this.#io.processors()) * 100,
    );
    this.#last = { at, used };
    if (at < PATIENCE || this.#io.stderr.pending > 0) return INTERVAL;
    const { activeProcesses, jobMemory } = this.#plan.limits;
    this.#surface.update({
      elapsedMs: at,
      timeoutMs: this.#plan.timeout,
      cpuPercent,
      memory: stats.memory.current,
      memoryLimit: jobMemory ?? undefined,
      processes: stats.processes.active,
      processLimit: activeProcesses ?? undefined,
      command: [this.#plan.command, ...this.#plan.args].join(" "),
    });
    return INTERVAL;
  }

  /** Clears the status for other text and waits until that is done; the next sample draws it again. */
  async clear(): Promise<void> {
    this.#surface.clear();
    if (this.#io.stderr.pending > 0) await this.#io.stderr.write("");
  }

  /** Removes the status. */
  [Symbol.dispose](): void {
    this.#cancel();
    this.#surface.clear();
  }
}
