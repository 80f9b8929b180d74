/**
 * Kills runs of the tool at random moments: `deno task kill [--runs N] [--seed S]`
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { killAtRandom } from "../../tests/helpers/random_kills.ts";
import { positiveInteger, print } from "./trial.ts";

if (import.meta.main) {
  const args = parseArgs(Deno.args, { string: ["runs", "seed"] });
  const options = {
    kills: positiveInteger("--runs", args.runs, 200),
    seed: positiveInteger("--seed", args.seed, 1),
  };
  const { kills, trees, lines } = await killAtRandom(options);
  print(
    `${kills} runs killed, seed ${options.seed}: ${trees} with a tree, ${lines} whole lines of ` +
      "events, nothing survived, and the next run started",
  );
}
