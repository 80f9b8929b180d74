/**
 * The machine of a run, as its record names it.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import type { Io } from "../terminal/io.ts";
import type { RecordedMachine } from "../report/record.ts";

/**
 * Describes the machine.
 *
 * @param io The system.
 * @returns Its processors, and its name if the system reports it.
 * @throws {Win32Error} If the processors cannot be counted.
 */
export function machineOf(io: Pick<Io, "machineName" | "processors">): RecordedMachine {
  return { ...defined({ name: io.machineName() }), processors: io.processors() };
}
