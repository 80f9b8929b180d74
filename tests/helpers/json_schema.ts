/**
 * Checks values against JSON Schema, by Ajv.
 *
 * @module
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from "npm:ajv@8.20.0/dist/2020.js";

/** A schema. */
export type Schema = Readonly<Record<string, unknown>>;

// Strict: a keyword that is misspelled in a schema is an error, and no keyword is passed over.
const AJV = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
AJV.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

const COMPILED = new WeakMap<Schema, ValidateFunction>();

/** One fault as a line: the path of the value, and what is wrong with it. */
function line({ instancePath, message, params }: ErrorObject): string {
  const subject = params["additionalProperty"] ?? params["missingProperty"];
  return `${instancePath || "/"} ${message}${subject === undefined ? "" : ` (${subject})`}`;
}

/**
 * Finds everything that is wrong with a value.
 *
 * @param value The value.
 * @param schema The schema.
 * @returns One line a fault, each with the path of the value; none for a valid value.
 * @throws {Error} If the schema is not valid itself, or has a keyword that does not exist.
 */
export function schemaFaults(value: unknown, schema: Schema): string[] {
  let validate = COMPILED.get(schema);
  if (validate === undefined) COMPILED.set(schema, validate = AJV.compile(schema));
  return validate(value) ? [] : validate.errors!.map(line);
}
