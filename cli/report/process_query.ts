/**
 * The questions of a report to the system about processes that are not its own children.
 *
 * @module
 */
import {
  commandLine,
  exitCode,
  hasEnded,
  kernel32,
  OwnedHandle,
  parentPid,
  PROCESS,
  processImage,
  processMemory,
  type ProcessTimes,
  processTimes,
  STANDARD_RIGHTS,
} from "../windows.ts";
import { Win32Error } from "../../mod.ts";

/** How a process ended. */
export interface ProcessEnd {
  /** Its exit code, unsigned. */
  readonly code: number;
  /** When it ended: milliseconds since 1970, with fractions; `undefined` if it is not reported. */
  readonly endedAt: number | undefined;
  /** Processor time in user mode, in milliseconds; `undefined` if it is not reported. */
  readonly userTime: number | undefined;
  /** Processor time in kernel mode, likewise. */
  readonly kernelTime: number | undefined;
}

/** A process that is watched: while this is open, its id is not reused. */
export class WatchedProcess {
  readonly #handle: OwnedHandle;

  private constructor(handle: OwnedHandle) {
    this.#handle = handle;
  }

  /**
   * Opens a process.
   *
   * @param pid Its id.
   * @returns The process; `undefined` if it is gone already or cannot be asked.
   */
  static open(pid: number): WatchedProcess | undefined {
    const access = PROCESS.QUERY_LIMITED_INFORMATION | STANDARD_RIGHTS.SYNCHRONIZE;
    const handle = kernel32.OpenProcess(access, 0, pid);
    if (handle === 0n) return undefined;
    return new WatchedProcess(new OwnedHandle(handle, `process ${pid}`));
  }

  /**
   * Asks when it was started.
   *
   * @returns Milliseconds since 1970, with fractions; `undefined` if the system does not report it.
   */
  start(): number | undefined {
    const created = this.#times()?.created;
    return created !== undefined && created > 0 ? created : undefined;
  }

  /**
   * Asks for its program.
   *
   * @returns The file's name without folders; `undefined` if the system does not report it.
   */
  image(): string | undefined {
    return processImage(this.#handle.value)?.split("\\").at(-1);
  }

  /**
   * Asks for its command line.
   *
   * @returns The line; `undefined` if the system does not report it.
   */
  commandLine(): string | undefined {
    return commandLine(this.#handle.value);
  }

  /**
   * Asks who started it.
   *
   * @returns The id of its parent, which may have ended since; `undefined` if the system does not
   * tell.
   */
  parentPid(): number | undefined {
    return parentPid(this.#handle.value);
  }

  /**
   * Asks for its memory.
   *
   * @returns Its peak commit, in bytes; `undefined` if the system does not
   * tell.
   */
  peakMemory(): number | undefined {
    return processMemory(this.#handle.value)?.peakCommit;
  }

  /**
   * Asks how it ended.
   *
   * @returns Code and time; `undefined` while it runs, or if the system does not report it.
   */
  end(): ProcessEnd | undefined {
    const action = "Cannot learn how a process ended";
    const code = told(() =>
      hasEnded(this.#handle.value, action) ? exitCode(this.#handle.value, action) : undefined
    );
    if (code === undefined) return undefined;
    const times = this.#times();
    return { code, endedAt: times?.exited, userTime: times?.user, kernelTime: times?.kernel };
  }

  /**
   * Asks how it ended, while it may still be ending: it leaves its job before its end is known.
   *
   * @param milliseconds How long to wait for its end; this blocks.
   * @returns Code and time; `undefined` while it runs, or if the system does not report it.
   */
  endWithin(milliseconds: number): ProcessEnd | undefined {
    kernel32.WaitForSingleObject(this.#handle.value, milliseconds);
    return this.end();
  }

  /** Releases it; a second call does nothing. */
  close(): void {
    this.#handle.close();
  }

  #times(): ProcessTimes | undefined {
    return told(() => processTimes(this.#handle.value));
  }
}

/** A report leaves out what the system does not report. */
function told<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Win32Error) return undefined;
    throw error;
  }
}
