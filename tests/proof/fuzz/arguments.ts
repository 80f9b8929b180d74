/** The arguments of every command of the tool. */
import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.11.0";
import { HELP_OPTION } from "../../../cli/args/command.ts";
import { parseArgs } from "../../../cli/args/settings.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { COMMANDS } from "../../../cli/commands/list.ts";
import type { RunPlan } from "../../../cli/run/plan.ts";
import { defined } from "../../../values/defined.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { exactSize } from "./exact_numbers.ts";
import { anyText, attempt, type Subject, subject, textOf } from "./subject.ts";

const VALUES = textOf(
  ..."1 2 8 64 100 4096 M K G B ms s % 50% 30s 64M 0-3 1M..64M .. , : none on NAME A=B".split(" "),
  ..."r.json r.html kill report post high list --json -h -- - = x C:\\x ansi json".split(" "),
  ...["\0", " ", "\u202e", "\ud800"],
);

/** One option as it might be written. */
function optionOf(options: readonly { readonly name: string; readonly value?: string }[]) {
  return fc.tuple(fc.constantFrom(...options), VALUES, fc.integer({ min: 0, max: 9 }))
    .map(([{ name, value: form }, value, way]) => {
      if (way === 0) return [`--${name.toUpperCase()}`];
      if (way === 1) return [`--${name.slice(0, -1)}`];
      if (way === 2) return [`--no-${name}`];
      if (form === undefined) return way === 3 ? [`--${name}=${value}`] : [`--${name}`];
      return way < 6 ? [`--${name}`, value] : [`--${name}=${value}`];
    });
}

const CASES = fc.constantFrom(...COMMANDS).chain((command) =>
  fc.record({
    command: fc.constant(command),
    tokens: fc.array(
      fc.oneof(
        {
          weight: 8,
          arbitrary: optionOf([...command.spec.options, HELP_OPTION] as {
            readonly name: string;
            readonly value?: string;
          }[]),
        },
        { weight: 2, arbitrary: VALUES.map((word) => [word]) },
        { weight: 1, arbitrary: anyText().map((word) => [word]) },
      ),
      { maxLength: 6 },
    ).map((parts) => parts.flat()),
  })
);

export const ARGUMENTS: readonly Subject[] = [
  subject("arguments", {
    cases: 2_000,
    input: CASES,
    check: ({ command: { spec, parse }, tokens }) => {
      const options = {
        ...defined({ stopEarly: spec.stopEarly, elsewhere: spec.elsewhere }),
      };
      const { value: parsed } = attempt(
        () => parseArgs(tokens, [...spec.options, HELP_OPTION], options),
        UsageError,
      );
      if (parsed === undefined) return;
      // No word is lost: each is an option, a value of one, or a word of the command's own.
      const rest = tokens.slice(tokens.length - parsed.positionals.length);
      if (spec.stopEarly === true) assertEquals(parsed.positionals, rest);
      const io = new FakeIo();
      io.files.set("r.json", "{}");
      attempt(() => parse(parsed, io), UsageError);
    },
  }),
  subject("run-arguments", {
    cases: 2_000,
    input: fc.record({
      size: fc.oneof(VALUES, fc.constantFrom("64M", "1.5G", "4096B", "none")),
      count: fc.oneof(VALUES, fc.integer({ min: 0, max: 2 ** 33 }).map(String)),
      command: fc.array(VALUES, { minLength: 1, maxLength: 4 }),
      dashes: fc.boolean(),
    }),
    check: ({ size, count, command, dashes }) => {
      const run = COMMANDS[0]!;
      const tokens = [
        `--memory=${size}`,
        `--processes=${count}`,
        ...dashes ? ["--"] : [],
        ...command,
      ];
      const { value: plan } = attempt(
        () =>
          run.parse(
            parseArgs(tokens, run.spec.options, { stopEarly: true }),
            new FakeIo(),
          ) as RunPlan,
        UsageError,
      );
      if (plan === undefined || !dashes && command[0]!.startsWith("-")) return;
      // The limits are those that were written, and the command's words are its own.
      const exact = size.toLowerCase() === "none" ? undefined : exactSize(size);
      assertEquals(plan.limits.jobMemory, exact === undefined ? undefined : Number(exact));
      assertEquals(
        plan.limits.activeProcesses,
        count.toLowerCase() === "none" ? undefined : Number(count),
      );
      assertEquals([plan.command, ...plan.args], command);
      assert(exact === undefined || typeof exact === "bigint");
    },
  }),
];
