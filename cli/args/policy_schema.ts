/**
 * The JSON Schema of policy files, made from the options.
 *
 * @module
 */
import { POLICY_SCHEMA, POLICY_TYPES } from "./policy.ts";
import { policyKey, type SettingSpec } from "./option.ts";

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Makes the schema of a policy.
 *
 * @param specs The options that a policy can hold.
 * @returns The schema, which is published as `schemas/policy.schema.json`.
 */
export function policySchema(specs: readonly SettingSpec[]): JsonSchema {
  const options = specs.map((spec) => [
    policyKey(spec.name),
    {
      description: `--${spec.name}${
        spec.value === undefined ? "" : ` ${spec.value}`
      }: ${spec.help}`,
      ...POLICY_TYPES[spec.type].schema(spec),
    },
  ]);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: POLICY_SCHEMA,
    title: "A policy of jobbox run",
    description: "The options of jobbox run, by their names; sizes, times and shares are strings " +
      "as on the command line.",
    type: "object",
    properties: {
      $schema: { description: "This schema, for editors.", type: "string" },
      ...Object.fromEntries(options),
      command: {
        description: "The command and its arguments, where the command line names none.",
        type: "array",
        items: { type: "string" },
        minItems: 1,
      },
    },
    additionalProperties: false,
  };
}
