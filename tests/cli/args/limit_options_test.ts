import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  changeOptions,
  givenLimits,
  LIMIT_OPTIONS,
  NOTIFICATION_OPTIONS,
} from "../../../cli/args/limit_options.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { LIMIT_ROWS } from "../../../job/limits/table.ts";
import { NOTIFICATION_ROWS } from "../../../job/notifications/table.ts";
import type { Limits } from "../../../job/limits/limits.ts";
import type { NotificationLimits } from "../../../job/notifications/notification_limits.ts";
import {
  fromCommandLine,
  parseArgs,
  readLimits,
  readNotificationLimits,
  Settings,
} from "../../../cli/args/settings.ts";

const MACHINE = { processors: 8 };
const ALL = [...LIMIT_OPTIONS, ...NOTIFICATION_OPTIONS];

function settings(line: string): Settings {
  const tokens = line === "" ? [] : line.split(" ");
  return new Settings(fromCommandLine(parseArgs(tokens, ALL).options));
}

function limits(line: string): Limits {
  return readLimits(settings(line), MACHINE);
}

function soft(line: string): NotificationLimits {
  return readNotificationLimits(settings(line), MACHINE);
}

/** One spelling of each limit, and what it means. */
const SPELLINGS: [string, Limits][] = [
  ["--memory 64M", { jobMemory: 67108864 }],
  ["--process-memory 1.5GiB", { processMemory: 1610612736 }],
  ["--working-set 1M..64M", { workingSet: { min: 1048576, max: 67108864 } }],
  ["--cpu-time 1.5s", { jobUserTime: 1500 }],
  ["--process-cpu-time 250ms", { processUserTime: 250 }],
  ["--end-of-job-time post", { endOfJobTime: "post" }],
  ["--processes 3", { activeProcesses: 3 }],
  ["--affinity 0-2,5", { affinity: 0b100111n }],
  ["--subset-affinity", { subsetAffinity: true }],
  ["--group-affinity 0:0-3;1:0", {
    groupAffinity: [{ group: 0, mask: 15n }, { group: 1, mask: 1n }],
  }],
  ["--priority belowNormal", { priorityClass: "belowNormal" }],
  ["--scheduling-class 4", { schedulingClass: 4 }],
  ["--cpus 1.5", { cpu: { hardCapCpus: 1.5 } }],
  ["--cpu-rate 50%", { cpu: { hardCap: 50 } }],
  ["--cpu-soft-rate 12.5%", { cpu: { softCap: 12.5 } }],
  ["--cpu-weight 7", { cpu: { weight: 7 } }],
  ["--cpu-min 10% --cpu-max 50%", { cpu: { min: 10, max: 50 } }],
  ["--net-bandwidth 1M", { netBandwidth: 1048576 }],
  ["--dscp 10", { dscp: 10 }],
  ["--io-bandwidth 1M", { ioBandwidth: 1048576 }],
  ["--io-iops 100", { ioIops: 100 }],
  ["--kill-on-close", { killOnClose: true }],
  ["--die-on-unhandled-exception", { dieOnUnhandledException: true }],
  ["--breakaway", { breakaway: true }],
  ["--silent-breakaway", { silentBreakaway: true }],
  ["--ui handles,desktop", { ui: ["handles", "desktop"] }],
];

Deno.test("readLimits: each option means its limit, and every limit has an option", () => {
  for (const [line, expected] of SPELLINGS) assertEquals(limits(line), expected, line);
  const covered = new Set(SPELLINGS.flatMap(([, expected]) => Object.keys(expected)));
  assertEquals([...covered].sort(), Object.keys(LIMIT_ROWS).sort());
});

Deno.test("readLimits: a limit that is not given is absent", () => {
  assertEquals(limits(""), {});
});

Deno.test("readLimits: unreadable text never becomes a limit, and the error names the option", () => {
  const wrong: [string, string][] = [
    ["--memory 800", '--memory: Cannot read "800"'],
    ["--memory abc", '--memory: Cannot read "abc"'],
    ["--memory 0B", "--memory: expected "],
    ["--process-memory 1B", "--process-memory: expected "],
    ["--cpu-time 5", "--cpu-time: Cannot read"],
    ["--processes 0", "--processes: "],
    ["--processes 1.5", "--processes: Cannot read"],
    ["--affinity 3-1", "--affinity: "],
    ["--cpu-rate 50", "--cpu-rate: Cannot read"],
    ["--cpu-rate 101%", "--cpu-rate: "],
    ["--cpu-weight 10", "--cpu-weight: "],
    ["--cpus 9", "--cpus: "],
    ["--cpus 1e1", "--cpus: Cannot read"],
    ["--cpu-min 10%", "Cannot use --cpu-min alone"],
    ["--cpu-rate 50% --cpu-weight 5", "Cannot use --cpu-rate and --cpu-weight together"],
    ["--working-set 64M", "--working-set: Cannot read"],
    ["--working-set 64M..1M", "--working-set: "],
    ["--group-affinity 0", "--group-affinity: Cannot read"],
    ["--priority fast", "--priority: Cannot read"],
    ["--ui mouse", "--ui: Cannot read"],
    ["--dscp 64", "--dscp: "],
    ["--notify-cpu-rate often", "--notify-cpu-rate: Cannot read"],
    ["--notify-read 0B", "--notify-read: "],
    ["--memory none", "--memory: Cannot read"],
  ];
  for (const [line, message] of wrong) {
    const error = assertThrows(() => [limits(line), soft(line)], UsageError, message, line);
    assert(!error.message.endsWith("."), error.message);
  }
});

Deno.test("readNotificationLimits: each option means its soft limit", () => {
  assertEquals(soft("--notify-memory 64M --notify-memory-low 1M"), {
    jobMemory: 67108864,
    jobMemoryLow: 1048576,
  });
  assertEquals(soft("--notify-read 1M --notify-write 2M --notify-cpu-time 1s"), {
    readBytes: 1048576,
    writeBytes: 2097152,
    jobUserTime: 1000,
  });
  assertEquals(soft("--notify-cpu-rate low,long --notify-io-rate high"), {
    cpuRate: { tolerance: "low", interval: "long" },
    ioRate: { tolerance: "high" },
  });
});

Deno.test('changeOptions: "none" removes an existing limit, also one without a value', () => {
  const options = changeOptions(ALL);
  const read = (line: string): Limits => {
    const given = parseArgs(line.split(" "), options).options;
    return readLimits(new Settings(fromCommandLine(given)), { ...MACHINE, lift: true });
  };
  assertEquals(read("--memory none --breakaway none --cpu-rate none"), {
    jobMemory: null,
    breakaway: null,
    cpu: null,
  });
  assertEquals(read("--memory 64M --breakaway on"), { jobMemory: 67108864, breakaway: true });
  assertThrows(
    () => read("--cpu-rate none --cpu-weight 5"),
    UsageError,
    "--cpu-rate: Cannot remove",
  );
  assertThrows(() => read("--breakaway yes"), UsageError, "--breakaway: Cannot read");
});

Deno.test("givenLimits: lists what the options set, in the words of the table", () => {
  const given = settings("--cpu-min 10% --cpu-max 50% --notify-read 1M");
  const hard = givenLimits(LIMIT_ROWS, given);
  const soft = givenLimits(NOTIFICATION_ROWS, given);
  assertEquals(hard.map(({ row, given }) => [row.name, given.length]), [["cpu", 2]]);
  assertEquals(hard[0]?.row.win32, "JOBOBJECT_CPU_RATE_CONTROL_INFORMATION");
  assertEquals(soft.map(({ row }) => [row.name, row.setBy]), [
    ["readBytes", "JobObjectNotificationLimitInformation2"],
  ]);
});

Deno.test("LIMIT_OPTIONS: no name occurs twice, and each option has its help", () => {
  const names = ALL.map(({ name }) => name);
  assertEquals(names.length, new Set(names).size);
  for (const { name, help } of ALL) assert(help.length > 10, name);
});

Deno.test("readLimits: a message names the options and not the fields of the module", () => {
  const refusal = (...options: [string, string][]): string => {
    const all = options.map(([name, value]) => ({ name, value, from: `--${name}` }));
    return assertThrows(
      () => readLimits(new Settings(all), { processors: 2 }),
      UsageError,
    ).message;
  };
  const messages = [
    refusal(["cpus", "99"]),
    refusal(["cpu-min", "50%"], ["cpu-max", "10%"]),
    refusal(["cpu-weight", "99"]),
    refusal(["working-set", "5M..1M"]),
    refusal(["process-memory", "1B"]),
  ];
  for (const message of messages) {
    assert(/^--[a-z-]+: (?!Cannot set)/.test(message), message);
    assert(!/hardCap|cpu\.|workingSet|processMemory/.test(message), message);
  }
  assertStringIncludes(messages[1]!, "expected at most --cpu-max, 10, got 50");
});
