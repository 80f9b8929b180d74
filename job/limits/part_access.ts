/**
 * The parts of a job's limits in the system: one reader and one writer each.
 *
 * @module
 */
import { ERROR, JOBOBJECTINFOCLASS } from "../../ffi/constants.ts";
import { failure } from "../../ffi/error.ts";
import type { Handle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { UnsupportedPlatformError } from "../../ffi/unsupported_platform.ts";
import { processorGroups } from "../machine.ts";
import { cpuFields } from "./cpu_limit.ts";
import type { GroupAffinityValue, IoRateControl, LimitParts } from "./row.ts";
import { type Answer, infoClass, type Refusal, tryQuery, trySet } from "../info_class.ts";

const EXTENDED = infoClass(
  "JobObjectExtendedLimitInformation",
  "JOBOBJECT_EXTENDED_LIMIT_INFORMATION",
);
const END_OF_JOB_TIME = infoClass(
  "JobObjectEndOfJobTimeInformation",
  "JOBOBJECT_END_OF_JOB_TIME_INFORMATION",
);
const UI = infoClass("JobObjectBasicUIRestrictions", "JOBOBJECT_BASIC_UI_RESTRICTIONS");
const CPU = infoClass(
  "JobObjectCpuRateControlInformation",
  "JOBOBJECT_CPU_RATE_CONTROL_INFORMATION",
);
const NET = infoClass(
  "JobObjectNetRateControlInformation",
  "JOBOBJECT_NET_RATE_CONTROL_INFORMATION",
);
const GROUP = struct(STRUCTS, "GROUP_AFFINITY");
const IO = struct(STRUCTS, "JOBOBJECT_IO_RATE_CONTROL_INFORMATION");

/** How one part is read and written. */
export interface PartAccess {
  /** Reads it into `parts`; returns why it cannot. */
  read(job: Handle, parts: LimitParts): Refusal | undefined;
  /** Writes that of `parts`; returns 0, or what `GetLastError` gave. */
  write(job: Handle, parts: LimitParts): number;
  /** The function that writes it, for messages. */
  readonly api: string;
  /** The C name of the class, for messages. */
  readonly what: string;
}

const SET = "SetInformationJobObject";

/** Hands on what was read; returns why there is nothing. */
function take<V>(answer: Answer<V>, put: (value: V) => void): Refusal | undefined {
  if (!answer.ok) return answer;
  put(answer.value);
}

function readGroups(job: Handle): Answer<readonly GroupAffinityValue[]> {
  for (let room = 4;; room *= 4) {
    const memory = new DataView(new ArrayBuffer(room * GROUP.size));
    const length = new Uint32Array(1);
    const code = failure(kernel32.QueryInformationJobObject(
      job,
      JOBOBJECTINFOCLASS.JobObjectGroupInformationEx,
      memory,
      memory.byteLength,
      length,
    ));
    if (code === ERROR.INSUFFICIENT_BUFFER && room < 1024) continue;
    if (code !== 0) return { ok: false, code, api: "QueryInformationJobObject" };
    const count = length[0]! / GROUP.size;
    const groups = Array.from({ length: count }, (_, i) => GROUP.decode(memory, i * GROUP.size));
    return { ok: true, value: groups.sort((a, b) => a.Group - b.Group) };
  }
}

function writeGroups(job: Handle, groups: readonly GroupAffinityValue[]): number {
  if (groups.length === 0) return liftGroups(job);
  return setGroups(job, groups);
}

/** No mask at all lifts; a system that refuses that is given all processors of all groups. */
function liftGroups(job: Handle): number {
  const code = setGroups(job, []);
  if (code === ERROR.SUCCESS || code === ERROR.ACCESS_DENIED) return code;
  return setGroups(
    job,
    processorGroups().map(({ group, mask }) => ({ Mask: mask, Group: group, Reserved: [0, 0, 0] })),
  );
}

function setGroups(job: Handle, groups: readonly GroupAffinityValue[]): number {
  const memory = new Uint8Array(groups.length * GROUP.size);
  const sorted = groups.toSorted((a, b) => a.Group - b.Group);
  for (const [i, group] of sorted.entries()) {
    GROUP.encode(group, new DataView(memory.buffer, i * GROUP.size, GROUP.size));
  }
  return failure(kernel32.SetInformationJobObject(
    job,
    JOBOBJECTINFOCLASS.JobObjectGroupInformationEx,
    groups.length === 0 ? null : memory,
    memory.byteLength,
  ));
}

const IO_QUERY = "QueryIoRateControlInformationJobObject";
const IO_SET = "SetIoRateControlInformationJobObject";

/** No I/O rate. */
const NO_IO: IoRateControl = {
  MaxIops: 0n,
  MaxBandwidth: 0n,
  ReservationIops: 0n,
  VolumeName: 0n,
  BaseIoSize: 0,
  ControlFlags: 0,
};

/** Turns "this system's DLL lacks it" into an answer like the other refusals. */
function optional<T>(call: () => T, lacking: T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof UnsupportedPlatformError) return lacking;
    throw error;
  }
}

function readIo(job: Handle): Answer<IoRateControl> {
  const blocks = new BigUint64Array(1);
  const count = new Uint32Array(1);
  const code = optional(
    () => failure(kernel32.QueryIoRateControlInformationJobObject(job, null, blocks, count)),
    ERROR.PROC_NOT_FOUND,
  );
  if (code !== 0) return { ok: false, code, api: IO_QUERY };
  const address = blocks[0]!;
  if (address === 0n) return { ok: true, value: NO_IO };
  try {
    if (count[0] === 0) return { ok: true, value: NO_IO };
    // The first block is the one of all volumes; the others are of volumes that we never name.
    const memory = IO.allocate();
    kernel32.RtlMoveMemory(memory, address, BigInt(IO.size));
    return { ok: true, value: { ...IO.decode(memory), VolumeName: 0n } };
  } finally {
    kernel32.FreeMemoryJobObject(address);
  }
}

function writeIo(job: Handle, value: IoRateControl): number {
  const memory = IO.encode({ ...value, BaseIoSize: 0, VolumeName: 0n });
  return optional(
    () => failure(kernel32.SetIoRateControlInformationJobObject(job, memory)),
    ERROR.PROC_NOT_FOUND,
  );
}

/** How each part is read and written. */
export const PARTS: { readonly [P in keyof LimitParts]: PartAccess } = {
  ui: {
    what: UI.name,
    api: SET,
    read: (job, parts) =>
      take(tryQuery(job, UI), ({ UIRestrictionsClass }) => parts.ui = UIRestrictionsClass),
    write: (job, { ui }) => trySet(job, UI, { UIRestrictionsClass: ui }),
  },
  cpu: {
    what: CPU.name,
    api: SET,
    read: (job, parts) => take(tryQuery(job, CPU), (cpu) => parts.cpu = cpu),
    write: (job, { cpu }) => trySet(job, CPU, cpuFields(cpu)),
  },
  net: {
    what: NET.name,
    api: SET,
    read: (job, parts) => take(tryQuery(job, NET), (net) => parts.net = net),
    write: (job, { net }) => trySet(job, NET, net),
  },
  io: {
    what: IO_SET,
    api: IO_SET,
    read: (job, parts) => take(readIo(job), (io) => parts.io = io),
    write: (job, { io }) => writeIo(job, io),
  },
  groups: {
    what: "JobObjectGroupInformationEx",
    api: SET,
    read: (job, parts) => take(readGroups(job), (groups) => parts.groups = groups),
    write: (job, { groups }) => writeGroups(job, groups),
  },
  endOfJobTime: {
    what: END_OF_JOB_TIME.name,
    api: SET,
    read: (job, parts) =>
      take(
        tryQuery(job, END_OF_JOB_TIME),
        ({ EndOfJobTimeAction }) => parts.endOfJobTime = EndOfJobTimeAction,
      ),
    write: (job, { endOfJobTime }) =>
      trySet(job, END_OF_JOB_TIME, { EndOfJobTimeAction: endOfJobTime }),
  },
  extended: {
    what: EXTENDED.name,
    api: SET,
    read: (job, parts) => take(tryQuery(job, EXTENDED), (extended) => parts.extended = extended),
    write: (job, { extended: { BasicLimitInformation, ProcessMemoryLimit, JobMemoryLimit } }) =>
      trySet(job, EXTENDED, { BasicLimitInformation, ProcessMemoryLimit, JobMemoryLimit }),
  },
};

/**
 * Makes the parts of a job without limits.
 *
 * @returns New parts, to be changed.
 */
export function noLimits(): LimitParts {
  return {
    extended: EXTENDED.codec.decode(EXTENDED.codec.allocate()),
    endOfJobTime: 0,
    ui: 0,
    groups: [],
    cpu: CPU.codec.decode(CPU.codec.allocate()),
    net: NET.codec.decode(NET.codec.allocate()),
    io: NO_IO,
  };
}
