/**
 * Runs a command with fewer rights many times: `deno task isolated [--runs N]`
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { runInRow } from "../../tests/helpers/isolated_row.ts";
import { positiveInteger, print } from "./trial.ts";

if (import.meta.main) {
  const args = parseArgs(Deno.args, { string: ["runs"] });
  const runs = positiveInteger("--runs", args.runs, 200);
  const { after, before } = await runInRow(runs);
  print(
    `${runs} runs with --isolate user: no process, folder, journal or profile is left; ${before} ` +
      `handles before, ${after} after`,
  );
}
