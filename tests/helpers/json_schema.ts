/**
 * Checks values against JSON Schema: the keywords that our schemas use, and no other.
 *
 * @module
 */

/** A schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

const ANNOTATIONS = new Set([
  "$schema",
  "$id",
  "$defs",
  "title",
  "description",
  "examples",
  "default",
  "format",
]);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isType(value: unknown, type: unknown): boolean {
  switch (type) {
    case "object":
      return isObject(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "null":
      return value === null;
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    default:
      throw new TypeError(`Cannot check against type ${JSON.stringify(type)}: no such type`);
  }
}

/** Finds what a `$ref` within the same schema means. */
function resolve(root: Schema, ref: unknown): Schema {
  let part: unknown = root;
  for (const key of String(ref).replace(/^#\/?/, "").split("/").filter(Boolean)) {
    part = isObject(part) ? part[key] : undefined;
  }
  if (!isObject(part)) throw new TypeError(`Cannot resolve ${String(ref)}: no such part`);
  return part;
}

/**
 * Finds everything that is wrong with a value.
 *
 * @param value The value.
 * @param schema The schema.
 * @param at Where the value stands, and the schema that `$ref` is resolved in.
 * @returns One line a fault, each with the path of the value; none for a valid value.
 * @throws {TypeError} If the schema uses a keyword that this checker does not know.
 */
export function schemaFaults(
  value: unknown,
  schema: Schema,
  at: { path: string; root: Schema } = { path: "$", root: schema },
): string[] {
  const faults: string[] = [];
  const { path, root } = at;
  const inner = (child: unknown, part: unknown, key: string): void => {
    faults.push(...schemaFaults(child, part as Schema, { path: `${path}${key}`, root }));
  };
  const alternatives = (parts: unknown): number =>
    (parts as Schema[]).filter((part) => schemaFaults(value, part, at).length === 0).length;
  for (const [keyword, wanted] of Object.entries(schema)) {
    if (ANNOTATIONS.has(keyword)) continue;
    switch (keyword) {
      case "$ref":
        faults.push(...schemaFaults(value, resolve(root, wanted), at));
        break;
      case "type": {
        const types = Array.isArray(wanted) ? wanted : [wanted];
        if (!types.some((type) => isType(value, type))) {
          faults.push(`${path} is not of type ${types.join(" or ")}`);
        }
        break;
      }
      case "const":
        if (value !== wanted) faults.push(`${path} is not ${JSON.stringify(wanted)}`);
        break;
      case "enum":
        if (!(wanted as unknown[]).includes(value)) faults.push(`${path} is none of its values`);
        break;
      case "minimum":
        if (typeof value === "number" && value < (wanted as number)) {
          faults.push(`${path} is below ${wanted}`);
        }
        break;
      case "maximum":
        if (typeof value === "number" && value > (wanted as number)) {
          faults.push(`${path} is above ${wanted}`);
        }
        break;
      case "pattern":
        if (typeof value === "string" && !new RegExp(wanted as string, "u").test(value)) {
          faults.push(`${path} does not match ${wanted}`);
        }
        break;
      case "minItems":
        if (Array.isArray(value) && value.length < (wanted as number)) {
          faults.push(`${path} has fewer than ${wanted} items`);
        }
        break;
      case "maxItems":
        if (Array.isArray(value) && value.length > (wanted as number)) {
          faults.push(`${path} has more than ${wanted} items`);
        }
        break;
      case "items":
        if (Array.isArray(value)) value.forEach((item, i) => inner(item, wanted, `[${i}]`));
        break;
      case "required":
        for (const key of wanted as string[]) {
          if (isObject(value) && !Object.hasOwn(value, key)) {
            faults.push(`${path}.${key} is missing`);
          }
        }
        break;
      case "properties":
        for (const [key, part] of Object.entries(wanted as Record<string, unknown>)) {
          if (isObject(value) && Object.hasOwn(value, key)) inner(value[key], part, `.${key}`);
        }
        break;
      case "additionalProperties": {
        if (!isObject(value)) break;
        const known = isObject(schema["properties"]) ? schema["properties"] : {};
        for (const key of Object.keys(value)) {
          if (Object.hasOwn(known, key)) continue;
          if (wanted === false) faults.push(`${path}.${key} is not known`);
          else if (isObject(wanted)) inner(value[key], wanted, `.${key}`);
        }
        break;
      }
      case "anyOf":
        if (alternatives(wanted) === 0) faults.push(`${path} fits no alternative`);
        break;
      case "oneOf": {
        const count = alternatives(wanted);
        if (count !== 1) faults.push(`${path} fits ${count} alternatives instead of one`);
        break;
      }
      default:
        throw new TypeError(`Cannot check against keyword ${keyword}: not known`);
    }
  }
  return faults;
}
