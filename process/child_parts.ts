/**
 * The parts of a started process. Types only.
 *
 * @module
 */
import type { OwnedHandle } from "../ffi/handle.ts";
import type { EndingLimit, OtherEnd } from "./exit/ended_by.ts";
import type { ProcessEnd } from "./exit/exit_status.ts";
import type { PipeReader, PipeWriter } from "./io/pipe.ts";
import type { IsolationInForce } from "./start/birth.ts";

/** The parts of a started process; see `spawn()`. */
export interface ChildParts {
  /** Its id. */
  readonly pid: number;
  /** Its handle. */
  readonly process: OwnedHandle;
  /** Its first thread, if it was started suspended. */
  readonly thread: OwnedHandle | undefined;
  /** Our end of its standard input. */
  readonly stdin: PipeWriter | undefined;
  /** Our end of its standard output. */
  readonly stdout: PipeReader | undefined;
  /** Our end of its standard error. */
  readonly stderr: PipeReader | undefined;
  /** The key of the job whose messages report its end. */
  readonly key: bigint | undefined;
  /** Returns the limit because of which the system ended process `pid`; `undefined` for none. */
  readonly endingLimit: (pid: number, end: ProcessEnd) => EndingLimit | undefined;
  /**
   * Returns what else ended process `pid`; called for an end that would otherwise be a success. `undefined`
   * for nothing.
   */
  readonly otherEnd: (pid: number) => OtherEnd | undefined | Promise<OtherEnd | undefined>;
  /** Whether it leads a process group to which CTRL_BREAK can be sent. */
  readonly group: boolean;
  /** How long `output()` keeps reading after the process has ended, in ms. */
  readonly drainTimeout: number;
  /** Ends the process when aborted. */
  readonly signal: AbortSignal | undefined;
  /** The rights it was started without; `undefined` if it has the same rights as this program. */
  readonly isolation: IsolationInForce | undefined;
}
