/**
 * What a failed start, or a job that cannot be had, means to the user.
 *
 * @module
 */
import type { Verdict } from "../exit_code.ts";
import { messageInOptions } from "../args/isolation_options.ts";
import type { Setting } from "../args/settings.ts";
import { ERROR } from "../windows.ts";
import { Win32Error } from "../../mod.ts";

/** A failed start as a verdict. */
export interface StartFailure {
  /** `"notFound"`, `"cannotExecute"`, or `"failed"` when jobbox is to blame. */
  readonly verdict: Verdict;
  /** What went wrong and, if known, what to do. */
  readonly message: string;
}

const MISSING: ReadonlySet<number> = new Set([ERROR.FILE_NOT_FOUND, ERROR.PATH_NOT_FOUND]);

/** A file that is not a program for this machine. */
const UNFIT: ReadonlySet<number> = new Set([
  ERROR.BAD_FORMAT,
  ERROR.BAD_EXE_FORMAT,
  ERROR.EXE_MACHINE_TYPE_MISMATCH,
]);

/**
 * Explains why a command did not start.
 *
 * @param error What the start threw.
 * @param known `hint`: what to write instead, for a program that was not found; `settings`: the
 * options as given, by which restrictions are named.
 * @returns The verdict and the message.
 */
export function startFailure(
  error: unknown,
  { hint, settings = [] }: {
    readonly hint?: string | undefined;
    readonly settings?: readonly Setting[];
  } = {},
): StartFailure {
  const text = messageInOptions(error, settings);
  const message = hint === undefined ? text : `${text}: ${hint}`;
  if (error instanceof Deno.errors.NotFound) {
    // A file for a standard stream is not the command.
    const ofStream = error.cause instanceof Win32Error && error.cause.api === "CreateFileW";
    return { verdict: ofStream ? "failed" : "notFound", message: ofStream ? text : message };
  }
  // A folder, or a command line that cannot be passed on unharmed or is too long.
  if (
    error instanceof Deno.errors.IsADirectory || error instanceof TypeError ||
    error instanceof RangeError
  ) {
    return { verdict: "cannotExecute", message };
  }
  if (error instanceof Win32Error && error.api === "CreateProcessAsUserW") {
    // Only these codes show which of the two is refused.
    if (MISSING.has(error.code)) return { verdict: "notFound", message };
    if (UNFIT.has(error.code)) return { verdict: "cannotExecute", message };
    return {
      verdict: "failed",
      message:
        `${message}: the command is refused here, or refused with fewer rights: name a packaged ` +
        "program by its real file, or run without --isolate",
    };
  }
  if (error instanceof Win32Error && error.api === "CreateProcessW") {
    const verdict = MISSING.has(error.code) ? "notFound" : "cannotExecute";
    if (error.code === ERROR.NOT_ENOUGH_QUOTA) {
      return {
        verdict,
        message: `${message}: a job that it would run in allows no more processes`,
      };
    }
    if (error.code === ERROR.BAD_EXE_FORMAT) {
      return {
        verdict,
        message: `${message}: this Windows cannot run it; for a script or a document, ` +
          "name the program that opens it, as in node FILE or cmd /c start FILE",
      };
    }
    // Windows leaves a gap in some sentences for the name.
    const said = error.systemMessage().replaceAll("%1", "the program");
    return { verdict, message: said === "" ? message : `${message}: ${said}` };
  }
  if (error instanceof Win32Error && error.api === "CreateFileW") {
    // The start opens nothing but the files of the standard streams.
    const [, stream] = /as a child's (std\w+)/.exec(message) ?? [];
    if (stream !== undefined) return { verdict: "failed", message: `--${stream}: ${message}` };
  }
  return { verdict: "failed", message };
}

const ADVICE: readonly (readonly [code: number, advice: string])[] = [
  [
    ERROR.ALREADY_EXISTS,
    "a job with this name exists: choose another name, or look at that job with jobbox ps",
  ],
  [
    ERROR.FILE_NOT_FOUND,
    "this session has no job with this name; names are case-sensitive, and a job is gone after " +
    "its last process and handle",
  ],
  [ERROR.INVALID_HANDLE, "the name belongs to an object that is not a job: choose another name"],
  [
    ERROR.ACCESS_DENIED,
    "the job belongs to another user or does not grant this: run as that user or as administrator",
  ],
  [ERROR.FILENAME_EXCED_RANGE, "a name has at most 260 characters"],
  [ERROR.PATH_NOT_FOUND, "a name can contain no backslash except the one after Local or Global"],
];

/**
 * Adds what to do to an error of a job's creation or opening.
 *
 * @param error What was thrown.
 * @returns The same error, or one whose message says what to do.
 */
export function withJobAdvice(error: unknown): unknown {
  if (!(error instanceof Win32Error)) return error;
  if (error.api !== "CreateJobObjectW" && error.api !== "OpenJobObjectW") return error;
  const advice = ADVICE.find(([code]) => code === error.code)?.[1];
  return advice === undefined ? error : new Error(`${error.message}: ${advice}`, { cause: error });
}

const PROCESS_ADVICE: readonly (readonly [code: number, advice: string])[] = [
  [ERROR.INVALID_PARAMETER, "there is no process with this id: it may have ended"],
  [
    ERROR.ACCESS_DENIED,
    "the process belongs to another user or is protected, or its own job does not let it join " +
    "another one: run as that user or as administrator",
  ],
];

/**
 * Adds what to do to an error of putting a running process into a job.
 *
 * @param error What was thrown.
 * @returns The same error, or one whose message says what to do.
 */
export function withProcessAdvice(error: unknown): unknown {
  if (!(error instanceof Win32Error)) return error;
  if (error.api !== "OpenProcess" && error.api !== "AssignProcessToJobObject") return error;
  const advice = PROCESS_ADVICE.find(([code]) => code === error.code)?.[1];
  return advice === undefined ? error : new Error(`${error.message}: ${advice}`, { cause: error });
}
