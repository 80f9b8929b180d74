/**
 * Runs of the real tool whose command goes on only after the tool has told something: on a busy
 * machine no fixed time is enough for that.
 *
 * @module
 */
import type { EventLines } from "../../cli/report/event_line.ts";
import { Folder } from "./reported_run.ts";
import { NamedEvent } from "./named_event.ts";

const LOOK_MS = 20;

/** Options of the tool and verbs of the child program. */
export interface ToldRun {
  /** The file of `--events`. */
  readonly events: string;
  /** What the command does until it may go on. */
  readonly waits: readonly string[];
}

/** How many complete lines of a type a file of events holds. */
function countTold(path: string, type: string): number {
  try {
    const lines = Deno.readTextFileSync(path).split("\n").slice(0, -1);
    return lines.filter((line) => JSON.parse(line).type === type).length;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/**
 * Runs a command that waits until the tool has told events of one type.
 *
 * @param type The type.
 * @param count How many of them let the command go on.
 * @param run Runs the tool with the file of events and the command's verbs.
 * @returns What `run` returns.
 */
export async function runUntilTold<T>(
  type: keyof EventLines,
  count: number,
  run: (options: ToldRun) => Promise<T>,
): Promise<T> {
  using folder = new Folder();
  using told = new NamedEvent();
  const events = folder.file("events");
  let isOver = false;
  const result = run({ events, waits: ["await", told.name] }).finally(() => isOver = true);
  while (!isOver && countTold(events, type) < count) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  told.set();
  return await result;
}
