// The types of @std/cli's parseArgs, for the untyped build of it from npm.

type Names<T extends string> = T | readonly T[];

export interface ParseOptions<
  B extends string = string,
  S extends string = string,
  C extends string = string,
  N extends string = string,
> {
  boolean?: boolean | Names<B>;
  string?: Names<S>;
  collect?: Names<C>;
  negatable?: Names<N>;
  default?: Record<string, unknown>;
  alias?: Record<string, string | readonly string[]>;
  stopEarly?: boolean;
  "--"?: boolean;
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

export type Args<
  B extends string = never,
  S extends string = never,
  C extends string = never,
> =
  & { _: (string | number)[]; "--"?: string[] }
  & { [K in B]: boolean }
  & { [K in Exclude<S, C>]?: string }
  & { [K in S & C]: string[] }
  & { [K in Exclude<C, S>]: unknown[] };

export declare function parseArgs<
  const B extends string = never,
  const S extends string = never,
  const C extends string = never,
  const N extends string = never,
>(args: readonly string[], options?: ParseOptions<B, S, C, N>): Args<B, S, C>;
