/**
 * What a report asks of the system about processes that are not its own children.
 *
 * @module
 */
import { OwnedHandle } from "../../ffi/handle.ts";
import { PROCESS, STANDARD_RIGHTS, WAIT } from "../../ffi/constants.ts";
import { kernel32 } from "../../ffi/library.ts";
import { decodeWide } from "../../ffi/strings.ts";
import { commandLine } from "../../process/query/command_line.ts";
import { fileTimeToUnixMs, processMemory } from "../../process/query/process_usage.ts";

/** The longest path of a program, in UTF-16 units with the NUL. */
const PATH_UNITS = 32_768;

/** Units of 100 ns in a millisecond. */
const TICKS_PER_MS = 10_000;

/** How a process ended. */
export interface ProcessEnd {
  /** Its exit code, unsigned. */
  readonly code: number;
  /** When it ended: milliseconds since 1970, with fractions. */
  readonly endedAt: number;
  /** Processor time that it had in user mode, in milliseconds; `undefined` where it is not told. */
  readonly userTime: number | undefined;
  /** Processor time that it had in kernel mode, likewise. */
  readonly kernelTime: number | undefined;
}

/** A process that is watched: while this is open, its id is not used for another process. */
export class WatchedProcess {
  readonly #handle: OwnedHandle;

  private constructor(handle: OwnedHandle) {
    this.#handle = handle;
  }

  /**
   * Opens a process.
   *
   * @param pid Its id.
   * @returns The process; `undefined` when it is gone already or may not be asked.
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
   * @returns Milliseconds since 1970, with fractions; `undefined` where the system does not tell.
   */
  start(): number | undefined {
    const { created } = this.#times();
    return created > 0 ? created : undefined;
  }

  /**
   * Asks for its program.
   *
   * @returns The file's name without folders; `undefined` where the system does not tell.
   */
  image(): string | undefined {
    const path = new Uint16Array(PATH_UNITS);
    const length = new Uint32Array([PATH_UNITS]);
    if (kernel32.QueryFullProcessImageNameW(this.#handle.value, 0, path, length) === 0) {
      return undefined;
    }
    return decodeWide(path, length[0] ?? 0).split("\\").at(-1);
  }

  /**
   * Asks for its command line.
   *
   * @returns The line; `undefined` where the system does not tell.
   */
  commandLine(): string | undefined {
    return commandLine(this.#handle.value);
  }

  /**
   * Asks for its memory.
   *
   * @returns The most that it had committed at once, in bytes; `undefined` where the system does not
   * tell.
   */
  peakMemory(): number | undefined {
    return processMemory(this.#handle.value)?.peakCommit;
  }

  /**
   * Asks how it ended.
   *
   * @returns Code and time; `undefined` while it runs.
   */
  end(): ProcessEnd | undefined {
    if (kernel32.WaitForSingleObject(this.#handle.value, 0) !== WAIT.WAIT_OBJECT_0) {
      return undefined;
    }
    const code = new Uint32Array(1);
    if (kernel32.GetExitCodeProcess(this.#handle.value, code) === 0) return undefined;
    const { exited, kernel, user } = this.#times();
    return { code: code[0] ?? 0, endedAt: exited, userTime: user, kernelTime: kernel };
  }

  /** Lets it go; the second time does nothing. */
  close(): void {
    this.#handle.close();
  }

  #times(): {
    created: number;
    exited: number;
    kernel: number | undefined;
    user: number | undefined;
  } {
    const times = new BigUint64Array(4);
    const [created, exited, kernel, user] = [0, 1, 2, 3].map((at) =>
      times.subarray(at, at + 1)
    ) as [
      BigUint64Array<ArrayBuffer>,
      BigUint64Array<ArrayBuffer>,
      BigUint64Array<ArrayBuffer>,
      BigUint64Array<ArrayBuffer>,
    ];
    const told = kernel32.GetProcessTimes(this.#handle.value, created, exited, kernel, user) !== 0;
    return {
      created: fileTimeToUnixMs(created[0] ?? 0n),
      exited: fileTimeToUnixMs(exited[0] ?? 0n),
      kernel: told ? Number(kernel[0]) / TICKS_PER_MS : undefined,
      user: told ? Number(user[0]) / TICKS_PER_MS : undefined,
    };
  }
}
