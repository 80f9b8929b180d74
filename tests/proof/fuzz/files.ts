/** The files that a user writes: policies and variables. */
import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.11.0";
import { policyKey } from "../../../cli/args/option.ts";
import { parsePolicy, type Policy } from "../../../cli/args/policy.ts";
import { parseArgs } from "../../../cli/args/settings.ts";
import { decodeText } from "../../../cli/args/text_file.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { environmentOf, parseVariables } from "../../../cli/args/variables.ts";
import { POLICY_SETTINGS, readRunPlan, RUN_OPTIONS } from "../../../cli/run/plan.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { exactShare, exactSize, exactTime } from "./exact_numbers.ts";
import { anyText, attempt, type Subject, subject, textOf } from "./subject.ts";

const KEYS = POLICY_SETTINGS.map(({ name }) => policyKey(name));

const TEXTS = textOf(
  ..."1 2 8 64 512 4096 M MiB K G B ms s m h % 50% 30s 64M 1.5G 0 0-3 1M..64M .. , : ;".split(" "),
  ..."none on terminate post report kill high idle low NAME=VALUE A=B = r.json r.html".split(" "),
  ...["C:\\x", "__proto__", "\0", " ", "-", "--", "\u202e"],
);

const SCALARS = fc.oneof(
  { weight: 4, arbitrary: TEXTS },
  { weight: 2, arbitrary: fc.integer({ min: -2, max: 20_000 }) },
  { weight: 1, arbitrary: fc.double() },
  { weight: 2, arbitrary: fc.constantFrom(true, false, null) },
);

const VALUES = fc.oneof(
  { weight: 8, arbitrary: SCALARS },
  { weight: 1, arbitrary: fc.array(SCALARS, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(TEXTS, SCALARS, { maxKeys: 3 }) },
  { weight: 1, arbitrary: fc.jsonValue() },
);

const POLICIES = fc.dictionary(
  fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...KEYS, "command", "$schema") },
    { weight: 1, arbitrary: TEXTS },
  ),
  VALUES,
  { maxKeys: 5 },
);

/** The limits whose values the model can tell: by key, the limit and its exact value. */
const EXACT: {
  readonly [key: string]: readonly [limit: string, value: (text: string) => unknown];
} = {
  memory: ["jobMemory", exactSize],
  processMemory: ["processMemory", exactSize],
  jobTime: ["jobTime", exactTime],
  processTime: ["processTime", exactTime],
  cpuHardCap: ["cpu", exactShare],
};

function read(text: string): Policy {
  return parsePolicy(text, { path: "p.json", specs: POLICY_SETTINGS });
}

function splice([text, at, cut, put]: [string, number, number, string]): string {
  const from = at % (text.length + 1);
  return text.slice(0, from) + put + text.slice(from + cut);
}

/** Texts that nearly are a policy. */
const BROKEN = fc.tuple(
  POLICIES.map((each) => JSON.stringify(each)),
  fc.nat(200),
  fc.nat(3),
  fc.oneof(
    fc.constantFrom(
      "",
      '"',
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "\\",
      "\\u0000",
      "1e999",
      "//",
      "\ufeff",
    ),
    anyText(3),
  ),
).map(splice);

const FILE_BYTES = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: textOf("A", "PATH", "=", "\n", "\r\n", "\r", "#", " ", "export ", "ä"),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom("\ufeff", "SystemRoot=", "SYSTEMDRIVE=x", "\0") },
  ),
  { maxLength: 12 },
).map((parts) => {
  const pieces = parts.map((part) =>
    typeof part === "string" ? [...new TextEncoder().encode(part)] : [...part]
  );
  return Uint8Array.from(pieces.flat());
});

export const FILES: readonly Subject[] = [
  subject("policy-texts", {
    cases: 1_500,
    input: BROKEN,
    check: (text) => {
      const { value } = attempt(() => read(text), UsageError);
      if (value === undefined) return;
      // What was read is JSON, and each of its keys is known.
      const json = JSON.parse(text) as Record<string, unknown>;
      for (const key of Object.keys(json)) {
        assert([...KEYS, "command", "$schema"].includes(key), key);
      }
    },
  }),
  subject("policies", {
    cases: 2_000,
    input: POLICIES,
    check: (policy) => {
      const io = new FakeIo();
      io.files.set("p.json", JSON.stringify(policy));
      const tokens = ["--policy", "p.json", "--", "program"];
      const { value: plan } = attempt(
        () => readRunPlan(parseArgs(tokens, RUN_OPTIONS, { stopEarly: true }), io),
        UsageError,
      );
      if (plan === undefined) return;
      const json = JSON.parse(JSON.stringify(policy)) as Record<string, unknown>;
      for (const [key, value] of Object.entries(json)) {
        assert([...KEYS, "command", "$schema"].includes(key), `${key} is passed over`);
        const exact = EXACT[key];
        if (exact === undefined || value === "none") continue;
        const [limit, valueOf] = exact;
        const found = (plan.limits as Record<string, unknown>)[limit];
        const meant = valueOf(value as string);
        // In the smallest unit of each.
        const told = limit === "cpu"
          ? BigInt(Math.round((found as { hardCap: number }).hardCap * 100))
          : BigInt(Math.round(Number(found) * (limit.endsWith("Time") ? 10_000 : 1)));
        assertEquals(told, meant, key);
      }
    },
  }),
  subject("variable-files", {
    cases: 2_000,
    input: FILE_BYTES,
    kept: ["A=\r", "A=b\n\r", "\r"].map((text) => new TextEncoder().encode(text)),
    check: (bytes) => {
      const { value } = attempt(
        () => environmentOf(parseVariables(decodeText(bytes, "f"), "f")),
        UsageError,
      );
      if (value === undefined) return;
      // Line by line: everything after the first equals sign, unchanged.
      const text = new TextDecoder().decode(bytes);
      const meant = new Map<string, string>();
      for (const line of text.split(/\r?\n/)) {
        if (line.trim() === "" || line.startsWith("#")) continue;
        const [name = "", ...rest] = line.split("=");
        assert(rest.length > 0 && name !== "" && !line.includes("\r"), line);
        meant.set(name.toUpperCase(), rest.join("="));
      }
      assertEquals(
        new Map(Object.entries(value).map(([name, text]) => [name.toUpperCase(), text])),
        meant as Map<string, string | null>,
      );
    },
  }),
];
