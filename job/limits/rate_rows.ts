/**
 * The limits of processor, network and I/O rates. Pure.
 *
 * @module
 */
import { JOB_OBJECT_IO_RATE_CONTROL, JOB_OBJECT_NET_RATE_CONTROL } from "../../ffi/constants.ts";
import { checkCpuLimit, decodeCpuLimit, encodeCpuLimit } from "./cpu_limit.ts";
import { checkInteger } from "./check.ts";
import { type LimitParts, type LimitRow, type OptionVariant, PART_CLASSES } from "./row.ts";
import { bigintToNumber, bytesToBigint } from "../units.ts";

/** The ways of a CPU limit, as options. */
const CPU_VARIANTS: readonly OptionVariant[] = [
  {
    key: "hardCapCpus",
    option: "--cpus",
    valueName: "NUMBER",
    kind: "number",
    summary: "At most the time of so many processors, such as 1.5",
  },
  {
    key: "hardCap",
    option: "--cpu-rate",
    valueName: "PERCENT",
    kind: "percent",
    summary: "At most this share of the machine, such as 50%",
  },
  {
    key: "softCap",
    option: "--cpu-soft-rate",
    valueName: "PERCENT",
    kind: "percent",
    summary: "This share of the machine, more while processors are idle",
  },
  {
    key: "weight",
    option: "--cpu-weight",
    valueName: "WEIGHT",
    kind: "count",
    summary: "A share in relation to other jobs, 1 to 9; without one 5",
  },
  {
    key: "min",
    option: "--cpu-min",
    valueName: "PERCENT",
    kind: "percent",
    beside: "--cpu-max",
    summary: "Share of the machine that is reserved, with --cpu-max",
  },
  {
    key: "max",
    option: "--cpu-max",
    valueName: "PERCENT",
    kind: "percent",
    beside: "--cpu-min",
    summary: "Share of the machine that is never exceeded, with --cpu-min",
  },
];

/** Sets or clears one value of class 32, and with the last one the whole control. */
function putNet(
  parts: LimitParts,
  flag: number,
  { on, ...fields }: { on: boolean; MaxBandwidth?: bigint; DscpTag?: number },
): void {
  const { ENABLE } = JOB_OBJECT_NET_RATE_CONTROL;
  const rest = (parts.net.ControlFlags & ~ENABLE & ~flag) | (on ? flag : 0);
  parts.net = { ...parts.net, ...fields, ControlFlags: rest === 0 ? 0 : rest | ENABLE };
}

/** Sets or clears (0) one value of the I/O rate, and with the last one the whole control. */
function putIo(parts: LimitParts, fields: { MaxIops: bigint } | { MaxBandwidth: bigint }): void {
  const io = { ...parts.io, ...fields, BaseIoSize: 0, VolumeName: 0n };
  const none = io.MaxIops === 0n && io.MaxBandwidth === 0n && io.ReservationIops === 0n;
  parts.io = { ...io, ControlFlags: none ? 0 : JOB_OBJECT_IO_RATE_CONTROL.ENABLE };
}

function decodeIo(parts: LimitParts, field: "MaxIops" | "MaxBandwidth"): number | undefined {
  const on = (parts.io.ControlFlags & JOB_OBJECT_IO_RATE_CONTROL.ENABLE) !== 0;
  return on && parts.io[field] > 0n ? bigintToNumber(parts.io[field], field) : undefined;
}

/** The limits of rates. */
type RateName = "cpu" | "netBandwidth" | "dscp" | "ioBandwidth" | "ioIops";

/** The rows of classes 15 and 32 and of the I/O rate functions. */
export const RATE_ROWS: { readonly [K in RateName]: LimitRow<K> } = {
  cpu: {
    name: "cpu",
    part: "cpu",
    infoClass: PART_CLASSES.cpu,
    flag: 0,
    field: "ControlFlags",
    kind: "cpu",
    variants: CPU_VARIANTS,
    unit: "percent of the machine, processors, or a weight",
    option: "--cpu-rate",
    valueName: "PERCENT",
    summary: "Processor time per second",
    whenReached: "threads wait for the next interval",
    win32: "JOBOBJECT_CPU_RATE_CONTROL_INFORMATION",
    proof: "jobsim",
    proofNote: "`--cpus` and `--cpu-rate`; the others Windows only",
    check: (value, machine) => checkCpuLimit("cpu", value, machine),
    encode: (value, parts, machine) => {
      parts.cpu = {
        CpuRate: 0,
        Weight: 0,
        MinRate: 0,
        MaxRate: 0,
        ControlFlags: 0,
        ...encodeCpuLimit(value, machine),
      };
    },
    decode: (parts) => decodeCpuLimit(parts.cpu),
  },
  netBandwidth: {
    name: "netBandwidth",
    part: "net",
    infoClass: PART_CLASSES.net,
    flag: JOB_OBJECT_NET_RATE_CONTROL.MAX_BANDWIDTH,
    field: "MaxBandwidth",
    kind: "bytes",
    unit: "bytes per second",
    option: "--net-bandwidth",
    valueName: "SIZE",
    summary: "Outgoing network traffic per second",
    whenReached: "packets wait",
    win32: "JOB_OBJECT_NET_RATE_CONTROL_MAX_BANDWIDTH",
    proof: "Windows only",
    check: (value) =>
      checkInteger("netBandwidth", value, { min: 1, max: Number.MAX_SAFE_INTEGER, unit: "bytes" }),
    encode: (value, parts) =>
      putNet(parts, JOB_OBJECT_NET_RATE_CONTROL.MAX_BANDWIDTH, {
        on: value !== undefined,
        MaxBandwidth: bytesToBigint(value ?? 0, "netBandwidth"),
      }),
    decode: ({ net }) =>
      (net.ControlFlags & JOB_OBJECT_NET_RATE_CONTROL.MAX_BANDWIDTH) === 0
        ? undefined
        : bigintToNumber(net.MaxBandwidth, "netBandwidth"),
  },
  dscp: {
    name: "dscp",
    part: "net",
    infoClass: PART_CLASSES.net,
    flag: JOB_OBJECT_NET_RATE_CONTROL.DSCP_TAG,
    field: "DscpTag",
    kind: "count",
    unit: "",
    option: "--dscp",
    valueName: "TAG",
    summary: "Differentiated-services mark of outgoing packets, 0 to 63",
    whenReached: "packets carry it",
    win32: "JOB_OBJECT_NET_RATE_CONTROL_DSCP_TAG",
    proof: "Windows only",
    check: (value) => checkInteger("dscp", value, { min: 0, max: 63, unit: "" }),
    encode: (value, parts) =>
      putNet(parts, JOB_OBJECT_NET_RATE_CONTROL.DSCP_TAG, {
        on: value !== undefined,
        DscpTag: value ?? 0,
      }),
    decode: ({ net }) =>
      (net.ControlFlags & JOB_OBJECT_NET_RATE_CONTROL.DSCP_TAG) === 0 ? undefined : net.DscpTag,
  },
  ioBandwidth: {
    name: "ioBandwidth",
    part: "io",
    infoClass: PART_CLASSES.io,
    flag: 0,
    field: "MaxBandwidth",
    kind: "bytes",
    unit: "bytes per second",
    option: "--io-bandwidth",
    valueName: "SIZE",
    summary: "Input and output of all volumes per second",
    whenReached: "operations wait",
    win32: "SetIoRateControlInformationJobObject, MaxBandwidth",
    proof: "Windows only",
    check: (value) =>
      checkInteger("ioBandwidth", value, { min: 1, max: Number.MAX_SAFE_INTEGER, unit: "bytes" }),
    encode: (value, parts) =>
      putIo(parts, { MaxBandwidth: bytesToBigint(value ?? 0, "ioBandwidth") }),
    decode: (parts) => decodeIo(parts, "MaxBandwidth"),
  },
  ioIops: {
    name: "ioIops",
    part: "io",
    infoClass: PART_CLASSES.io,
    flag: 0,
    field: "MaxIops",
    kind: "count",
    unit: "operations per second",
    option: "--io-iops",
    valueName: "COUNT",
    summary: "Input and output operations of all volumes per second",
    whenReached: "operations wait",
    win32: "SetIoRateControlInformationJobObject, MaxIops",
    proof: "Windows only",
    check: (value) =>
      checkInteger("ioIops", value, {
        min: 1,
        max: Number.MAX_SAFE_INTEGER,
        unit: "operations",
      }),
    encode: (value, parts) => putIo(parts, { MaxIops: bytesToBigint(value ?? 0, "ioIops") }),
    decode: (parts) => decodeIo(parts, "MaxIops"),
  },
};
