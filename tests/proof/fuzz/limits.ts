/** Values of limits, and what the kernel says about them. */
import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.11.0";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import { checkedLimits, decodeLimits } from "../../../job/limits/change.ts";
import { noLimits } from "../../../job/limits/control.ts";
import type { Limits } from "../../../job/limits/limits.ts";
import type { LimitParts } from "../../../job/limits/row.ts";
import { checkTogether, LIMIT_NAMES, type LimitName, limitRow } from "../../../job/limits/table.ts";
import {
  decodeLimitViolation,
  decodeNotificationLimits,
  fromClass12,
  fromClass13,
  fromClass33,
  fromClass34,
} from "../../../job/notifications/codec.ts";
import type { NotificationLimits } from "../../../job/notifications/notification_limits.ts";
import {
  checkNotificationLimits,
  NOTIFICATION_NAMES,
  notificationRow,
} from "../../../job/notifications/table.ts";
import {
  decodeJobStats,
  decodeMemoryStats,
  decodeProcessorStats,
  decodeStorageStats,
} from "../../../job/stats/stats.ts";
import { attempt, type Subject, subject } from "./subject.ts";

const MACHINE = { processors: 8 };

/** Numbers at the edges of what C and JavaScript count. */
const NUMBERS = fc.oneof(
  fc.constantFrom(...[-1, -0, 0, 1, 0.5, 9, 10, 100, 10_000, 4095, 4096, 4097, 65_536]),
  fc.constantFrom(NaN, Infinity, -Infinity, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53),
  fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  fc.double(),
);

const WORDS = [
  ...LIMIT_NAMES.flatMap((name) => limitRow(name).options.flatMap(({ form }) => form.words ?? [])),
  ...["", "high", "50%", "64M", "__proto__", "constructor"],
];

const SCALARS = fc.oneof(
  { weight: 4, arbitrary: NUMBERS },
  { weight: 2, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 2, arbitrary: fc.bigInt({ min: -2n, max: 2n ** 65n }) },
  { weight: 2, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
);

const KEYS = "min max hardCap hardCapCpus softCap weight notify group mask tolerance interval"
  .split(" ");

/** Values of every shape that a limit has, and of none. */
const VALUES = fc.oneof(
  { weight: 5, arbitrary: SCALARS },
  { weight: 2, arbitrary: fc.dictionary(fc.constantFrom(...KEYS), SCALARS, { maxKeys: 3 }) },
  { weight: 2, arbitrary: fc.array(SCALARS, { maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.record({ group: NUMBERS, mask: fc.bigInt({ min: 0n, max: 2n ** 64n }) }),
      {
        maxLength: 2,
      },
    ),
  },
  { weight: 1, arbitrary: fc.anything({ withBigInt: true, withDate: true, withMap: true }) },
);

/** The values of names that are known, and a few that are not. */
function objectOf(names: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  const name = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...names) },
    { weight: 1, arbitrary: fc.constantFrom("memory", "toString", "__proto__", "") },
  );
  return fc.dictionary(name, VALUES, { maxKeys: 4 });
}

/** A limit as it is read back: lists come in the order of the kernel, without repeated words. */
function asRead(name: LimitName, limits: Limits): unknown {
  if (name === "groupAffinity") return limits.groupAffinity!.toSorted((a, b) => a.group - b.group);
  if (name !== "ui") return limits[name];
  const words = limitRow("ui").options[0]!.form.words!;
  return words.filter((word) => (limits.ui as readonly string[]).includes(word));
}

type StructName = keyof typeof STRUCTS;

/** A structure as the kernel might fill it. */
function filled<N extends StructName>(name: N) {
  const codec = struct(STRUCTS, name);
  return fc.uint8Array({ minLength: codec.size, maxLength: codec.size })
    .map((bytes) => codec.decode(new DataView(bytes.buffer, bytes.byteOffset)));
}

const PARTS: fc.Arbitrary<LimitParts> = fc.record({
  extended: filled("JOBOBJECT_EXTENDED_LIMIT_INFORMATION"),
  endOfJobTime: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  ui: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  groups: fc.array(filled("GROUP_AFFINITY"), { maxLength: 3 }),
  cpu: filled("JOBOBJECT_CPU_RATE_CONTROL_INFORMATION"),
  net: filled("JOBOBJECT_NET_RATE_CONTROL_INFORMATION"),
  io: filled("JOBOBJECT_IO_RATE_CONTROL_INFORMATION"),
});

/** Every number is one, and exact where it is whole. */
function assertCounts(value: unknown, path = "stats"): void {
  if (typeof value === "number") {
    assert(Number.isFinite(value) && (path.includes("ime") || Number.isSafeInteger(value)), path);
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) assertCounts(part, `${path}.${key}`);
}

const ACCOUNTING = "JOBOBJECT_BASIC_AND_IO_ACCOUNTING_INFORMATION";

export const LIMITS: readonly Subject[] = [
  subject("limits", {
    cases: 2_000,
    input: objectOf(LIMIT_NAMES),
    kept: [{ ui: ["exitWindows", "exitWindows"] }, { ui: ["exitWindows", "handles"] }],
    check: (given) => {
      const { value } = attempt(
        () => {
          const limits = checkedLimits(given as Limits, MACHINE);
          const parts = noLimits();
          for (const name of LIMIT_NAMES) {
            const limit = limits[name];
            if (limit === undefined) continue;
            limitRow(name).encode((limit ?? undefined) as never, parts, MACHINE);
          }
          checkTogether(parts);
          return { limits, parts };
        },
        TypeError,
        RangeError,
      );
      if (value === undefined) return;
      // Every limit that was asked for is in what the kernel gets, as it was asked for.
      const { limits, parts } = value;
      for (const key of Object.keys(given)) {
        assert((LIMIT_NAMES as readonly string[]).includes(key), key);
      }
      for (const name of LIMIT_NAMES) {
        const wanted = limits[name];
        assertEquals(wanted === undefined, given[name] === undefined, name);
        const found = limitRow(name).decode(parts);
        if (wanted === undefined || wanted === null || isNothing(name, wanted)) {
          assertEquals(found, undefined, name);
        } else {
          assert(found !== undefined, `${name} is lost`);
          const read = asRead(name, limits);
          assert(limitRow(name).same(read as never, found as never), `${name}: ${found}`);
        }
      }
    },
  }),
  subject("soft-limits", {
    cases: 1_500,
    input: objectOf(NOTIFICATION_NAMES),
    check: (given) => {
      const { refused } = attempt(
        () => checkNotificationLimits(given as NotificationLimits),
        TypeError,
        RangeError,
      );
      if (refused !== undefined) return;
      for (const key of Object.keys(given)) {
        assert((NOTIFICATION_NAMES as readonly string[]).includes(key), key);
      }
      const values = fromClass12(
        struct(STRUCTS, "JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION")
          .decode(new DataView(new ArrayBuffer(48))),
      );
      for (const name of NOTIFICATION_NAMES) {
        const wanted = given[name] as never;
        if (wanted !== undefined && wanted !== null) notificationRow(name).encode(wanted, values);
      }
      const found = decodeNotificationLimits(values);
      for (const name of NOTIFICATION_NAMES) {
        const wanted = given[name];
        if (wanted === undefined || wanted === null) assertEquals(found[name], undefined, name);
        else {
          assert(found[name] !== undefined, `${name} is lost`);
          assert(notificationRow(name).same(complete(wanted) as never, found[name] as never), name);
        }
      }
    },
  }),
  subject("kernel-limits", {
    cases: 1_000,
    input: PARTS,
    check: (parts) => {
      const { value } = attempt(() => decodeLimits(parts), RangeError);
      if (value === undefined) return;
      for (const [name, limit] of Object.entries(value)) {
        const row = limitRow(name as LimitName);
        assert(limit !== undefined && limit !== null, name);
        // A time is signed in C.
        if (typeof limit === "number") {
          assert(Number.isFinite(limit) && (limit >= 0 || name.endsWith("Time")), name);
        }
        const { LimitFlags } = parts.extended.BasicLimitInformation;
        assert(row.part !== "extended" || (LimitFlags & row.flag) !== 0, name);
      }
    },
  }),
  subject("kernel-violations", {
    cases: 1_000,
    input: fc.oneof(
      filled("JOBOBJECT_LIMIT_VIOLATION_INFORMATION").map(fromClass13),
      filled("JOBOBJECT_LIMIT_VIOLATION_INFORMATION_2").map(fromClass34),
    ),
    check: (values) => {
      const { value } = attempt(() => decodeLimitViolation(values), RangeError);
      for (const name of value?.violated ?? []) {
        assert((values.ViolationLimitFlags & notificationRow(name).flag) !== 0, name);
      }
    },
  }),
  subject("kernel-soft-limits", {
    cases: 1_000,
    input: fc.oneof(
      filled("JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION").map(fromClass12),
      filled("JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION_2").map(fromClass33),
    ),
    check: (values) => {
      const { value } = attempt(() => decodeNotificationLimits(values), RangeError);
      for (const name of Object.keys(value ?? {}) as (keyof NotificationLimits)[]) {
        assert((values.LimitFlags & notificationRow(name).flag) !== 0, name);
      }
    },
  }),
  subject("kernel-counts", {
    cases: 1_000,
    input: fc.record({
      accounting: filled(ACCOUNTING),
      memory: filled("JOBOBJECT_MEMORY_USAGE_INFORMATION"),
      extended: filled("JOBOBJECT_EXTENDED_LIMIT_INFORMATION"),
      attribution: filled("JOBOBJECT_IO_ATTRIBUTION_INFORMATION"),
    }),
    check: ({ accounting, memory, extended, attribution }) => {
      for (
        const decode of [
          () => decodeProcessorStats(accounting.BasicInfo),
          () => decodeMemoryStats(memory),
          () => decodeStorageStats(accounting, attribution),
          () => decodeJobStats(accounting, { peaks: extended, usage: memory }),
        ]
      ) {
        const { value } = attempt<unknown>(decode, RangeError);
        assertCounts(value);
      }
    },
  }),
];

/** A soft limit as it is read back: a tolerance with what is in force where it says nothing. */
function complete(wanted: unknown): unknown {
  if (typeof wanted !== "object" || wanted === null) return wanted;
  const { tolerance = "high", interval = "short" } = wanted as Record<string, unknown>;
  return { tolerance, interval };
}

/** Values that leave the kernel as it is without a limit. */
function isNothing(name: LimitName, value: unknown): boolean {
  return value === false || name === "endOfJobTime" && value === "terminate" ||
    Array.isArray(value) && value.length === 0;
}
