/**
 * A copy of the project in which one fault at a time is tried.
 *
 * @module
 */
import { run } from "../host/command.ts";
import { buildNative, nativeTargets } from "../host/native.ts";
import { PROJECT } from "../host/project.ts";
import { descendantsOf } from "../pool/descendants.ts";
import { coveringTests, type Sources } from "./covering_tests.ts";
import type { Fault } from "./verdicts.ts";

/** How tests end; `hung` if they had not ended after {@linkcode HANG}. */
export type Outcome = "passed" | "failed" | "hung";

/** After this time, in ms, tests are ended. */
const HANG = { pure: 120_000, windows: 600_000 };

/** A copy of the files that git knows, with the tests' tools. */
export class MutationRoom implements AsyncDisposable {
  readonly #folder: string;
  readonly #sources: Sources;
  readonly #flags: readonly string[];

  private constructor(folder: string, sources: Sources, flags: readonly string[]) {
    this.#folder = folder;
    this.#sources = sources;
    this.#flags = flags;
  }

  /** Makes a copy. */
  static async make(): Promise<MutationRoom> {
    const folder = await Deno.makeTempDir({ prefix: "jobbox-mutate-" });
    const sources = new Map<string, string>();
    const listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const { stdout } = await run(listed, { cwd: PROJECT });
    for (const path of stdout.split("\0").filter((each) => each !== "")) {
      await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.copyFile(`${PROJECT}/${path}`, `${folder}/${path}`);
      if (path.endsWith(".ts")) sources.set(path, await Deno.readTextFile(`${folder}/${path}`));
    }
    const { stdFlags } = await import(`file://${folder}/tools/host/std.ts`);
    return new MutationRoom(folder, sources, await stdFlags("test"));
  }

  /** The text of a file without a fault. */
  source(file: string): string {
    const source = this.#sources.get(file);
    if (source === undefined) throw new RangeError(`Cannot break ${file}: there is no such file`);
    return source;
  }

  /**
   * The tests of the ring pure that load a file.
   *
   * @param file The file.
   * @param depth Those that import it, or the others.
   */
  pureTests(file: string, depth: "near" | "far"): readonly string[] {
    return coveringTests(file, this.#sources)[depth];
  }

  /**
   * Runs tests, with a fault or without.
   *
   * @param tests The test files; without one they pass.
   * @param options The ring that they are of, the fault, and when they count as hung, in ms.
   * @returns How they end.
   */
  async try(
    tests: readonly string[],
    { ring, fault, hang = HANG[ring] }: {
      readonly ring: "pure" | "windows";
      readonly fault?: Fault;
      readonly hang?: number;
    },
  ): Promise<Outcome> {
    if (tests.length === 0) return "passed";
    if (fault === undefined) return await this.#run(tests, { ring, hang });
    const path = `${this.#folder}/${fault.file}`;
    try {
      await Deno.writeTextFile(path, fault.source);
      return await this.#run(tests, { ring, hang });
    } finally {
      await Deno.writeTextFile(path, this.source(fault.file));
    }
  }

  async #run(
    tests: readonly string[],
    { ring, hang }: { readonly ring: "pure" | "windows"; readonly hang: number },
  ): Promise<Outcome> {
    if (ring === "windows") await buildNative(nativeTargets(this.#folder));
    // The types of a fault do not matter: it must be noticed by what it does.
    const common = ["--no-check", "--no-prompt", "--fail-fast"];
    const args = ring === "windows"
      ? ["run", "-A", "--no-lock", "tools/host/main.ts", "test", "-A", ...common]
      : ["test", ...this.#flags, ...common];
    const child = new Deno.Command(Deno.execPath(), {
      args: [...args, ...tests],
      cwd: this.#folder,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let hangs = false;
    const timer = setTimeout(() => {
      hangs = true;
      killTree(child.pid);
    }, hang);
    const { stderr, success } = await child.output();
    clearTimeout(timer);
    if (hangs) return "hung";
    // What does not parse was not run, and so it was not noticed either.
    const text = new TextDecoder().decode(stderr);
    if (/^error: SyntaxError/m.test(text)) throw new Error(`Cannot run the fault: ${text}`);
    return success ? "passed" : "failed";
  }

  /** Removes the copy. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Ends a process with all that it has started, so that none of it meets the next fault. */
function killTree(pid: number): void {
  for (const each of descendantsOf(pid)) {
    try {
      Deno.kill(each.pid, "SIGKILL");
    } catch (error) {
      // It ended in the meantime.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
