/**
 * What a start of the tool costs beside programs that do less: an empty one, one line with
 * `Deno.Command`, and C. Compiled, and by `deno run`.
 *
 *     deno task bench-startup [ROUNDS]
 *
 * All programs run one after the other in every round, so that whatever else the machine does meets
 * all alike; each is compared with its baseline of the same round. The programs meet the kernel as
 * it is: under Wine without jobsim.
 *
 * @module
 */
import { compile } from "../release/compile.ts";
import { BUNDLE_FILE, bundleTool, toolRecipe } from "../tools/host/bundle.ts";
import { findCompiler, testExecutables } from "../tools/host/executable.ts";
import { buildNative, nativeTargets } from "../tools/host/native.ts";
import { PROJECT } from "../tools/host/project.ts";
import { windowsPath } from "../tools/host/run_in_wine.ts";
import { runWindowsDeno } from "../tools/host/windows_deno.ts";

/** The paths that `startup_rounds.ts` is told. */
export interface StartupPrograms {
  /** The compiled tool. */
  readonly jobbox: string;
  /** The compiled program that does nothing, and its source. */
  readonly empty: string;
  readonly emptySource: string;
  /** The compiled program that starts what its arguments name and waits, and its source. */
  readonly oneLine: string;
  readonly oneLineSource: string;
  /** The bundle of the tool. */
  readonly bundle: string;
  /** The test's C program. */
  readonly child: string;
  /** How often all are run. */
  readonly rounds: number;
}

const ONE_LINE = "Deno.exit((await new Deno.Command(Deno.args[0], " +
  "{ args: Deno.args.slice(1) }).spawn().status).code);\n";

const seen = (path: string): string => Deno.build.os === "windows" ? path : windowsPath(path);

if (import.meta.main) {
  await buildNative(nativeTargets(PROJECT));
  const { system, compiler = await findCompiler() } = await testExecutables();
  const { folder } = await bundleTool(await toolRecipe("system"));
  const scratch = Deno.makeTempDirSync({ prefix: "jobbox-startup-" });
  try {
    const compiled = async (name: string, text: string, permissions: string[]): Promise<string> => {
      const [entry, output] = [`${scratch}/${name}.js`, `${scratch}/${name}.exe`];
      Deno.writeTextFileSync(entry, text);
      const { base } = compiler;
      const how = { target: "x64", permissions, v8Flags: [], deno: compiler } as const;
      await compile({ entry, output, ...how, ...base === undefined ? {} : { base } });
      return seen(output);
    };
    const programs: StartupPrograms = {
      jobbox: seen(system),
      empty: await compiled("empty", "", []),
      emptySource: seen(`${scratch}/empty.js`),
      oneLine: await compiled("line", ONE_LINE, ["--allow-run"]),
      oneLineSource: seen(`${scratch}/line.js`),
      bundle: seen(`${folder}/${BUNDLE_FILE}`),
      child: seen(`${PROJECT}/tests/children/build/child.exe`),
      rounds: Number(Deno.args[0] ?? 15),
    };
    const args = ["run", "-A", "--no-check", "bench/startup_rounds.ts", JSON.stringify(programs)];
    Deno.exitCode = await runWindowsDeno(args, { bare: true, shared: false });
  } finally {
    Deno.removeSync(scratch, { recursive: true });
  }
}
