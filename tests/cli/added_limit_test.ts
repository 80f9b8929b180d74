/**
 * A limit is one row: a row added to a copy of the table is an option, a policy key, a line of the
 * schema, the help, the completions, a line of docs/ and of --explain, and is read, written and
 * shown, with no other line of code.
 */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { commandHelp } from "../../cli/args/command.ts";
import { givenLimits, tableOptions } from "../../cli/args/limit_options.ts";
import { parsePolicy, toPolicy } from "../../cli/args/policy.ts";
import { policySchema } from "../../cli/args/policy_schema.ts";
import { UsageError } from "../../cli/args/usage_error.ts";
import { explainRow } from "../../cli/run/explain.ts";
import { showTable } from "../../cli/text/limit_text.ts";
import { JOB_OBJECT_IO_RATE_CONTROL } from "../../ffi/constants.ts";
import { decodeLimits, planChange } from "../../job/limits/change.ts";
import type { Limits } from "../../job/limits/limits.ts";
import { type LimitParts, type LimitRow, oneOption, PART_SETTERS } from "../../job/limits/row.ts";
import { LIMIT_ROWS, type LimitTable } from "../../job/limits/table.ts";
import { renderRows } from "../../tools/docs/limits_table.ts";
import { count } from "../../values/quantity.ts";
import { noLimits } from "../helpers/limit_values.ts";
import {
  fromCommandLine,
  parseArgs,
  readTable,
  type Setting,
  Settings,
} from "../../cli/args/settings.ts";

/** The limits of a later version. */
interface MoreLimits extends Limits {
  ioReservation?: number | null;
}

const KIND = count({ min: 10, max: 10_000, unit: "operations" });

/** The one row. */
const ADDED = {
  ...oneOption(KIND, {
    option: "--io-reservation",
    valueName: "COUNT",
    summary: "Input and output operations per second that are kept free",
    unit: "operations per second",
    whenReached: "others wait",
    win32: "SetIoRateControlInformationJobObject, ReservationIops",
  }),
  name: "ioReservation",
  part: "io",
  setBy: PART_SETTERS.io,
  flag: 0,
  field: "ReservationIops",
  check: (value: unknown) => KIND.check("ioReservation", value),
  same: KIND.same,
  encode: (value: number | undefined, parts: LimitParts) => {
    const ControlFlags = value === undefined ? 0 : JOB_OBJECT_IO_RATE_CONTROL.ENABLE;
    parts.io = { ...parts.io, ReservationIops: BigInt(value ?? 0), ControlFlags };
  },
  decode: ({ io }: LimitParts) =>
    io.ReservationIops === 0n ? undefined : Number(io.ReservationIops),
};

/** In the program itself `Limits` has the field, and nothing is cast. */
const TABLE: LimitTable = { ...LIMIT_ROWS, ioReservation: ADDED as unknown as LimitRow };

const MACHINE = { processors: 4 };
const OPTIONS = tableOptions(TABLE);
const PATH = { path: "p.json", specs: OPTIONS };

function given(...tokens: string[]): Settings {
  return new Settings(fromCommandLine(parseArgs(tokens, OPTIONS).options));
}

function fromPolicy(policy: unknown): { settings: readonly Setting[]; limits: unknown } {
  const { settings } = parsePolicy(JSON.stringify(policy), PATH);
  return { settings, limits: readTable(TABLE, new Settings(settings), MACHINE) };
}

Deno.test("an added limit: its option is read and checked", () => {
  const limits = readTable(TABLE, given("--io-reservation", "500", "--memory", "1M"), MACHINE);
  assertEquals(limits, { jobMemory: 1048576, ioReservation: 500 });
  const says = "--io-reservation: expected a whole number of operations from 10 to 10000, got 9";
  assertThrows(() => readTable(TABLE, given("--io-reservation", "9"), MACHINE), UsageError, says);
  assertThrows(() => readTable(TABLE, given("--io-reservation", "x"), MACHINE), UsageError, '"x"');
});

Deno.test("an added limit: its policy key is a number from the file to the limit", () => {
  const { settings, limits } = fromPolicy({ ioReservation: 500, memory: "1M" });
  assertEquals(limits, { jobMemory: 1048576, ioReservation: 500 });
  assertEquals(settings.find(({ name }) => name === "io-reservation")?.number, 500);
  const policy = toPolicy(settings, { specs: OPTIONS, command: [] });
  assertEquals(policy, { memory: "1M", ioReservation: 500 });
  assertThrows(() => fromPolicy({ ioReservation: "500" }), UsageError, "expected a whole number");
  assertThrows(() => fromPolicy({ ioReservation: 9 }), UsageError, "p.json: ioReservation: ");
});

Deno.test("an added limit: schema, help and docs have it", () => {
  const { properties } = policySchema(OPTIONS) as { properties: Record<string, object> };
  assertEquals(properties.ioReservation, {
    description: "--io-reservation COUNT: input and output operations per second that are kept " +
      "free; beyond it others wait",
    type: "integer",
    minimum: 0,
  });
  const spec = { name: "run", summary: "", usage: "", example: "", options: OPTIONS };
  assertStringIncludes(commandHelp(spec, 200), "--io-reservation COUNT");
  assertStringIncludes(
    renderRows(TABLE),
    "| `ioReservation` | `--io-reservation COUNT` | operations per second |",
  );
});

Deno.test("an added limit: --explain describes it", () => {
  const [limit] = givenLimits(TABLE, given("--io-reservation", "500"));
  assertEquals(limit && explainRow(limit, "report", undefined), {
    name: "ioReservation",
    options: ["--io-reservation 500"],
    win32: "SetIoRateControlInformationJobObject, ReservationIops",
    setBy: "SetIoRateControlInformationJobObject",
    whenReached: "others wait",
  });
});

Deno.test("an added limit: it is encoded, decoded, shown and removed", () => {
  const none = noLimits();
  const table: LimitTable = { ioReservation: TABLE.ioReservation! };
  const plan = (limits: MoreLimits, before: LimitParts) =>
    planChange(limits, before, MACHINE, table);
  const { parts, draft } = plan({ ioReservation: 500 }, none);
  assertEquals([parts, draft.io.ReservationIops, draft.io.ControlFlags], [["io"], 500n, 1]);
  const limits: MoreLimits = decodeLimits(draft, table);
  assertEquals(limits, { ioReservation: 500 });
  const shown = { option: "--io-reservation", value: "500", whenReached: "others wait" };
  assertEquals(showTable(table, limits), [shown]);
  assertEquals(plan({ ioReservation: null }, draft).draft, none);
});
