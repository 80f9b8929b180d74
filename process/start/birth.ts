/**
 * What a process of fewer rights is born with: for this floor a token, attributes, a desktop and a
 * look at the process before its first instruction. Types only.
 *
 * @module
 */

/** An attribute of a process's birth: handles, or the bytes of another value. */
export type Attribute = readonly [
  attribute: number,
  value: readonly bigint[] | Uint8Array<ArrayBuffer>,
];

/** A process that is suspended before its first instruction. */
export interface Suspended {
  /** Its handle, with all rights. */
  readonly process: bigint;
  /** Its id. */
  readonly pid: number;
}

/** What a process of fewer rights is born with. */
export interface Birth {
  /** A primary token; absent for the caller's own. Never 0, which would be the caller's own too. */
  readonly token?: bigint;
  /** Attributes beside those of every start; the memory that they point to outlives the start. */
  readonly attributes: readonly Attribute[];
  /** The desktop, as `STARTUPINFOW` takes it; absent for the caller's. */
  readonly desktop?: string;
  /**
   * Compares the suspended process with what was asked for; what it throws ends the process before
   * its first instruction.
   */
  verify(born: Suspended): void;
  /** What was found by `verify()`; to be read after it. */
  readonly isolation: IsolationInForce;
}

/**
 * One restriction as it was found in the started process.
 *
 * @example
 * ```ts
 * import type { RestrictionInForce } from "@jobbox/jobobject";
 *
 * const line = ({ readBack, row }: RestrictionInForce): string => `${row}: ${readBack}`;
 * ```
 */
export interface RestrictionInForce {
  /** Its name, such as `"admin"`. */
  readonly row: string;
  /** What was asked for, as one phrase. */
  readonly asked: string;
  /** What was read back from the suspended process, as one phrase. */
  readonly readBack: string;
  /** What a trial with the same rights showed; absent where the read-back is all. */
  readonly shown?: string;
}

/**
 * What a process was started without, and what is left to be tidied up.
 *
 * @example
 * ```ts
 * import type { IsolationInForce } from "@jobbox/jobobject";
 *
 * const rows = ({ restrictions }: IsolationInForce): string[] => restrictions.map(({ row }) => row);
 * ```
 */
export interface IsolationInForce {
  /** The restrictions, in the order of the table. */
  readonly restrictions: readonly RestrictionInForce[];
  /**
   * Settles when what was made for the process is gone again, after the end of the job's tree: a
   * sentence for each thing that is still there; empty when nothing is. Never rejects.
   */
  readonly cleanup: Promise<readonly string[]>;
}
