/**
 * The limits of processor, network and I/O rates. Pure.
 *
 * @module
 */
import { JOB_OBJECT_IO_RATE_CONTROL, JOB_OBJECT_NET_RATE_CONTROL } from "../../ffi/constants.ts";
import { checkCpuLimit, decodeCpuLimit, encodeCpuLimit } from "./cpu_limit.ts";
import {
  type AnyRow,
  type IoRateControl,
  type LimitParts,
  type LimitRow,
  type NetRateControl,
  oneOption,
  PART_SETTERS,
  type RowText,
} from "./row.ts";
import { textOf, type ValueKind } from "../../values/value_kind.ts";
import { bigintToNumber, bytes, count } from "../../values/quantity.ts";
import { PERCENT, PROCESSORS } from "../../values/cpus.ts";

/** The options for the forms of a CPU limit. */
const CPU_OPTIONS: AnyRow["options"] = [
  {
    key: "hardCapCpus",
    option: "--cpus",
    valueName: "NUMBER",
    form: PROCESSORS,
    summary: "At most the time of this many processors, such as 1.5",
  },
  {
    key: "hardCap",
    option: "--cpu-rate",
    valueName: "PERCENT",
    form: PERCENT,
    summary: "At most this share of the machine, such as 50%",
  },
  {
    key: "softCap",
    option: "--cpu-soft-rate",
    valueName: "PERCENT",
    form: PERCENT,
    summary: "This share of the machine, more while processors are idle",
  },
  {
    key: "weight",
    option: "--cpu-weight",
    valueName: "WEIGHT",
    form: count({ min: 1, max: 9, unit: "" }),
    summary: "A share relative to other jobs, 1 to 9; jobs without one have 5",
  },
  {
    key: "min",
    option: "--cpu-min",
    valueName: "PERCENT",
    form: PERCENT,
    beside: "--cpu-max",
    summary: "Share of the machine that is reserved, with --cpu-max",
  },
  {
    key: "max",
    option: "--cpu-max",
    valueName: "PERCENT",
    form: PERCENT,
    beside: "--cpu-min",
    summary: "Share of the machine that is never exceeded, with --cpu-min",
  },
];

const { ENABLE: NET_ON, MAX_BANDWIDTH, DSCP_TAG } = JOB_OBJECT_NET_RATE_CONTROL;
const { ENABLE: IO_ON } = JOB_OBJECT_IO_RATE_CONTROL;

/** Sets or clears a bit of class 32; clearing the last one disables the control. */
function netFlags({ ControlFlags }: NetRateControl, flag: number, on: boolean): number {
  const rest = (ControlFlags & ~NET_ON & ~flag) | (on ? flag : 0);
  return rest === 0 ? 0 : rest | NET_ON;
}

/** Enables the I/O rate, or disables it if it has no value. Output fields are never sent. */
function withIoFlags(control: IoRateControl): IoRateControl {
  const io = { ...control, BaseIoSize: 0, VolumeName: 0n };
  const none = io.MaxIops === 0n && io.MaxBandwidth === 0n && io.ReservationIops === 0n;
  return { ...io, ControlFlags: none ? 0 : IO_ON };
}

/** A row of one field of the I/O rate, in which 0 means none. */
function ioRow<K extends "ioBandwidth" | "ioIops">(
  name: K,
  kind: ValueKind<number>,
  { field, ...text }: RowText & { readonly field: "MaxIops" | "MaxBandwidth" },
): LimitRow<K> {
  return {
    ...oneOption(kind, text),
    name,
    part: "io",
    setBy: PART_SETTERS.io,
    flag: 0,
    field,
    check: (value) => kind.check(name, value),
    same: kind.same,
    encode: (value, parts) => {
      parts.io = withIoFlags({ ...parts.io, [field]: BigInt(value ?? 0) });
    },
    decode: ({ io }: LimitParts) =>
      (io.ControlFlags & IO_ON) !== 0 && io[field] > 0n
        ? bigintToNumber(io[field], field)
        : undefined,
  };
}

const NET_BYTES = bytes(1);
const DSCP = count({ min: 0, max: 63, unit: "" });

/** The limits of rates. */
type RateName = "cpu" | "netBandwidth" | "dscp" | "ioBandwidth" | "ioIops";

/** The rows of classes 15 and 32 and of the I/O rate functions. */
export const RATE_ROWS: { readonly [K in RateName]: LimitRow<K> } = {
  cpu: {
    name: "cpu",
    part: "cpu",
    setBy: PART_SETTERS.cpu,
    flag: 0,
    field: "ControlFlags",
    options: CPU_OPTIONS,
    unit: "percent of the machine, processors, or a weight",
    whenReached: "threads wait for the next interval",
    win32: "JOBOBJECT_CPU_RATE_CONTROL_INFORMATION",
    check: (value, machine) => checkCpuLimit("cpu", value, machine),
    same: (wanted, found) => textOf(wanted) === textOf(found),
    encode: (value, parts, machine) => {
      parts.cpu = {
        CpuRate: 0,
        Weight: 0,
        MinRate: 0,
        MaxRate: 0,
        ...encodeCpuLimit(value, machine),
      };
    },
    decode: (parts) => decodeCpuLimit(parts.cpu),
  },
  netBandwidth: {
    ...oneOption(NET_BYTES, {
      unit: "bytes per second",
      option: "--net-bandwidth",
      valueName: "SIZE",
      summary: "Outgoing network traffic per second",
      whenReached: "packets wait",
      win32: "JOB_OBJECT_NET_RATE_CONTROL_MAX_BANDWIDTH",
    }),
    name: "netBandwidth",
    part: "net",
    setBy: PART_SETTERS.net,
    flag: MAX_BANDWIDTH,
    field: "MaxBandwidth",
    check: (value) => NET_BYTES.check("netBandwidth", value),
    same: NET_BYTES.same,
    encode: (value, parts) => {
      const ControlFlags = netFlags(parts.net, MAX_BANDWIDTH, value !== undefined);
      parts.net = { ...parts.net, MaxBandwidth: BigInt(value ?? 0), ControlFlags };
    },
    decode: ({ net }) =>
      (net.ControlFlags & MAX_BANDWIDTH) === 0
        ? undefined
        : bigintToNumber(net.MaxBandwidth, "netBandwidth"),
  },
  dscp: {
    ...oneOption(DSCP, {
      unit: "",
      option: "--dscp",
      valueName: "TAG",
      summary: "Differentiated-services mark of outgoing packets, 0 to 63",
      whenReached: "packets carry it",
      win32: "JOB_OBJECT_NET_RATE_CONTROL_DSCP_TAG",
    }),
    name: "dscp",
    part: "net",
    setBy: PART_SETTERS.net,
    flag: DSCP_TAG,
    field: "DscpTag",
    check: (value) => DSCP.check("dscp", value),
    same: DSCP.same,
    encode: (value, parts) => {
      const ControlFlags = netFlags(parts.net, DSCP_TAG, value !== undefined);
      parts.net = { ...parts.net, DscpTag: value ?? 0, ControlFlags };
    },
    decode: ({ net }) => (net.ControlFlags & DSCP_TAG) === 0 ? undefined : net.DscpTag,
  },
  ioBandwidth: ioRow("ioBandwidth", bytes(1), {
    field: "MaxBandwidth",
    unit: "bytes per second",
    option: "--io-bandwidth",
    valueName: "SIZE",
    summary: "Input and output of all volumes per second",
    whenReached: "operations wait",
    win32: "SetIoRateControlInformationJobObject, MaxBandwidth",
  }),
  ioIops: ioRow("ioIops", count({ min: 1, max: Number.MAX_SAFE_INTEGER, unit: "operations" }), {
    field: "MaxIops",
    unit: "operations per second",
    option: "--io-iops",
    valueName: "COUNT",
    summary: "Input and output operations of all volumes per second",
    whenReached: "operations wait",
    win32: "SetIoRateControlInformationJobObject, MaxIops",
  }),
};
