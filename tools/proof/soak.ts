/**
 * Uses the module at random for some time: `deno task soak [--minutes N] [--seed S]`
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { growth, type Residue, Soak } from "../../tests/helpers/soak.ts";
import { positiveInteger, print } from "./trial.ts";

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

function line(round: number, { handles, heap, memory }: Residue): string {
  return `round ${round}: ${handles} handles, heap ${mebibytes(heap)}, memory ${mebibytes(memory)}`;
}

if (import.meta.main) {
  const args = parseArgs(Deno.args, { string: ["minutes", "seed"] });
  const minutes = positiveInteger("--minutes", args.minutes, 1);
  const seed = positiveInteger("--seed", args.seed, Date.now() % 2 ** 31);
  print(`soak: ${minutes} min, seed ${seed}`);
  let round = 0;
  const result = await new Soak(seed).run(
    { time: minutes * 60_000, rounds: 3, steps: 400 },
    (residue) => print(line(++round, residue)),
  );
  print(JSON.stringify(result.steps));
  print(`${result.processes} processes, ${result.messages} messages reconciled`);
  const grown = growth(result.rounds);
  for (const each of grown) print(`grows: ${each}`);
  print(grown.length === 0 ? "nothing grew, nothing was left" : "failed");
  Deno.exitCode = grown.length === 0 ? 0 : 1;
}
