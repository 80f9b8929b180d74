import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { commandHelp } from "../../../cli/args/command.ts";
import { doctorCommand, type DoctorPlan } from "../../../cli/commands/doctor.ts";
import type { CheckAnswer } from "../../../cli/doctor/check.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { LIMIT_NAMES, limitRow } from "../../../job/limits/table.ts";
import { NOTIFICATION_NAMES, notificationRow } from "../../../job/notifications/table.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

function plan(...args: string[]): DoctorPlan {
  return doctorCommand.parse(parseArgs(args, doctorCommand.spec.options), new FakeIo());
}

/** A plan of checks that answer at once. */
function answers(
  found: Readonly<Record<string, CheckAnswer["status"]>>,
  more: Partial<DoctorPlan> = {},
): DoctorPlan {
  const checks = Object.entries(found).map(([id, status]) => ({
    id,
    area: "limits" as const,
    title: id,
    run: () => Promise.resolve({ status, detail: "seen" }),
  }));
  return { checks, json: false, ...more };
}

Deno.test("doctor checks every limit and every soft limit, each under its own name", () => {
  const ids = plan().checks.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  const options = [
    ...LIMIT_NAMES.flatMap((name) => limitRow(name).options),
    ...NOTIFICATION_NAMES.flatMap((name) => notificationRow(name).options),
  ];
  assert(options.length > 30);
  for (const { option } of options) assert(ids.includes(option.replace(/^--/, "")), option);
});

Deno.test("doctor --need checks only what is named, in any spelling of the list", () => {
  const { checks, needed } = plan("--need", "memory, cpu-rate", "--need=--ui");
  assertEquals(needed, ["memory", "cpu-rate", "ui"]);
  assertEquals(checks.map(({ id }) => id).sort(), ["cpu-rate", "memory", "ui"]);
});

Deno.test("doctor --need refuses an unknown name and suggests the nearest", () => {
  for (const list of ["cpu-rte", "memory,cpu-rte", ""]) {
    assertThrows(() => plan("--need", list), UsageError, "--need: there is no check");
  }
  assertThrows(() => plan("--need", "cpu-rte"), UsageError, "did you mean cpu-rate?");
  assertThrows(() => plan("memory"), UsageError, "Unexpected argument memory");
});

Deno.test("doctor exits with 1 if something that was named is missing, otherwise with 0", async () => {
  const cases = [
    [answers({ memory: "ineffective" }), 0],
    [answers({ memory: "ineffective" }, { needed: ["memory"] }), 1],
    [answers({ memory: "works", ui: "kept" }, { needed: ["memory", "ui"] }), 0],
    [answers({ memory: "works", ui: "refused" }, { needed: ["memory", "ui"] }), 1],
    [answers({ memory: "failed" }, { needed: ["memory"], json: true }), 1],
  ] as const;
  for (const [value, code] of cases) {
    assertEquals(await doctorCommand.execute(value, new FakeIo()), code);
  }
});

Deno.test("doctor writes JSON and nothing else with --json", async () => {
  const io = new FakeIo();
  const value = answers({ memory: "refused" }, { needed: ["memory"], json: true });
  await doctorCommand.execute(value, io);
  const report = JSON.parse(io.out);
  assertEquals(report.missing, ["memory"]);
  assert(report.checks[0].advice);
  assertEquals(io.err, "");
});

Deno.test("doctor --classad prints only the ad, with the exit code of --need", async () => {
  const io = new FakeIo();
  const value = answers({ memory: "refused", ui: "works" }, { needed: ["memory"], classad: true });
  assertEquals(await doctorCommand.execute(value, io), 1);
  assertStringIncludes(io.out, "\nJobboxMemory = false\nJobboxUi = true\n-\n");
  assertEquals([io.out.startsWith("HasJobbox = true\n"), io.err], [true, ""]);
  assertEquals(plan("--classad", "--need", "memory").classad, true);
  for (const other of ["--json", "--conformance"]) {
    assertThrows(() => plan("--classad", other), UsageError, `--classad and ${other} cannot`);
  }
});

Deno.test("doctor uses colours only on a terminal without NO_COLOR", async () => {
  const paint = async (terminal: boolean, variables: Record<string, string>): Promise<string> => {
    const io = new FakeIo();
    if (terminal) io.terminals.add("stdout");
    io.variables = variables;
    await doctorCommand.execute(answers({ memory: "works" }), io);
    return io.out;
  };
  assertStringIncludes(await paint(true, {}), "\x1b[32m");
  assertEquals((await paint(true, { NO_COLOR: "1" })).includes("\x1b"), false);
  assertEquals((await paint(false, {})).includes("\x1b"), false);
});

Deno.test("doctor's help explains its words and codes", () => {
  const help = commandHelp(doctorCommand.spec, 80);
  for (const word of ["no effect", "kept", "refused", "--need LIST", "125"]) {
    assertStringIncludes(help, word);
  }
});

Deno.test("doctor --conformance excludes other options but --json", () => {
  assertEquals(plan("--conformance"), { checks: [], json: false, conformance: true });
  assertEquals(plan("--conformance", "--json").json, true);
  assertThrows(() => plan("--conformance", "--need", "memory"), UsageError, "--need cannot");
  assertEquals(plan().conformance, undefined);
  const help = commandHelp(doctorCommand.spec, 80);
  for (const word of ["--conformance", "not triable", "no user names"]) {
    assertStringIncludes(help, word);
  }
});
