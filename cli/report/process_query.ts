/**
 * What a report asks of the system about processes that are not its own children.
 *
 * @module
 */
import { OwnedHandle } from "../../ffi/handle.ts";
import { PROCESS, STANDARD_RIGHTS, WAIT } from "../../ffi/constants.ts";
import { kernel32 } from "../../ffi/library.ts";
import { decodeWide } from "../../ffi/strings.ts";
import { fileTimeToUnixMs } from "../../process/query/process_usage.ts";

/** The longest path that is asked for, in UTF-16 units. */
const PATH_UNITS = 1024;

/** How far a clock may be set back while a process runs, in ms. */
const CLOCK_STEP = 3_600_000;

/** How a process ended. */
export interface ProcessEnd {
  /** Its exit code, unsigned. */
  readonly code: number;
  /** When it ended: milliseconds since 1970, with fractions. */
  readonly endedAt: number;
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
   * @returns Milliseconds since 1970, with fractions; `undefined` where the system does not tell, as
   * Wine while the process is being made.
   */
  start(): number | undefined {
    const { created } = this.#times();
    // Wine gives what happens to be in its memory.
    return created > 0 && created < Date.now() + CLOCK_STEP ? created : undefined;
  }

  /**
   * Asks for its program.
   *
   * @returns The file's name without folders; `undefined` where the system does not tell, as Wine
   * while the process is being made.
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
    return { code: code[0] ?? 0, endedAt: this.#times().exited };
  }

  /** Lets it go; the second time does nothing. */
  close(): void {
    this.#handle.close();
  }

  #times(): { created: number; exited: number } {
    const times = [0, 1, 2, 3].map(() => new BigUint64Array(1));
    const [created, exited, kernel, user] = times as [
      BigUint64Array<ArrayBuffer>,
      BigUint64Array<ArrayBuffer>,
      BigUint64Array<ArrayBuffer>,
      BigUint64Array<ArrayBuffer>,
    ];
    kernel32.GetProcessTimes(this.#handle.value, created, exited, kernel, user);
    return {
      created: fileTimeToUnixMs(created[0] ?? 0n),
      exited: fileTimeToUnixMs(exited[0] ?? 0n),
    };
  }
}
