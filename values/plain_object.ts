/**
 * What of an object counts as its keys, where a caller gives one: all of them, or the object is no
 * bag of options. Nothing that was given is left out in silence.
 *
 * Pure.
 *
 * @module
 */

/** Whether it is the prototype that object literals share, of this realm or of another one. */
function isRoot(value: object): boolean {
  return Object.getPrototypeOf(value) === null && Object.hasOwn(value, "hasOwnProperty") &&
    Object.hasOwn(value, "isPrototypeOf");
}

/** The objects of a prototype chain, the object first and the shared root left out. */
function chainOf(value: object): object[] {
  const chain: object[] = [];
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at)) {
    if (at !== value && isRoot(at)) break;
    chain.push(at);
  }
  return chain;
}

/**
 * Names the keys of an object as a program writes one down: its own and the inherited ones,
 * enumerable or not. Symbols name no option.
 *
 * @param value Anything.
 * @returns The keys, each once; `undefined` for everything else: arrays, functions, and instances of
 * a class, as `Date` and `Map` are.
 */
export function plainKeys(value: unknown): string[] | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const [self, ...inherited] = chainOf(value) as [object, ...object[]];
  // A prototype that names its constructor is that of a class.
  if (inherited.some((at) => Array.isArray(at) || Object.hasOwn(at, "constructor"))) {
    return undefined;
  }
  return [...new Set([self, ...inherited].flatMap((at) => Object.getOwnPropertyNames(at)))];
}

/**
 * Names the class of an instance.
 *
 * @param value An object that has no {@linkcode plainKeys}.
 * @returns Such as `"Map"`; `undefined` where it has no name.
 */
export function className(value: object): string | undefined {
  for (const at of chainOf(value)) {
    const { value: made } = Object.getOwnPropertyDescriptor(at, "constructor") ?? {};
    if (typeof made === "function" && typeof made.name === "string" && made.name !== "") {
      return made.name;
    }
  }
  return undefined;
}
