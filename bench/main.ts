/**
 * What jobbox costs beside its baselines, and how cost grows. Everything runs in one run, the sides
 * of a row one after the other in every round.
 *
 *     deno task bench [--only NAME[,NAME…]] [--rounds N]
 *
 * `--only` measures the rows and growths whose names begin so and keeps the other results. The
 * results are kept in `docs/performance.json`; `deno task docs` makes `docs/performance.md` and its
 * pictures from them, and is run at the end. The programs meet the kernel as it is, under
 * Wine without jobsim, except for the samples of a run: they need statistics that Wine lacks.
 *
 * @module
 */
import { findOnPath } from "../tools/host/command.ts";
import { buildNative, nativeTargets } from "../tools/host/native.ts";
import { PROJECT } from "../tools/host/project.ts";
import { windowsPath } from "../tools/host/run_in_wine.ts";
import { runWindowsDeno } from "../tools/host/windows_deno.ts";
import type { Request, Results } from "./rounds.ts";

/** The rounds that count. */
const ROUNDS = 9;
const BASELINES = `${PROJECT}/bench/baselines`;
const KEPT = `${PROJECT}/docs/performance.json`;

const seen = (path: string): string => Deno.build.os === "windows" ? path : windowsPath(path);

/** Builds Go's loop if Go is there. */
async function buildGo(): Promise<string | undefined> {
  const go = findOnPath("go");
  if (go === undefined) return undefined;
  const output = `${BASELINES}/build/loop.exe`;
  const { success, stderr } = await new Deno.Command(go, {
    args: ["build", "-o", output, `${BASELINES}/loop.go`],
    env: { GOOS: "windows", GOARCH: "amd64", GO111MODULE: "off" },
  }).output();
  if (!success) throw new Error(`Cannot build loop.go: ${new TextDecoder().decode(stderr)}`);
  return output;
}

function options(args: readonly string[]): Pick<Request, "only" | "rounds"> {
  const found = { only: [] as string[], rounds: ROUNDS };
  for (let at = 0; at < args.length; at += 2) {
    const [name, value] = [args[at], args[at + 1]];
    if (name === "--only" && value !== undefined) found.only.push(...value.split(","));
    else if (name === "--rounds" && Number(value) >= 1) found.rounds = Number(value);
    else throw new TypeError("Cannot measure: only --only NAME[,NAME…] and --rounds N are options");
  }
  return found;
}

/** Puts new results in the place of older ones of the same name; new names come last. */
function merged<T extends { readonly name: string }>(
  older: readonly T[],
  newer: readonly T[],
): T[] {
  const byName = new Map(older.map((row) => [row.name, row]));
  for (const row of newer) byName.set(row.name, row);
  return [...byName.values()];
}

function olderResults(): Results {
  try {
    return JSON.parse(Deno.readTextFileSync(KEPT));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { rows: [], load: [], growth: [] };
  }
}

if (import.meta.main) {
  const wanted = options(Deno.args);
  await buildNative([
    ...nativeTargets(PROJECT),
    {
      output: `${BASELINES}/build/baseline.exe`,
      sources: [`${BASELINES}/baseline.c`],
      alsoReads: [],
      flags: ["-municode"],
    },
  ]);
  const go = await buildGo();
  const scratch = Deno.makeTempDirSync({ prefix: "jobbox-bench-" });
  try {
    const programs = {
      baseline: seen(`${BASELINES}/build/baseline.exe`),
      child: seen(`${PROJECT}/tests/children/build/child.exe`),
      ...go === undefined ? {} : { go: seen(go) },
    };
    const newer = { rows: [], load: [], growth: [] } as Results;
    for (const kernel of ["system", "jobsim"] as const) {
      const output = `${scratch}/${kernel}.json`;
      const request: Request = { programs, kernel, output: seen(output), ...wanted };
      const args = ["run", "-A", "--no-check", "bench/rounds.ts", JSON.stringify(request)];
      const code = await runWindowsDeno(args, { bare: kernel === "system", shared: false });
      if (code !== 0) Deno.exit(code);
      const found: Results = JSON.parse(Deno.readTextFileSync(output));
      newer.rows.push(...found.rows);
      newer.load.push(...found.load);
      newer.growth.push(...found.growth);
    }
    const older = wanted.only.length === 0 ? { rows: [], load: [], growth: [] } : olderResults();
    const results: Results = {
      rows: merged(older.rows, newer.rows),
      load: merged(older.load, newer.load),
      growth: merged(older.growth, newer.growth),
    };
    Deno.writeTextFileSync(KEPT, `${JSON.stringify(results, null, 2)}\n`);
  } finally {
    Deno.removeSync(scratch, { recursive: true });
  }
  const docs = new Deno.Command(Deno.execPath(), { args: ["task", "docs"], cwd: PROJECT });
  Deno.exitCode = (await docs.spawn().status).code;
}
