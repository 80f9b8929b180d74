// What the tests use of @std/testing's types, which npm's build of the standard library leaves out.

/** Whether two types are the same, modifiers of properties included. */
export type IsExact<T, U> = (<G>() => G extends T ? 1 : 2) extends (<G>() => G extends U ? 1 : 2)
  ? (<G>() => G extends U ? 1 : 2) extends (<G>() => G extends T ? 1 : 2) ? true : false
  : false;

export declare function assertType<T extends true>(expectTrue: T): void;
