/**
 * What a restriction does at each step of a start. Types only.
 *
 * @module
 */
import type { Attribute } from "../process/start/birth.ts";
import type { EnvironmentEntry } from "../process/start/environment_block.ts";
import type { IsolationName } from "./isolation.ts";
import type { TokenFacts } from "./token_facts.ts";

/** What a process is going to be born with, as the restrictions put it together. */
export interface Draft {
  /** Groups that only deny. */
  readonly denyOnly: string[];
  /** Privileges to be taken away, by their numbers. */
  readonly removed: bigint[];
  /** The integrity level; absent for the caller's. */
  level?: string;
  /** Variables to set, or with `null` to take away. */
  readonly env: Record<string, string | null>;
  /** Whether it starts from the few variables that Windows needs. */
  clearEnv: boolean;
  /** Attributes of its birth. */
  readonly attributes: Attribute[];
  /** Its desktop. */
  desktop?: string;
  /** The identifier of its container. */
  container?: string;
}

/** A process before its first instruction, as it is found. */
export interface Born {
  /** Its handle. */
  readonly process: bigint;
  /** Its id. */
  readonly pid: number;
  /** Its token, with the rights to query and to impersonate. */
  readonly tokenHandle: bigint;
  /** What its token says. */
  readonly token: TokenFacts;
  /** Reads its environment out of its memory. */
  environment(): EnvironmentEntry[];
  /** Reads its desktop's name out of its memory. */
  desktop(): string;
}

/** The job that the process is started in. */
export interface ProtectedJob {
  /** Its handle, with all rights. */
  readonly handle: bigint;
  /** Its name; `undefined` for a job that nobody can open. */
  readonly name: string | undefined;
}

/** Runs programs with the rights of the command, to their end. */
export interface TrialRoom {
  /** A sentence for each thing that a trial could not delete after it. */
  readonly left: string[];
  /**
   * Runs a program of the system's folder.
   *
   * @param name Its file name, such as `"reg.exe"`.
   * @param args Its arguments, as one text.
   * @returns Its exit code.
   * @throws {Error} If it does not start, is not as asked, or does not end.
   */
  run(name: string, args: string): number;
}

/** A restriction at work. Each step can only say no, by an error. */
export interface Work extends Disposable {
  /** Its key. */
  readonly row: IsolationName;
  /** What is asked for, as one phrase. */
  readonly asked: string;
  /** Puts its part into the draft; what the system lacks for it is found here. */
  apply(draft: Draft): void;
  /**
   * Compares the suspended process with what is asked for.
   *
   * @returns What was read, as one phrase.
   * @throws {IsolationNotAppliedError} If it is something else.
   */
  readBack(born: Born): string;
  /**
   * Tries what must fail and what must work, with the same rights.
   *
   * @returns What was shown, as one phrase; absent where the read-back is all.
   * @throws {IsolationNotAppliedError} If it was not shown.
   */
  trial?(room: TrialRoom): string;
  /**
   * Takes back what was made, after the end of the tree.
   *
   * @returns A sentence for each thing that is still there.
   */
  tidy?(): string[];
}
