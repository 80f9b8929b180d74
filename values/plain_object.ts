/**
 * The keys of an object that a caller passes as options. Either all of its keys count, or it is not
 * accepted as an options object. No given key is silently ignored.
 *
 * Pure.
 *
 * @module
 */

/** More prototypes than any bag of options has; a proxy may claim to have no last one. */
const CHAIN_MAX = 100;

/** Whether it is the prototype that object literals share, in this realm or in another one. */
function isRoot(value: object): boolean {
  return Object.getPrototypeOf(value) === null && Object.hasOwn(value, "hasOwnProperty") &&
    Object.hasOwn(value, "isPrototypeOf");
}

/**
 * The objects of a prototype chain, starting with the object and without the shared root;
 * `undefined` for an endless chain.
 */
function chainOf(value: object): [object, ...object[]] | undefined {
  const chain: [object, ...object[]] = [value];
  for (;;) {
    const at: object | null = Object.getPrototypeOf(chain.at(-1)!);
    if (at === null || isRoot(at)) return chain;
    if (chain.push(at) > CHAIN_MAX) return undefined;
  }
}

/**
 * Returns the keys of a plain object: its own and the inherited ones, enumerable or not. Symbols
 * are not option names.
 *
 * @param value Anything.
 * @returns The keys, each once; `undefined` for everything else: arrays, functions, instances of a
 * class, as `Date` and `Map` are, and what has more than 100 prototypes.
 */
export function plainKeys(value: unknown): string[] | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const chain = chainOf(value);
  if (chain === undefined) return undefined;
  const [self, ...inherited] = chain;
  // A prototype with its own constructor belongs to a class.
  if (inherited.some((at) => Array.isArray(at) || Object.hasOwn(at, "constructor"))) {
    return undefined;
  }
  return [...new Set([self, ...inherited].flatMap((at) => Object.getOwnPropertyNames(at)))];
}

/**
 * Returns the class name of an instance.
 *
 * @param value An object that has no {@linkcode plainKeys}.
 * @returns The name, such as `"Map"`; `undefined` if it has none.
 */
export function className(value: object): string | undefined {
  for (const at of chainOf(value) ?? []) {
    const { value: made } = Object.getOwnPropertyDescriptor(at, "constructor") ?? {};
    if (typeof made === "function" && typeof made.name === "string" && made.name !== "") {
      return made.name;
    }
  }
  return undefined;
}
