/**
 * Fuzzes the parsers and decoders: `deno task fuzz [--runs N] [--seed S] [SUBJECT…]`
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import type { Subject } from "../../tests/proof/fuzz/subject.ts";
import { SUBJECTS } from "../../tests/proof/fuzz/subjects.ts";
import { positiveInteger, print } from "./trial.ts";

function pick(words: readonly string[]): readonly Subject[] {
  const names = SUBJECTS.map(({ name }) => name);
  const unknown = words.find((word) => !names.includes(word));
  if (unknown !== undefined) {
    throw new RangeError(`Cannot fuzz "${unknown}": the subjects are ${names.join(", ")}`);
  }
  return words.length === 0 ? SUBJECTS : SUBJECTS.filter(({ name }) => words.includes(name));
}

if (import.meta.main) {
  const { runs, seed, _: words } = parseArgs(Deno.args, { string: ["runs", "seed"] });
  const options = {
    runs: positiveInteger("--runs", runs, 100_000),
    seed: positiveInteger("--seed", seed, Date.now() % 2 ** 31),
  };
  print(`fuzz: ${options.runs} cases each, seed ${options.seed}`);
  let failed = 0;
  for (const { name, run } of pick(words.map(String))) {
    const start = performance.now();
    const seconds = (): string => ((performance.now() - start) / 1000).toFixed(1);
    try {
      run(options);
      print(`${name}: passed (${seconds()} s)`);
    } catch (error) {
      failed++;
      print(`${name}: failed (${seconds()} s)\n${error instanceof Error ? error.message : error}`);
    }
  }
  print(failed === 0 ? "every subject passed" : `${failed} failed`);
  Deno.exitCode = failed === 0 ? 0 : 1;
}
