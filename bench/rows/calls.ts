/**
 * What a call costs: bound, typed, decoded.
 *
 * @module
 */
import { dllPath } from "../../ffi/dll.ts";
import { kernel32, preload } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { JobObject } from "../../mod.ts";
import { perCall, type RowGroup } from "../measure.ts";
import { inC, type Programs } from "../programs.ts";

const CALLS = 5_000_000;
const QUERIES = 20_000;
const DECODES = 1_000_000;

const EXTENDED = struct(STRUCTS, "JOBOBJECT_EXTENDED_LIMIT_INFORMATION");

/** What a program without tables would write for class 9. */
function decodeByHand(view: DataView): unknown {
  return {
    BasicLimitInformation: {
      PerProcessUserTimeLimit: view.getBigInt64(0, true),
      PerJobUserTimeLimit: view.getBigInt64(8, true),
      LimitFlags: view.getUint32(16, true),
      MinimumWorkingSetSize: view.getBigUint64(24, true),
      MaximumWorkingSetSize: view.getBigUint64(32, true),
      ActiveProcessLimit: view.getUint32(40, true),
      Affinity: view.getBigUint64(48, true),
      PriorityClass: view.getUint32(56, true),
      SchedulingClass: view.getUint32(60, true),
    },
    IoInfo: {
      ReadOperationCount: view.getBigUint64(64, true),
      WriteOperationCount: view.getBigUint64(72, true),
      OtherOperationCount: view.getBigUint64(80, true),
      ReadTransferCount: view.getBigUint64(88, true),
      WriteTransferCount: view.getBigUint64(96, true),
      OtherTransferCount: view.getBigUint64(104, true),
    },
    ProcessMemoryLimit: view.getBigUint64(112, true),
    JobMemoryLimit: view.getBigUint64(120, true),
    PeakProcessMemoryUsed: view.getBigUint64(128, true),
    PeakJobMemoryUsed: view.getBigUint64(136, true),
  };
}

/** Holds the result of the last decoding: it must not be optimized away. */
const KEPT: { value?: unknown } = {};

/**
 * The rows of calls.
 *
 * @param programs The baselines.
 * @returns The rows.
 */
export function callRows(programs: Programs): RowGroup {
  const job = JobObject.create();
  const { symbols } = Deno.dlopen(dllPath("kernel32", "GetCurrentProcessId"), {
    GetCurrentProcessId: { parameters: [], result: "u32" },
  });
  const view = EXTENDED.allocate();
  for (let at = 0; at < view.byteLength; at++) view.setUint8(at, at);
  if (JSON.stringify(EXTENDED.decode(view), show) !== JSON.stringify(decodeByHand(view), show)) {
    throw new Error("Cannot compare: the two decoders of class 9 differ");
  }
  const rows = [
    {
      name: "query",
      work: "`queryProcessorStats()`, typed",
      ours: { name: "JobObject", run: () => perCall(QUERIES, () => job.queryProcessorStats()) },
      baselines: [
        inC(programs, ["query", QUERIES], { name: "C `QueryInformationJobObject`", aim: 1.05 }),
      ],
    },
    {
      name: "decode",
      work: "class 9 decoded (144 bytes)",
      ours: {
        name: "table",
        run: () => perCall(DECODES, () => KEPT.value = EXTENDED.decode(view)),
      },
      baselines: [{
        name: "`DataView` by hand",
        aim: 1.2,
        run: () => perCall(DECODES, () => KEPT.value = decodeByHand(view)),
      }],
    },
    {
      name: "call",
      work: "a bound call after `preload()`, `GetCurrentProcessId`",
      ours: {
        name: "kernel32",
        // Its own loop: a call through a parameter is not compiled into the loop.
        run: () => {
          preload();
          const begin = performance.now();
          for (let i = 0; i < CALLS; i++) kernel32.GetCurrentProcessId();
          return (performance.now() - begin) * 1e6 / CALLS;
        },
      },
      baselines: [
        inC(programs, ["call", CALLS], { aim: 3 }),
        {
          name: "`Deno.dlopen`",
          run: () => {
            const begin = performance.now();
            for (let i = 0; i < CALLS; i++) symbols.GetCurrentProcessId();
            return (performance.now() - begin) * 1e6 / CALLS;
          },
        },
      ],
    },
  ];
  return { rows, [Symbol.dispose]: () => job.close() };
}

function show(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
