/**
 * Breaks the tables and decisions of the module one at a time, in a copy, and tells which faults no
 * test notices: `deno task mutate [--minutes N] [--seed S] [FILE…]`
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { run } from "../host/command.ts";
import { PROJECT } from "../host/project.ts";
import { Random } from "../../tests/helpers/random.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";
import { positiveInteger, print } from "./trial.ts";

/** The files that are broken, with the tests of the ring pure that must notice. */
const TARGETS: Readonly<Record<string, readonly string[]>> = {
  "job/limits/extended_limits.ts": ["tests/job/limits"],
  "job/limits/rate_limits.ts": ["tests/job/limits"],
  "job/limits/cpu_limit.ts": ["tests/job/limits"],
  "job/limits/table.ts": ["tests/job/limits"],
  "job/limits/change.ts": ["tests/job/limits"],
  "job/limits/reached.ts": ["tests/job/limits"],
  "job/notifications/table.ts": ["tests/job/notifications"],
  "job/notifications/codec.ts": ["tests/job/notifications"],
  "job/notifications/tolerance.ts": ["tests/job/notifications"],
  "isolation/table.ts": ["tests/isolation", "tests/cli/args"],
  "isolation/read_isolation.ts": ["tests/isolation"],
  "isolation/token_facts.ts": ["tests/isolation"],
  "isolation/mitigation_bits.ts": ["tests/isolation"],
  "cli/run/supervisor.ts": ["tests/cli/run"],
  "cli/run/ending.ts": ["tests/cli/run"],
  "cli/run/end_reason.ts": ["tests/cli/run"],
  "process/exit/ended_by.ts": ["tests/process/exit"],
};

/** After this time, in ms, a test that hangs has noticed the fault. */
const HANG = 120_000;

interface Fault extends Mutant {
  readonly file: string;
}

/** A copy of the files that git knows. */
async function copyProject(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "jobbox-mutate-" });
  const { stdout } = await run(["git", "ls-files", "-z"], { cwd: PROJECT });
  for (const path of stdout.split("\0").filter((each) => each !== "")) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(`${PROJECT}/${path}`, `${folder}/${path}`);
  }
  return folder;
}

/** Whether the tests of a file pass in the copy. */
async function passes(folder: string, file: string): Promise<boolean> {
  const tests = TARGETS[file]!.filter((path) => {
    try {
      return Deno.statSync(`${folder}/${path}`) !== undefined;
    } catch {
      return false;
    }
  });
  const args = [
    "run",
    "-A",
    "--no-lock",
    "tools/host/deno.ts",
    "test",
    "--no-check",
    "--no-prompt",
  ];
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...args, "--fail-fast", ...tests],
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    signal: AbortSignal.timeout(HANG),
  }).output();
  return success;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items.map((item) => ({ item, at: random.int(2 ** 30) }))
    .toSorted((a, b) => a.at - b.at).map(({ item }) => item);
}

async function main(): Promise<number> {
  const args = parseArgs(Deno.args, { string: ["minutes", "seed"] });
  const minutes = positiveInteger("--minutes", args.minutes, 10);
  const seed = positiveInteger("--seed", args.seed, 1);
  const files = args._.length === 0 ? Object.keys(TARGETS) : args._.map(String);
  const unknown = files.find((file) => TARGETS[file] === undefined);
  if (unknown !== undefined) {
    throw new RangeError(
      `Cannot break "${unknown}": the files are ${Object.keys(TARGETS).join(", ")}`,
    );
  }
  const folder = await copyProject();
  try {
    for (const file of files) {
      if (!await passes(folder, file)) throw new Error(`Cannot begin: the tests of ${file} fail`);
    }
    const faults = files.flatMap((file): Fault[] =>
      mutantsOf(Deno.readTextFileSync(`${folder}/${file}`)).map((each) => ({ ...each, file }))
    );
    print(`mutate: ${faults.length} faults in ${files.length} files, seed ${seed}`);
    const end = performance.now() + minutes * 60_000;
    let tried = 0;
    let noticed = 0;
    for (const { file, line, what, source } of shuffled(faults, new Random(seed))) {
      if (performance.now() > end) break;
      const path = `${folder}/${file}`;
      const original = Deno.readTextFileSync(path);
      Deno.writeTextFileSync(path, source);
      tried++;
      if (await passes(folder, file)) {
        const [before, after] = [original, source].map((text) =>
          text.split("\n")[line - 1]!.trim()
        );
        print(`survives: ${file}:${line} ${what}: ${before} -> ${after}`);
      } else noticed++;
      Deno.writeTextFileSync(path, original);
    }
    print(`${noticed} of ${tried} faults noticed, ${faults.length - tried} not tried`);
    return noticed === tried ? 0 : 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exitCode = await main();
