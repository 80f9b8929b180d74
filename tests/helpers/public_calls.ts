/**
 * Every public function of the module, each with a call for every place of an argument, and what a
 * call on something closed must come to.
 *
 * @module
 */
import * as face from "../../mod.ts";
import { type ChildProcess, JobObject, Win32Error } from "../../mod.ts";
import { CHILD } from "./job_trials.ts";

/** What the calls are made on. */
export interface World {
  /** A job without a name, made with `notifications`. */
  readonly job: JobObject;
  /** A process in it that sleeps; stdin and stdout are piped. */
  readonly child: ChildProcess;
  /** Another one, which a call may end. */
  readonly victim: () => Promise<ChildProcess>;
}

/** A function and its places for a value. */
export interface Call {
  /** A call for each argument and each part of an argument that is an object. */
  readonly places: { readonly [place: string]: (world: World, value: never) => unknown };
  /** By place, the names of the values that are right there. */
  readonly accepts?: { readonly [place: string]: readonly string[] };
}

const NOTHING: Call = { places: {} };
/** Constructors and methods of errors and streams, which are the platform's own. */
const NOT_CALLED = NOTHING;

class Foreign {
  readonly limits = {};
}

/** Wrong values by name; some of them are right in some places. */
export const WRONG_VALUES: Readonly<Record<string, unknown>> = {
  "undefined": undefined,
  "null": null,
  "NaN": NaN,
  "Infinity": Infinity,
  "-1": -1,
  "half": 0.5,
  "2^32": 2 ** 32,
  "2^53": 2 ** 53,
  "2^53n": 2n ** 53n,
  "-1n": -1n,
  "2^64n": 2n ** 64n,
  "true": true,
  "empty text": "",
  "NUL": "\0",
  "text with NUL": "no\0where",
  "half a pair": "\ud800",
  "long text": "x".repeat(32_767),
  "symbol": Symbol("s"),
  "function": () => {},
  "array": [],
  "array of arrays": [[]],
  "object": {},
  "object without prototype": Object.create(null),
  "unknown key": { nme: 1 },
  "class": new Foreign(),
  "date": new Date(0),
  "proxy": new Proxy({}, {
    ownKeys: () => {
      throw new RangeError("Cannot list");
    },
  }),
  "getter": {
    get signal() {
      throw new RangeError("Cannot get");
    },
  },
  "aborted signal": AbortSignal.abort(),
};

/** No value at all, or an object without a part. */
const ABSENT = ["undefined"];
const EMPTY = ["undefined", "object", "object without prototype"];

const SWITCHED = ["undefined", "true"];
/** No change, and no limit. */
const LIFTED = ["undefined", "null"];

const STARTS = ["stdin", "stdout", "stderr", "signal", "newProcessGroup", "noWindow", "newConsole"]
  .concat(["detached", "suspended", "priority", "parentPid", "drainTimeout", "args", "cwd", "env"])
  .concat(["windowsRawArguments", "rawArguments", "clearEnv", "searchCwd", "executable"])
  .concat(["isolation"]);

const QUIET = { stdin: "null", stdout: "null", stderr: "null" } as const;

function flags(
  places: readonly string[],
  values: readonly string[],
): Record<string, readonly string[]> {
  return Object.fromEntries(places.map((place) => [place, values]));
}

/** A call for each part of an options object. */
function parts(
  names: readonly string[],
  call: (world: World, options: never) => unknown,
): Call["places"] {
  return Object.fromEntries(
    names.map((
      name,
    ) => [name, (world: World, value: never) => call(world, { [name]: value } as never)]),
  );
}

function start({ job }: World, options: object): unknown {
  return job.spawn(CHILD, { ...QUIET, args: ["exit", "0"], ...options });
}

const LIMITS = Object.keys(
  {
    activeProcesses: 0,
    affinity: 0,
    cpu: 0,
    jobMemory: 0,
    jobUserTime: 0,
    killOnClose: 0,
    priorityClass: 0,
    ui: 0,
    workingSet: 0,
    endOfJobTime: 0,
    groupAffinity: 0,
    netBandwidth: 0,
    ioIops: 0,
  } satisfies { readonly [name in keyof face.Limits]: number },
);
const SOFT = ["jobMemory", "jobUserTime", "readBytes", "cpuRate"];
const RESOURCES = ["cpuLimit", "cpuWeight", "memoryLimitInBytes", "maxIops", "maxBandwidth"];

/** By the member of the exports. */
export const CALLS: Readonly<Record<string, Call>> = {
  "new Win32Error": {
    places: {
      // An error about an error would hide what failed.
      code: (_, value) => checkedError(new Win32Error(value, "X", "Cannot try")),
    },
    accepts: { code: Object.keys(WRONG_VALUES) },
  },
  "Win32Error#systemMessage": NOTHING,
  "new AlreadyClosedError": NOT_CALLED,
  "new UnsupportedPlatformError": NOT_CALLED,
  "new IsolationNotAppliedError": NOT_CALLED,
  "new LimitNotAppliedError": NOT_CALLED,
  "new NotRegisteredError": NOT_CALLED,
  "new ProcessReadableStream": {
    places: { pipe: (_, value) => construct("ProcessReadableStream", value) },
  },
  "ProcessReadableStream#bytes": NOTHING,
  "ProcessReadableStream#arrayBuffer": NOTHING,
  "ProcessReadableStream#text": NOTHING,
  "ProcessReadableStream#json": NOTHING,
  "new ChildProcess": { places: { parts: (_, value) => construct("ChildProcess", value) } },
  "new JobObject": { places: { handle: (_, value) => construct("JobObject", value) } },
  "JobObject.create": {
    places: {
      options: (_, value) => JobObject.create(value),
      ...parts(
        ["name", "openExisting", "notifications", "killOnClose", "limits"],
        (_, options) => JobObject.create(options),
      ),
    },
    accepts: {
      options: EMPTY,
      name: [...ABSENT, "empty text", "half a pair"],
      openExisting: [...ABSENT, "true"],
      notifications: [...ABSENT, "true"],
      killOnClose: [...ABSENT, "true"],
      limits: EMPTY,
    },
  },
  "JobObject.open": {
    places: {
      name: (_, value) => JobObject.open(value),
      options: (_, value) => JobObject.open("jobbox-no-such-job", value),
      access: (_, value) => JobObject.open("jobbox-no-such-job", { access: value }),
    },
  },
  "JobObject#closed": NOTHING,
  "JobObject#spawn": {
    places: {
      command: ({ job }, value) => job.spawn(value, QUIET),
      options: (world, value) => world.job.spawn(CHILD, value),
      ...parts(STARTS, start),
      fileOfStdin: (world, value) => start(world, { stdin: { path: value } }),
      handleOfStdout: (world, value) => start(world, { stdout: { handle: value } }),
      variable: (world, value) => start(world, { env: { A: value } }),
      variableName: (world, value) => {
        // An object has no other names.
        const name: string = typeof value === "string" ? value : "";
        return start(world, { env: { [name]: "x" } });
      },
      argument: (world, value) => start(world, { args: ["exit", "0", value] }),
    },
    accepts: {
      options: EMPTY,
      ...flags([
        "stdin",
        "stdout",
        "stderr",
        "signal",
        "priority",
        "parentPid",
        "cwd",
        "executable",
      ], ABSENT),
      ...flags(
        ["newProcessGroup", "noWindow", "newConsole", "detached", "suspended"]
          .concat(["windowsRawArguments", "clearEnv", "searchCwd"]),
        SWITCHED,
      ),
      drainTimeout: [...ABSENT, "half", "2^32", "2^53"],
      args: [...ABSENT, "array"],
      env: EMPTY,
      isolation: EMPTY,
      rawArguments: [...ABSENT, "empty text", "half a pair"],
      variable: ["null", "empty text", "half a pair"],
      variableName: ["half a pair"],
      argument: ["empty text", "half a pair"],
    },
  },
  "JobObject#assign": { places: { pid: ({ job }, value) => job.assign(value) } },
  "JobObject#pids": NOTHING,
  "JobObject#processes": NOTHING,
  "JobObject#contains": { places: { pid: ({ job }, value) => job.contains(value) } },
  "JobObject#wait": {
    places: {
      options: (_, value) => emptyJob((job) => job.wait(value)),
      signal: (_, value) => emptyJob((job) => job.wait({ signal: value })),
    },
    accepts: { options: EMPTY, signal: ABSENT },
  },
  "JobObject#terminate": {
    places: { exitCode: (_, value) => emptyJob((job) => job.terminate(value)) },
    accepts: { exitCode: ABSENT },
  },
  "JobObject#freeze": NOTHING,
  "JobObject#thaw": NOTHING,
  "JobObject#limits": NOTHING,
  "JobObject#setLimits": {
    places: {
      limits: (_, value) => emptyJob((job) => job.setLimits(value)),
      ...parts(LIMITS, (_, limits) => emptyJob((job) => job.setLimits(limits))),
    },
    accepts: {
      limits: ["object", "object without prototype"],
      ...flags(LIMITS, LIFTED),
      jobMemory: [...LIFTED, "2^32"],
      netBandwidth: [...LIFTED, "2^32"],
      ioIops: [...LIFTED, "2^32"],
      jobUserTime: [...LIFTED, "half", "2^32"],
      killOnClose: [...LIFTED, "true"],
      ui: [...LIFTED, "array"],
    },
  },
  "JobObject#limitsReached": NOTHING,
  "JobObject#notifications": {
    places: {
      options: (_, value) => emptyJob((job) => job.notifications(value).return?.()),
      // The first message of an empty job would not come.
      signal: (_, value) => emptyJob((job) => job.notifications({ signal: value }).return?.()),
    },
    // The signal is for what comes next.
    accepts: { options: EMPTY, signal: [...ABSENT, "aborted signal"] },
  },
  "JobObject#notificationLimits": NOTHING,
  "JobObject#setNotificationLimits": {
    places: {
      limits: (_, value) => emptyJob((job) => job.setNotificationLimits(value)),
      ...parts(SOFT, (_, limits) => emptyJob((job) => job.setNotificationLimits(limits))),
    },
    accepts: {
      limits: ["object", "object without prototype"],
      jobMemory: [...LIFTED, "2^32"],
      jobUserTime: [...LIFTED, "half", "2^32"],
      readBytes: [...LIFTED, "2^32"],
      cpuRate: [...LIFTED, "object", "object without prototype"],
    },
  },
  "JobObject#limitViolation": NOTHING,
  "JobObject#stats": NOTHING,
  "JobObject#setIoTracking": {
    places: { on: (_, value) => emptyJob((job) => job.setIoTracking(value)) },
    accepts: { on: ["true"] },
  },
  "JobObject#resetPeakMemory": NOTHING,
  "JobObject#userHandleGrantAccess": {
    places: {
      userHandle: ({ job }, value) => job.userHandleGrantAccess(value),
      grant: ({ job }, value) => job.userHandleGrantAccess(1n, value),
    },
    accepts: {
      // Which handles there are is the system's to say.
      userHandle: ["2^53n", "-1n"],
      grant: SWITCHED,
    },
  },
  "JobObject#close": NOTHING,
  "JobObject#[Symbol.dispose]": NOTHING,
  "JobObject#[Symbol.asyncDispose]": NOTHING,
  "JobObject#setResourceLimits": {
    places: {
      limits: (_, value) => emptyJob((job) => job.setResourceLimits(value)),
      ...parts(RESOURCES, (_, limits) => emptyJob((job) => job.setResourceLimits(limits))),
    },
    accepts: {
      limits: ["object", "object without prototype"],
      ...flags(RESOURCES, ABSENT),
      memoryLimitInBytes: [...ABSENT, "2^32"],
      maxIops: [...ABSENT, "2^32"],
      maxBandwidth: [...ABSENT, "2^32"],
    },
  },
  "JobObject#setCpuLimit": {
    places: {
      type: (_, value) => emptyJob((job) => job.setCpuLimit(value, 5)),
      value: (_, value) => emptyJob((job) => job.setCpuLimit(1, value)),
    },
  },
  "JobObject#setMemoryLimit": {
    places: { bytes: (_, value) => emptyJob((job) => job.setMemoryLimit(value)) },
    accepts: { bytes: ["2^32"] },
  },
  "JobObject#setIoLimit": {
    places: {
      maxBandwidth: (_, value) => emptyJob((job) => job.setIoLimit(value, 0)),
      maxIops: (_, value) => emptyJob((job) => job.setIoLimit(0, value)),
    },
    accepts: { maxBandwidth: ["2^32"], maxIops: ["2^32"] },
  },
  "JobObject#queryMemoryStats": NOTHING,
  "JobObject#queryProcessorStats": NOTHING,
  "JobObject#queryStorageStats": NOTHING,
  "JobObject#pollNotification": NOTHING,
  "ChildProcess#stdin": NOTHING,
  "ChildProcess#stdout": NOTHING,
  "ChildProcess#stderr": NOTHING,
  "ChildProcess#output": NOTHING,
  "ChildProcess#kill": {
    places: { signal: (world, value) => onChild(world, (child) => child.kill(value)) },
    accepts: { signal: ABSENT },
  },
  "ChildProcess#stop": {
    places: {
      options: (world, value) => onChild(world, (child) => child.stop(value)),
      grace: (world, value) => onChild(world, (child) => child.stop({ grace: value })),
      exitCode: (world, value) => onChild(world, (child) => child.stop({ exitCode: value })),
    },
    accepts: {
      options: EMPTY,
      grace: [...ABSENT, "half", "2^32", "2^53"],
      exitCode: ABSENT,
    },
  },
  "ChildProcess#usage": NOTHING,
  "ChildProcess#resume": NOTHING,
  "ChildProcess#ref": NOTHING,
  "ChildProcess#unref": NOTHING,
  "ChildProcess#[Symbol.asyncDispose]": NOTHING,
};

function checkedError({ code }: Win32Error): void {
  if (!(Number.isInteger(code) && code > 0)) throw new Error(`Cannot be a code: ${code}`);
}

function construct(name: keyof typeof face, value: unknown): unknown {
  return Reflect.construct(face[name] as unknown as new (value: unknown) => unknown, [value]);
}

async function emptyJob(use: (job: JobObject) => unknown): Promise<void> {
  using job = JobObject.create();
  await use(job);
}

/** A child that is made anew when a value that was accepted has ended it. */
async function onChild(world: World, use: (child: ChildProcess) => unknown): Promise<void> {
  await use(await world.victim());
}

/** Every member of a job with arguments that are right. */
export const JOB_CALLS: Readonly<Record<string, (job: JobObject) => unknown>> = {
  closed: (job) => job.closed,
  spawn: (job) => job.spawn(CHILD, { ...QUIET, args: ["exit", "0"] }),
  assign: (job) => job.assign(Deno.pid),
  pids: (job) => job.pids(),
  processes: (job) => job.processes(),
  contains: (job) => job.contains(Deno.pid),
  wait: (job) => job.wait(),
  terminate: (job) => job.terminate(),
  freeze: (job) => job.freeze(),
  thaw: (job) => job.thaw(),
  limits: (job) => job.limits(),
  setLimits: (job) => job.setLimits({ activeProcesses: 3 }),
  limitsReached: (job) => job.limitsReached(),
  notifications: (job) => job.notifications(),
  notificationLimits: (job) => job.notificationLimits(),
  setNotificationLimits: (job) => job.setNotificationLimits({ readBytes: 9 }),
  limitViolation: (job) => job.limitViolation(),
  stats: (job) => job.stats(),
  setIoTracking: (job) => job.setIoTracking(true),
  resetPeakMemory: (job) => job.resetPeakMemory(),
  userHandleGrantAccess: (job) => job.userHandleGrantAccess(1n),
  close: (job) => job.close(),
  "[Symbol.dispose]": (job) => job[Symbol.dispose](),
  "[Symbol.asyncDispose]": (job) => job[Symbol.asyncDispose](),
  setResourceLimits: (job) => job.setResourceLimits({ cpuWeight: 3 }),
  setCpuLimit: (job) => job.setCpuLimit(1, 5),
  setMemoryLimit: (job) => job.setMemoryLimit(2 ** 20),
  setIoLimit: (job) => job.setIoLimit(0, 9),
  queryMemoryStats: (job) => job.queryMemoryStats(),
  queryProcessorStats: (job) => job.queryProcessorStats(),
  queryStorageStats: (job) => job.queryStorageStats(),
  pollNotification: (job) => job.pollNotification(),
};

/** Every member of a child with arguments that are right. */
export const CHILD_CALLS: Readonly<Record<string, (child: ChildProcess) => unknown>> = {
  stdin: (child) => child.stdin,
  stdout: (child) => child.stdout,
  stderr: (child) => child.stderr,
  output: (child) => child.output(),
  kill: (child) => child.kill(),
  stop: (child) => child.stop(),
  usage: (child) => child.usage(),
  resume: (child) => child.resume(),
  ref: (child) => child.ref(),
  unref: (child) => child.unref(),
  "[Symbol.asyncDispose]": (child) => child[Symbol.asyncDispose](),
};
