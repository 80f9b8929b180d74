/**
 * The live status line of a run: one line of a terminal that is redrawn in place.
 *
 * @module
 */
import { showCount, showSize, showText } from "../text/display.ts";
import { fit } from "../text/table.ts";

/** The values of a status line; absent ones are not shown. */
export interface RunState {
  /** Milliseconds since the start. */
  readonly elapsedMs: number;
  /** The wall time limit in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Share of the whole machine's processors, 0 to 100. */
  readonly cpuPercent?: number | undefined;
  /** Commit memory of all processes in bytes. */
  readonly memory?: number | undefined;
  /** The job memory limit in bytes. */
  readonly memoryLimit?: number | undefined;
  /** Running processes. */
  readonly processes: number;
  /** The process limit. */
  readonly processLimit?: number | undefined;
  /** The command as text. */
  readonly command: string;
}

/** How to draw a status line. */
export interface StatusLineStyle {
  /** The terminal's width in columns. */
  readonly columns: number;
  /** Whether values near their limits are coloured. */
  readonly colour: boolean;
}

const YELLOW = "\x1b[33m";
const RED = "\x1b[31m";
const RESET = "\x1b[39m";

/** Go to the start of the line and clear it. */
const CLEAR = "\r\x1b[K";

const SEPARATOR = "  ";

/** One value of the line. */
interface Part {
  readonly text: string;
  /** How much of the limit is used, 0 to 1; 0 without a limit. */
  readonly used: number;
}

function part(
  value: number,
  limit: number | undefined,
  format: { show: (value: number) => string; before?: string; after?: string },
): Part {
  const { show, before = "", after = "" } = format;
  const shown = limit === undefined ? show(value) : `${show(value)} of ${show(limit)}`;
  return { text: before + shown + after, used: limit === undefined ? 0 : value / limit };
}

/** Minutes and seconds, and hours if there are any: the width stays the same each second. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3600 ? minutes : `${Math.floor(seconds / 3600)}:${minutes}`;
}

/** The values, the most important first. */
function partsOf(state: RunState): Part[] {
  const parts = [part(state.elapsedMs, state.timeoutMs, { show: clock })];
  if (state.memory !== undefined) {
    parts.push(part(state.memory, state.memoryLimit, { show: showSize, before: "mem " }));
  }
  if (state.cpuPercent !== undefined) {
    parts.push({ text: `cpu ${Math.round(state.cpuPercent)} %`, used: 0 });
  }
  const after = state.processes === 1 && state.processLimit === undefined
    ? " process"
    : " processes";
  parts.push(part(state.processes, state.processLimit, { show: showCount, after }));
  return parts;
}

function coloured({ text, used }: Part): string {
  if (used < 0.75) return text;
  return `${used < 0.95 ? YELLOW : RED}${text}${RESET}`;
}

/**
 * Renders the status line.
 *
 * @param state What to show.
 * @param style The terminal's width, and whether to colour.
 * @returns One line without line end, narrower than the terminal; values that do not fit are left
 * out from the end, and the command uses the remaining space.
 */
export function renderStatusLine(state: RunState, style: StatusLineStyle): string {
  // A character in the last column makes some terminals wrap.
  const room = style.columns - 1;
  let width = 0;
  const shown: string[] = [];
  const parts = partsOf(state);
  for (const value of parts) {
    const next = width + (width === 0 ? 0 : SEPARATOR.length) + value.text.length;
    if (next > room) break;
    shown.push(style.colour ? coloured(value) : value.text);
    width = next;
  }
  const rest = room - width - SEPARATOR.length;
  if (shown.length === parts.length && rest >= 8) shown.push(fit(showText(state.command), rest));
  return shown.join(SEPARATOR);
}

/** A status line on a terminal. */
export class StatusLine {
  readonly #write: (text: string) => void;
  readonly #style: () => StatusLineStyle;
  #drawn = "";

  /**
   * Makes a status line that is not drawn yet.
   *
   * @param write Writes to the terminal.
   * @param style The terminal's width, and whether to colour; asked at each drawing.
   */
  constructor(write: (text: string) => void, style: () => StatusLineStyle) {
    this.#write = write;
    this.#style = style;
  }

  /**
   * Redraws the line; does nothing if it would look the same.
   *
   * @param state What to show.
   */
  update(state: RunState): void {
    const line = renderStatusLine(state, this.#style());
    if (line === this.#drawn) return;
    this.#write(CLEAR + line);
    this.#drawn = line;
  }

  /**
   * Removes the line, so that other text can be written; the next update draws it again.
   */
  clear(): void {
    if (this.#drawn === "") return;
    this.#write(CLEAR);
    this.#drawn = "";
  }
}
