/**
 * Objects without the fields that have no value. Pure.
 *
 * @module
 */

/** An object type in which a field that may be `undefined` is absent instead. */
export type Defined<T> =
  & { [K in keyof T as undefined extends T[K] ? never : K]: T[K] }
  & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/**
 * Leaves out the fields that are `undefined`. For types whose optional fields may be absent but not
 * `undefined`, and for JSON.
 *
 * @param fields The fields; `null`, `false` and 0 are values.
 * @returns A new object with the fields that have a value.
 */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
