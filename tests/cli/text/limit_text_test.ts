import { assertEquals } from "@std/assert";
import { LIMIT_OPTIONS, NOTIFICATION_OPTIONS } from "../../../cli/args/limit_options.ts";
import { bare, showLimits } from "../../../cli/text/limit_text.ts";
import {
  fromCommandLine,
  parseArgs,
  readLimits,
  readNotificationLimits,
  Settings,
} from "../../../cli/args/settings.ts";

const ALL = [...LIMIT_OPTIONS, ...NOTIFICATION_OPTIONS];
const MACHINE = { processors: 8 };

/** Command lines that together name every option. */
const LINES = [
  "--memory 64M --process-memory 1.5G --working-set 1M..64M --cpu-time 1.5s",
  "--process-cpu-time 250ms --end-of-job-time post --processes 3 --affinity 0-2,5",
  "--subset-affinity --priority high --scheduling-class 0 --cpus 1.5 --net-bandwidth 1M --dscp 0",
  "--group-affinity 0:0-3;1:0 --io-bandwidth 1M --io-iops 7 --kill-on-close",
  "--die-on-unhandled-exception --breakaway --silent-breakaway --ui handles,desktop",
  "--cpu-rate 12.5%",
  "--cpu-soft-rate 50%",
  "--cpu-weight 7",
  "--cpu-min 1% --cpu-max 50%",
  "--notify-memory 64M --notify-memory-low 1M --notify-read 1M --notify-write 1M",
  "--notify-cpu-time 1s --notify-cpu-rate low,long --notify-io-rate high --notify-net-rate medium",
];

function read(tokens: readonly string[]) {
  const settings = new Settings(fromCommandLine(parseArgs(tokens, ALL).options));
  return [readLimits(settings, MACHINE), readNotificationLimits(settings, MACHINE)] as const;
}

Deno.test("showLimits: what is shown for every option is read back as the same limit", () => {
  const seen = new Set<string>();
  for (const line of LINES) {
    const [limits, soft] = read(line.split(" "));
    const shown = showLimits(limits, soft);
    const tokens = shown.flatMap(({ option, value }) =>
      value === "on" ? [option] : [option, value]
    );
    for (const { option } of shown) seen.add(option);
    const [again, softAgain] = read(tokens);
    assertEquals(again, limits, line);
    assertEquals(Object.keys(softAgain), Object.keys(soft), line);
  }
  assertEquals([...seen].sort(), ALL.map(({ name }) => `--${name}`).sort());
});

Deno.test("showLimits: removed and absent limits are not shown", () => {
  assertEquals(showLimits({ jobMemory: null, breakaway: false }, {}), []);
});

Deno.test("bare: removes the leading dashes of an option and keeps the others", () => {
  assertEquals(bare({ option: "--process-memory" }), "process-memory");
});
