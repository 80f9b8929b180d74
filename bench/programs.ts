/**
 * The programs that the benchmark runs, and the baselines in C and Go.
 *
 * @module
 */
import type { Baseline } from "./measure.ts";

/** The paths of the programs, as Windows sees them. */
export interface Programs {
  /** The C program of `bench/baselines/`. */
  readonly baseline: string;
  /** Go's loop; absent if Go was not there to build it. */
  readonly go?: string;
  /** The test's C program. */
  readonly child: string;
}

async function nanoseconds(program: string, args: readonly string[]): Promise<number> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  if (code !== 0) {
    throw new Error(`Cannot measure ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
  return Number(new TextDecoder().decode(stdout));
}

/**
 * A baseline in C.
 *
 * @param programs The programs.
 * @param args A verb of `baseline.c`, its count, and what it starts.
 * @param options Its name and its aim.
 * @returns The side.
 */
export function inC(
  { baseline }: Programs,
  args: readonly (string | number)[],
  { name = "C", aim }: { readonly name?: string; readonly aim?: number },
): Baseline {
  const run = (): Promise<number> => nanoseconds(baseline, args.map(String));
  return { name, run, ...aim === undefined ? {} : { aim } };
}

/**
 * Go's loop over packets.
 *
 * @param programs The programs.
 * @param count How many packets.
 * @param aim The highest ratio that is aimed at.
 * @returns The side; none if Go was not there.
 */
export function inGo({ go }: Programs, count: number, aim: number): Baseline[] {
  if (go === undefined) return [];
  return [{ name: "Go, one at a time", aim, run: () => nanoseconds(go, [String(count)]) }];
}
