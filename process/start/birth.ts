/**
 * How a process with fewer rights is created: a token, attributes, a desktop, and a check of the
 * process before its first instruction. Types only.
 *
 * @module
 */

/** An attribute for creating a process: handles, or the bytes of another value. */
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

/** How a process with fewer rights is created. */
export interface Birth {
  /**
   * A primary token; absent for the caller's own. Never 0, which would also mean the caller's own.
   */
  readonly token?: bigint;
  /**
   * Attributes in addition to those of every start. The memory they point to must outlive the
   * start.
   */
  readonly attributes: readonly Attribute[];
  /** The desktop, as `STARTUPINFOW` takes it; absent for the caller's. */
  readonly desktop?: string;
  /**
   * Compares the suspended process with the request. If it throws, the process is ended before its
   * first instruction.
   */
  verify(born: Suspended): void;
  /** The findings of `verify()`; read it only afterwards. */
  readonly isolation: IsolationInForce;
}

/**
 * One restriction as found in the started process.
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
  /** The requested restriction, as one phrase. */
  readonly asked: string;
  /** The value read back from the suspended process, as one phrase. */
  readonly readBack: string;
  /** The result of a trial with the same rights; absent if there was only the read-back. */
  readonly shown?: string;
}

/**
 * The rights a process was started without, and the cleanup that remains.
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
   * Resolves after the job's tree has ended, when everything created for the process has been
   * removed. Holds one sentence for each thing that could not be removed; empty if all is gone.
   * Never rejects.
   */
  readonly cleanup: Promise<readonly string[]>;
}
