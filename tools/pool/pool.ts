/**
 * A pool of HTCondor on this machine, whose jobs run Windows programs in the tool, for tests and
 * trials. It is one process with all its daemons and jobs below it, and ends with that process.
 *
 * @module
 */
import { toolArguments } from "../host/jobbox.ts";
import { run } from "../host/command.ts";
import { HostError } from "../host/host_error.ts";
import { PROJECT } from "../host/project.ts";
import { windowsPath } from "../host/run_in_wine.ts";
import { adScript, poolConfig, wrapperScript } from "./config.ts";
import { inPool, poolRoot } from "./root.ts";
import { descendantsOf, type FoundProcess } from "./descendants.ts";

/** An ad, as HTCondor writes it in JSON. */
export type Ad = Readonly<Record<string, unknown>>;

/** `JobStatus` of a job ad. */
export const STATUS = { idle: 1, running: 2, removed: 3, completed: 4, held: 5 } as const;

/** One start of a job, by its wrapper. */
export interface Start {
  /** `CLUSTER.PROC`. */
  readonly job: string;
  /** Seconds since 1970. */
  readonly begin: number;
  /** Seconds since 1970; absent if the wrapper was killed. */
  readonly end?: number;
  /** The exit code; absent if the wrapper was killed. */
  readonly code?: number;
}

/** How long the daemons may take to be there, in ms; about ten seconds on an idle machine. */
const START_MS = 180_000;

/** The variables with which the tool is run in a job, whose own environment is empty. */
function toolVariables(): string[] {
  const kept = ["HOME", "XDG_CACHE_HOME", "DENO_DIR"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [`${name}=${value}`];
  });
  // What another user finds out about the way in is not written into the shared cache.
  return ["env", ...kept, "JOBBOX_TEST_HOST_ENTER=bwrap", "PATH=/usr/bin:/bin"];
}

/** A port that nobody uses at this moment. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** A running pool. */
export class Pool implements AsyncDisposable {
  /** Its folder: logs, records, and whatever a caller puts there. */
  readonly folder: string;
  readonly #root: string;
  readonly #process: Deno.ChildProcess;
  #isOver = false;

  private constructor(
    folder: string,
    { process, root }: { readonly root: string; readonly process: Deno.ChildProcess },
  ) {
    this.folder = folder;
    this.#root = root;
    this.#process = process;
    process.status.then(() => this.#isOver = true);
  }

  /**
   * Starts a pool.
   *
   * @returns The pool, when both execution points are there.
   * @throws {HostError} If HTCondor cannot be had, or the pool does not start.
   */
  static async start(): Promise<Pool> {
    const root = await poolRoot();
    const folder = Deno.makeTempDirSync({ prefix: "jobbox-pool-" });
    const folders = [
      "log",
      "spool",
      "execute1",
      "execute2",
      "run",
      "lock",
      "records",
      "faults",
      "running",
    ];
    for (const name of folders) Deno.mkdirSync(`${folder}/${name}`);
    const facts = { folder, port: freePort() };
    const deno = [...toolVariables(), Deno.execPath(), "run", "-A", "--no-lock"];
    const tool = [...deno, `${PROJECT}/tools/host/main.ts`, ...await toolArguments()];
    const plain = [...deno, `${PROJECT}/tools/host/wine.ts`];
    const bin = windowsPath(`${PROJECT}/tests/children/build`);
    const files: readonly (readonly [name: string, text: string])[] = [
      ["condor_config", poolConfig(facts)],
      ["jobbox-wrapper", wrapperScript(facts, { tool, plain, bin })],
      ["jobbox-ad", adScript(tool)],
      ["starts", ""],
      ["job.log", ""],
    ];
    for (const [name, text] of files) Deno.writeTextFileSync(`${folder}/${name}`, text);
    for (const name of ["jobbox-wrapper", "jobbox-ad"]) Deno.chmodSync(`${folder}/${name}`, 0o755);
    const [program = "", ...args] = await inPool(root, ["condor_master", "-f"], { apart: true });
    const process = new Deno.Command(program, {
      args,
      env: variables(folder),
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const pool = new Pool(folder, { root, process });
    try {
      await pool.until("both execution points", START_MS, async () => {
        const found = await pool.tryCommand(["condor_status", "-af", "Name"]);
        return found?.includes("@ep1") && found.includes("@ep2") ? true : undefined;
      });
    } catch (error) {
      await pool[Symbol.asyncDispose]();
      throw error;
    }
    return pool;
  }

  /**
   * Runs a program of HTCondor.
   *
   * @param command The program and its arguments.
   * @returns Its output.
   * @throws {HostError} If it fails.
   */
  async command(command: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#run(command);
    if (code === 0) return stdout;
    throw new HostError(
      `Cannot run ${command.join(" ")}: ${(stderr + stdout).trim()}`,
      `look at ${this.folder}/log`,
    );
  }

  /**
   * Runs a program of HTCondor that may fail.
   *
   * @param command The program and its arguments.
   * @returns Its output; `undefined` if it failed.
   */
  async tryCommand(command: readonly string[]): Promise<string | undefined> {
    const { code, stdout } = await this.#run(command);
    return code === 0 ? stdout : undefined;
  }

  async #run(command: readonly string[]): ReturnType<typeof run> {
    return await run(await inPool(this.#root, command), {
      env: variables(this.folder),
      clearEnv: true,
      cwd: this.folder,
    });
  }

  /**
   * Submits jobs.
   *
   * @param text The submit file.
   * @returns The number of the cluster.
   */
  async submit(text: string): Promise<number> {
    const file = Deno.makeTempFileSync({ dir: this.folder, suffix: ".sub" });
    Deno.writeTextFileSync(file, text);
    return await this.submitFile(file);
  }

  /**
   * Submits the jobs of a submit file.
   *
   * @param file The file.
   * @param added Lines that are added to it and win.
   * @returns The number of the cluster.
   */
  async submitFile(file: string, added: readonly string[] = []): Promise<number> {
    const lines = [`log = ${this.folder}/job.log`, "leave_in_queue = true", ...added];
    const options = lines.flatMap((line) => ["-append", line]);
    const out = await this.command(["condor_submit", "-terse", ...options, file]);
    return Number(/^\d+/.exec(out)?.[0]);
  }

  /**
   * Returns the ads of a cluster's jobs.
   *
   * @param cluster Its number.
   * @returns The ads in the order of the jobs.
   */
  async jobs(cluster: number): Promise<Ad[]> {
    const text = await this.command(["condor_q", String(cluster), "-json"]);
    const ads: Ad[] = text.trim() === "" ? [] : JSON.parse(text);
    return ads.toSorted((a, b) => Number(a.ProcId) - Number(b.ProcId));
  }

  /**
   * Waits until a check of the pool succeeds. It is tried again whenever a daemon or a job has written
   * something.
   *
   * @param what What is waited for.
   * @param milliseconds The longest time: it only bounds a hang.
   * @param check Returns `undefined` to be tried again.
   * @returns What the check returned.
   * @throws {HostError} If the time is over, or the pool has ended.
   */
  async until<T>(
    what: string,
    milliseconds: number,
    check: () => Promise<T | undefined>,
  ): Promise<T> {
    const end = performance.now() + milliseconds;
    for (;;) {
      // Watched from before the check, so that nothing between the two is missed.
      const written = ["log", "job.log", "starts"].map((name) => `${this.folder}/${name}`);
      using changes = Deno.watchFs(written);
      const found = await check();
      if (found !== undefined) return found;
      const left = end - performance.now();
      if (left <= 0 || this.#isOver) {
        throw new HostError(
          `Cannot wait longer for ${what}: ${this.#isOver ? "the pool has ended" : "too late"}`,
          `look at ${this.folder}/log`,
        );
      }
      const late = setTimeout(() => changes.close(), left);
      await changes[Symbol.asyncIterator]().next();
      clearTimeout(late);
    }
  }

  /**
   * Waits until the jobs of a cluster are as they should be.
   *
   * @param cluster Its number.
   * @param milliseconds The longest time.
   * @param isRight Whether they are.
   * @returns Their ads.
   */
  async untilJobs(
    cluster: number,
    milliseconds: number,
    isRight: (ads: readonly Ad[]) => boolean,
  ): Promise<Ad[]> {
    let last: readonly Ad[] = [];
    try {
      return await this.until(`the jobs of ${cluster}`, milliseconds, async () => {
        const ads = await this.jobs(cluster);
        last = ads;
        return isRight(ads) ? ads : undefined;
      });
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      const states = last.map(({ HoldReason, JobStatus, ProcId }) =>
        `${ProcId}: ${JobStatus}${HoldReason === undefined ? "" : ` (${HoldReason})`}`
      );
      throw new HostError(`${error.message}; ${states.join(", ")}`, `look at ${this.folder}/log`);
    }
  }

  /** Every start of a job so far, in their order. */
  starts(): Start[] {
    const all: { job: string; begin: number; end?: number; code?: number }[] = [];
    for (const line of Deno.readTextFileSync(`${this.folder}/starts`).trim().split("\n")) {
      const [word, job = "", at, code] = line.split(" ");
      if (word === "begin") all.push({ job, begin: Number(at) });
      const start = all.findLast((each) => each.job === job && each.end === undefined);
      if (word !== "end" || start === undefined) continue;
      start.end = Number(at);
      start.code = Number(code);
    }
    return all;
  }

  /** The jobs that were started while an earlier start of theirs still ran. */
  startedTwice(): string[] {
    const lines = Deno.readTextFileSync(`${this.folder}/starts`).split("\n");
    return lines.filter((line) => line.startsWith("twice "));
  }

  /** The records of all starts of a job, as the wrapper kept them. */
  records(job: string): Record<string, unknown>[] {
    const folder = `${this.folder}/records`;
    return [...Deno.readDirSync(folder)].filter(({ name }) => name.startsWith(`${job}.`))
      .map(({ name }) => JSON.parse(Deno.readTextFileSync(`${folder}/${name}`)));
  }

  /** The processes of the pool and its jobs. */
  processes(): FoundProcess[] {
    return descendantsOf(this.#process.pid);
  }

  /** The processes of jobs: neither a daemon, nor what contains them all, nor the script of the ad. */
  jobProcesses(): FoundProcess[] {
    const all = this.processes();
    const byPid = new Map(all.map((each) => [each.pid, each]));
    const isDaemon = ({ name }: FoundProcess): boolean => name.startsWith("condor_");
    /** The first program below the daemons that a process belongs to, and who started it. */
    const starterOf = (each: FoundProcess): string | undefined => {
      const above = byPid.get(each.parent);
      return above === undefined || isDaemon(above) ? above?.name : starterOf(above);
    };
    const root = this.#process.pid;
    return all.filter((each) =>
      !isDaemon(each) && each.pid !== root && each.parent !== root &&
      starterOf(each) !== "condor_startd"
    );
  }

  /**
   * Kills the daemon of an execution point, as a crash would.
   *
   * @param name `ep1` or `ep2`.
   */
  killExecutionPoint(name: "ep1" | "ep2"): void {
    const found = this.processes().find(({ name: program, words }) =>
      program === "condor_startd" && words.includes("ep2") === (name === "ep2")
    );
    if (found === undefined) throw new HostError(`Cannot kill ${name}: it is not there`, "retry");
    Deno.kill(found.pid, "SIGKILL");
  }

  /** Ends everything, and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) this.#process.kill("SIGKILL");
    await this.#process.status;
    Deno.removeSync(this.folder, { recursive: true });
  }
}

function variables(folder: string): Record<string, string> {
  return {
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    CONDOR_CONFIG: `${folder}/condor_config`,
    LC_ALL: "C.UTF-8",
  };
}
