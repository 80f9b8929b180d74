import { assertEquals, assertNotEquals } from "@std/assert";
import { policySchema } from "../../../cli/args/policy_schema.ts";
import { parsePolicy } from "../../../cli/args/policy.ts";
import { POLICY_SETTINGS } from "../../../cli/run/plan.ts";
import published from "../../../schemas/policy.schema.json" with { type: "json" };
import { schemaFaults } from "../../helpers/json_schema.ts";

Deno.test("policy.schema.json is the schema that the options generate", () => {
  const made = JSON.parse(JSON.stringify(policySchema(POLICY_SETTINGS)));
  assertEquals(published, made, "write JSON.stringify(policySchema(POLICY_SETTINGS)) into it");
});

const CASES: [policy: unknown, fits: boolean][] = [
  [{}, true],
  [{ $schema: "x", memory: "64M", processes: 3, command: ["a", "b"] }, true],
  [{ env: { A: "1", B: null }, report: ["a.json"], quiet: true, onLimit: "kill" }, true],
  [{ label: { build: "7" } }, true],
  [{ label: { build: 7 } }, false],
  [{ label: { build: null } }, false],
  [{ label: ["build=7"] }, false],
  [{ memory: 64 }, false],
  [{ processes: "3" }, false],
  [{ processes: -1 }, false],
  [{ quiet: "yes" }, false],
  [{ env: { A: 1 } }, false],
  [{ report: "a.json" }, false],
  [{ command: [] }, false],
  [{ memry: "1M" }, false],
  [[], false],
];

Deno.test("policy.schema.json and parsePolicy agree on types and keys", () => {
  for (const [policy, fits] of CASES) {
    const faults = schemaFaults(policy, published);
    (fits ? assertEquals : assertNotEquals)(faults, [], JSON.stringify(policy));
    let read = true;
    try {
      parsePolicy(JSON.stringify(policy), { path: "p", specs: POLICY_SETTINGS });
    } catch {
      read = false;
    }
    assertEquals(read, fits, JSON.stringify(policy));
  }
});
