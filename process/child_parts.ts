/**
 * What a started process is made of. Types only.
 *
 * @module
 */
import type { OwnedHandle } from "../ffi/handle.ts";
import type { EndingLimit, OtherEnd } from "./exit/ended_by.ts";
import type { ProcessEnd } from "./exit/exit_status.ts";
import type { PipeReader, PipeWriter } from "./io/pipe.ts";
import type { IsolationInForce } from "./start/birth.ts";

/** What a started process is made of; see `spawn()`. */
export interface ChildParts {
  /** Its id. */
  readonly pid: number;
  /** Its handle. */
  readonly process: OwnedHandle;
  /** Its first thread, when it was started suspended. */
  readonly thread: OwnedHandle | undefined;
  /** Our end of its standard input. */
  readonly stdin: PipeWriter | undefined;
  /** Our end of its standard output. */
  readonly stdout: PipeReader | undefined;
  /** Our end of its standard error. */
  readonly stderr: PipeReader | undefined;
  /** Which messages tell of its end. */
  readonly key: bigint | undefined;
  /** Tells the limit at which the system ended it; `undefined` for none. */
  readonly endingLimit: (end: ProcessEnd) => EndingLimit | undefined;
  /** Tells what else ended it, asked of an end that would be a success; `undefined` for nothing. */
  readonly otherEnd: () => OtherEnd | undefined | Promise<OtherEnd | undefined>;
  /** Whether it is the leader of a group that can be sent CTRL_BREAK. */
  readonly group: boolean;
  /** Time for which `output()` reads on after the process's end, in ms. */
  readonly drainTimeout: number;
  /** Ends it when aborted. */
  readonly signal: AbortSignal | undefined;
  /** What it was started without; `undefined` where it has the rights of this program. */
  readonly isolation: IsolationInForce | undefined;
}
