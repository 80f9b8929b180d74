/**
 * A rehearsal creates a job and runs the real code of a start on a kernel that records the calls.
 * The job and its limits are real, so the system refuses the same things. The process is not
 * started, and no file is created or emptied.
 *
 * @module
 */
import { ERROR, FILE, JOB_OBJECT_LIMIT, JOBOBJECTINFOCLASS } from "../ffi/constants.ts";
import { INVALID_HANDLE_VALUE } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { encodeWide } from "../ffi/strings.ts";
import { struct } from "../ffi/struct.ts";
import { STRUCTS } from "../ffi/structs.ts";
import { UnsupportedPlatformError } from "../ffi/unsupported_platform.ts";
import { defined } from "../values/defined.ts";

const EXTENDED = struct(STRUCTS, "JOBOBJECT_EXTENDED_LIMIT_INFORMATION");

/** The result of a rehearsal. */
export interface Rehearsal {
  /** The calls that change something, in order. */
  readonly calls: readonly string[];
  /** The error of the run; absent if the process would be started. */
  readonly error?: unknown;
}

/** Thrown at the point where a process would be started. */
class WouldStart extends Error {}

function className(infoClass: number): string {
  const found = Object.entries(JOBOBJECTINFOCLASS).find(([, value]) => value === infoClass);
  return found?.[0] ?? String(infoClass);
}

/** The flags of a class 9 call, by their names in the headers. */
function flagNames(buffer: BufferSource | null): string {
  if (!(buffer instanceof DataView)) return "";
  const { LimitFlags } = EXTENDED.decode(buffer).BasicLimitInformation;
  // Some flags have a second name for another structure.
  const names = Object.entries(JOB_OBJECT_LIMIT)
    .filter(([, flag], at, all) =>
      (LimitFlags & flag) !== 0 && all.findIndex(([, value]) => value === flag) === at
    )
    .map(([name]) => `JOB_OBJECT_LIMIT_${name}`);
  return names.length === 0 ? "" : `: ${names.join(", ")}`;
}

type IoRateSetter = typeof kernel32.SetIoRateControlInformationJobObject;

/** Returns the function, which not every system has. */
function ioRateSetter(): IoRateSetter | undefined {
  try {
    return kernel32.SetIoRateControlInformationJobObject;
  } catch (error) {
    if (error instanceof UnsupportedPlatformError) return undefined;
    throw error;
  }
}

/**
 * Runs an action without starting anything. Meanwhile some functions of kernel32 are replaced, so
 * the action must be synchronous.
 *
 * @param action Creates the job and starts the process.
 * @returns The calls and the error.
 */
export function rehearse(action: () => void): Rehearsal {
  const calls: string[] = [];
  const { CreateFileW, CreateJobObjectW, CreateProcessW, SetEndOfFile, SetInformationJobObject } =
    kernel32;
  const SetIoRate = ioRateSetter();
  const real = {
    CreateFileW,
    CreateJobObjectW,
    CreateProcessW,
    SetEndOfFile,
    SetInformationJobObject,
    ...defined({ SetIoRateControlInformationJobObject: SetIoRate }),
  };
  const recording: typeof real = {
    CreateJobObjectW: (...args) => {
      calls.push(`CreateJobObjectW: ${args[1] === null ? "without a name" : "with its name"}`);
      return CreateJobObjectW(...args);
    },
    SetInformationJobObject: (job, infoClass, buffer, length) => {
      const flags = infoClass === JOBOBJECTINFOCLASS.JobObjectExtendedLimitInformation
        ? flagNames(buffer)
        : "";
      calls.push(`SetInformationJobObject ${className(infoClass)}${flags}`);
      return SetInformationJobObject(job, infoClass, buffer, length);
    },
    CreateFileW: (name, access, share, security, disposition, attributes, template) => {
      const open = (path: BufferSource | null): bigint =>
        CreateFileW(path, access, share, security, FILE.OPEN_EXISTING, attributes, template);
      const handle = open(name);
      const isMissing = handle === INVALID_HANDLE_VALUE && disposition !== FILE.OPEN_EXISTING &&
        kernel32.GetLastError() === ERROR.FILE_NOT_FOUND;
      // The file would be created: its folder exists, otherwise the error would be another one.
      const opened = isMissing ? open(encodeWide("NUL", "a path")) : handle;
      // Nothing was created, so nothing must be removed again.
      if (opened !== INVALID_HANDLE_VALUE && disposition === FILE.OPEN_ALWAYS) {
        kernel32.SetLastError(ERROR.ALREADY_EXISTS);
      }
      return opened;
    },
    // The file keeps its content.
    SetEndOfFile: () => 1,
    CreateProcessW: () => {
      throw new WouldStart();
    },
    ...defined({
      SetIoRateControlInformationJobObject: SetIoRate &&
        ((...args: Parameters<IoRateSetter>) => {
          calls.push("SetIoRateControlInformationJobObject");
          return SetIoRate(...args);
        }),
    }),
  };
  const put = (functions: typeof real): void => {
    for (const [name, value] of Object.entries(functions)) {
      Object.defineProperty(kernel32, name, { value });
    }
  };
  put(recording);
  try {
    action();
    return { calls };
  } catch (error) {
    return error instanceof WouldStart ? { calls } : { calls, error };
  } finally {
    put(real);
  }
}
