/**
 * Random use of the module for some time, compared with a model after each step.
 *
 * @module
 */
import "./bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { JobObject } from "../../job/job_object.ts";
import type { Limits } from "../../job/limits/limits.ts";
import type { ChildProcess } from "../../process/child_process.ts";
import { exitWatch } from "../../process/exit/exit_watch.ts";
import { completionPort } from "../../process/io/completion_port.ts";
import type { SpawnOptions } from "../../process/spawn_options.ts";
import { startChild, uniqueName, within } from "./job_trials.ts";
import { countHandles } from "./open_handles.ts";
import { Random } from "./random.ts";

/** How long a step may take before it counts as a hang, in ms. */
const HANG = 120_000;

/** The most children of a job that run at the same time. */
const MOST_CHILDREN = 4;

/** How many jobs there are at the same time. */
export const MOST_JOBS = 50;

/** A child and what must become of it. */
interface ModelChild {
  readonly child: ChildProcess;
  /** The code with which it ends by itself; `undefined` for one that does not. */
  readonly code: number | undefined;
  /** Whether something was done that ends it. */
  ended: boolean;
  readonly abort: AbortController | undefined;
}

/** A job and what is true about it. */
interface ModelJob {
  readonly job: JobObject;
  readonly keepsMessages: boolean;
  readonly children: Set<ModelChild>;
  /** All processes that were started in it. */
  readonly pids: number[];
  limits: Limits;
  isFrozen: boolean;
}

/** What is left over between two rounds. */
export interface Residue {
  readonly handles: number;
  readonly refs: number;
  readonly weakRefs: number;
  readonly sources: number;
  readonly watched: number;
  readonly heap: number;
  readonly memory: number;
}

/** What a soak did. */
export interface SoakResult {
  readonly steps: Readonly<Record<string, number>>;
  readonly processes: number;
  readonly messages: number;
  readonly rounds: readonly Residue[];
}

/** Limits that no child of the soak comes near. */
const LIMITS: readonly ((random: Random) => Limits)[] = [
  (random) => ({ activeProcesses: 100 + random.int(100) }),
  (random) => ({ jobMemory: (1024 + random.int(1024)) * 1024 ** 2 }),
  (random) => ({ processMemory: (1024 + random.int(1024)) * 1024 ** 2 }),
  (random) => ({ priorityClass: random.pick(["normal", "belowNormal", "idle"] as const) }),
  (random) => ({ cpu: { weight: 1 + random.int(9) } }),
  (random) => ({ ui: random.pick([["desktop"], ["handles", "globalAtoms"]] as const) }),
  (random) => ({ netBandwidth: 1024 * (1 + random.int(1000)) }),
];

/** A soak: {@linkcode Soak.run} does it. */
export class Soak {
  readonly #random: Random;
  readonly #jobs: ModelJob[] = [];
  readonly #steps: Record<string, number> = {};
  #processes = 0;
  #messages = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /**
   * Runs.
   *
   * @param time How long, in ms.
   * @param rounds After how many rounds it ends at the earliest. After each, nothing may be left.
   * @param told Gets what was left after each round.
   */
  async run(
    { time, rounds, steps }: { time: number; rounds: number; steps: number },
    told: (residue: Residue) => void = () => {},
  ): Promise<SoakResult> {
    const unhandled: unknown[] = [];
    const onUnhandled = (event: PromiseRejectionEvent): void => {
      event.preventDefault();
      unhandled.push(event.reason);
    };
    globalThis.addEventListener("unhandledrejection", onUnhandled);
    const residues: Residue[] = [];
    const end = performance.now() + time;
    try {
      while (residues.length < rounds || performance.now() < end) {
        for (let i = 0; i < steps; i++) await this.#step();
        while (this.#jobs.length > 0) await this.#count("retire", () => this.#retire());
        const residue = await this.#residue();
        residues.push(residue);
        told(residue);
        assertEquals(unhandled, []);
        const { refs, weakRefs, watched, sources } = residue;
        assertEquals({ refs, weakRefs, watched, sources }, {
          refs: 0,
          weakRefs: 0,
          watched: 0,
          sources: 0,
        });
      }
    } finally {
      globalThis.removeEventListener("unhandledrejection", onUnhandled);
    }
    return {
      steps: this.#steps,
      processes: this.#processes,
      messages: this.#messages,
      rounds: residues,
    };
  }

  async #step(): Promise<void> {
    const { job, child } = this.#picked();
    const steps: [string, () => unknown][] = [];
    if (this.#jobs.length < MOST_JOBS) steps.push(["create", () => this.#create()]);
    if (job !== undefined) {
      steps.push(["spawn", () => this.#spawn(job)], ["spawn", () => this.#spawn(job)]);
      steps.push(["limit", () => this.#limit(job)], ["notify", () => this.#notify(job)]);
      steps.push(["freeze", () => this.#freeze(job)], ["read", () => this.#read(job)]);
      steps.push(["iterate", () => this.#iterate(job)], ["open", () => this.#open(job)]);
      steps.push(["streams", () => this.#streams(job)]);
      if (this.#random.int(4) === 0) steps.push(["terminate", () => this.#terminate(job)]);
      if (this.#random.int(6) === 0) steps.push(["retire", () => this.#retire(job)]);
    }
    if (job !== undefined && child !== undefined) {
      steps.push(["end", () => this.#end(job, child)], ["await", () => this.#await(job, child)]);
    }
    const [name, step] = this.#random.pick(steps);
    await this.#count(name, step);
  }

  async #count(name: string, step: () => unknown): Promise<void> {
    this.#steps[name] = (this.#steps[name] ?? 0) + 1;
    await within(Promise.resolve(step()), `the step "${name}"`, { deadline: HANG });
  }

  #picked(): { job?: ModelJob; child?: ModelChild } {
    if (this.#jobs.length === 0) return {};
    const job = this.#random.pick(this.#jobs);
    return job.children.size === 0 ? { job } : { job, child: this.#random.pick([...job.children]) };
  }

  #create(): void {
    const keepsMessages = this.#random.int(2) === 0;
    const limits: Limits = { killOnClose: true, ...this.#random.pick(LIMITS)(this.#random) };
    const job = JobObject.create({
      ...this.#random.int(2) === 0 ? { name: uniqueName("soak") } : {},
      notifications: keepsMessages,
      limits,
    });
    this.#jobs.push({ job, keepsMessages, children: new Set(), pids: [], limits, isFrozen: false });
  }

  #start(model: ModelJob, verbs: string, code: number | undefined, options: SpawnOptions = {}) {
    const abort = this.#random.int(4) === 0 ? new AbortController() : undefined;
    const child = startChild(model.job, verbs, {
      ...options,
      ...abort === undefined ? {} : { signal: abort.signal },
    });
    this.#processes++;
    model.pids.push(child.pid);
    const entry: ModelChild = { child, code, ended: false, abort };
    model.children.add(entry);
    return entry;
  }

  async #spawn(model: ModelJob): Promise<void> {
    if (model.children.size >= MOST_CHILDREN) {
      return await this.#end(model, this.#random.pick([...model.children]));
    }
    const code = this.#random.int(200);
    const [verbs, ends] = this.#random.pick<[string, number | undefined]>([
      [`exit ${code}`, code],
      [`sleep ${this.#random.int(100)} exit ${code}`, code],
      ["sleepforever", undefined],
    ]);
    this.#start(model, verbs, ends);
  }

  #limit(model: ModelJob): void {
    const change = this.#random.pick(LIMITS)(this.#random);
    model.job.setLimits(change);
    model.limits = { ...model.limits, ...change };
    assertEquals(model.job.limits(), model.limits);
  }

  #notify(model: ModelJob): void {
    const limits = { readBytes: 2 ** 40 + this.#random.int(1000), jobUserTime: 10 ** 9 };
    model.job.setNotificationLimits(limits);
    const { readBytes } = model.job.notificationLimits();
    assertEquals(readBytes, limits.readBytes);
  }

  #freeze(model: ModelJob): void {
    model.job.freeze();
    model.isFrozen = true;
    if (this.#random.int(2) === 0) this.#thaw(model);
  }

  #thaw(model: ModelJob): void {
    if (model.isFrozen) model.job.thaw();
    model.isFrozen = false;
  }

  #read({ job, children, pids }: ModelJob): void {
    const { total, active } = job.stats().processes;
    assertEquals(total, pids.length);
    const members = job.pids();
    assert(active <= children.size && members.length <= children.size, `${active}`);
    for (const pid of members) assert(pids.includes(pid), `${pid}`);
    for (const { child, code, ended } of children) {
      if (code === undefined && !ended) assert(members.includes(child.pid), `${child.pid} is gone`);
    }
  }

  /** An iteration that is left at once, or that waits and is aborted. */
  async #iterate({ job, keepsMessages }: ModelJob): Promise<void> {
    // It would take the kept messages over.
    if (keepsMessages) return;
    const controller = new AbortController();
    const messages = job.notifications({ signal: controller.signal });
    if (this.#random.int(2) === 0) {
      const next = messages.next().catch((error) => error);
      controller.abort();
      await next;
    }
    await messages.return?.();
  }

  #open({ job }: ModelJob): void {
    if (job.name === undefined) return;
    using again = JobObject.open(job.name);
    assertEquals(new Set(again.pids()), new Set(job.pids()));
  }

  async #streams(model: ModelJob): Promise<void> {
    if (model.children.size >= MOST_CHILDREN) return;
    this.#thaw(model);
    const bytes = new Uint8Array(this.#random.int(100_000)).map((_, at) => at % 251);
    const entry = this.#start(model, "cat", 0, { stdin: "piped", stdout: "piped" });
    const read = entry.child.stdout.bytes();
    const writer = entry.child.stdin.getWriter();
    await writer.write(bytes);
    await writer.close();
    assertEquals((await read).length, bytes.length);
    await this.#await(model, entry);
  }

  /** One child is ended. */
  async #end(model: ModelJob, entry: ModelChild): Promise<void> {
    const { child, abort } = entry;
    if (abort !== undefined) abort.abort();
    else {
      try {
        child.kill();
      } catch (error) {
        assert(error instanceof TypeError, `${error}`);
      }
    }
    entry.ended = true;
    await this.#await(model, entry);
  }

  /** Waits for a child that ends, and compares how. */
  async #await(model: ModelJob, entry: ModelChild): Promise<void> {
    const { child, code, ended, abort } = entry;
    if (code === undefined && !ended) return;
    this.#thaw(model);
    const status = await within(child.status, `child ${child.pid}`, { deadline: HANG });
    model.children.delete(entry);
    const { endedBy, success } = status;
    if (endedBy === "itself") assertEquals([status.code, success], [code, code === 0]);
    else {
      assert(ended && !success && ["kill", "abort", "terminate"].includes(endedBy), endedBy);
    }
    abort?.abort();
    await child[Symbol.asyncDispose]();
  }

  async #terminate(model: ModelJob): Promise<void> {
    model.job.terminate(1 + this.#random.int(100));
    for (const entry of model.children) entry.ended = true;
    await within(model.job.wait(), "the job's end", { deadline: HANG });
    assertEquals(model.job.pids(), []);
    for (const entry of [...model.children]) await this.#await(model, entry);
  }

  /** The job's end: its messages, its counts and its children agree. */
  async #retire(model: ModelJob = this.#random.pick(this.#jobs)): Promise<void> {
    this.#jobs.splice(this.#jobs.indexOf(model), 1);
    const { job, pids, keepsMessages } = model;
    await this.#terminate(model);
    const { total, active } = job.stats().processes;
    assertEquals({ total, active }, { total: pids.length, active: 0 });
    this.#thaw(model);
    if (keepsMessages) await this.#reconcile(model);
    await job[Symbol.asyncDispose]();
    assert(job.closed);
  }

  async #reconcile({ job, pids }: ModelJob): Promise<void> {
    const joined: number[] = [];
    const left: number[] = [];
    // The last child's message comes after those of all others.
    const last = startChild(job, "exit 0");
    this.#processes++;
    for await (const message of job.notifications()) {
      this.#messages++;
      if (message.type === "newProcess") joined.push(message.pid);
      if (message.type === "exitProcess" || message.type === "abnormalExitProcess") {
        left.push(message.pid);
        if (message.pid === last.pid) break;
      }
    }
    await within(last.status, "the last child", { deadline: HANG });
    await within(job.wait(), "the last child's job", { deadline: HANG });
    const wanted = [...pids, last.pid];
    assertEquals(joined.toSorted(), wanted.toSorted());
    // A terminated process has no message of its end.
    for (const pid of left) assert(wanted.includes(pid), `${pid} was never in the job`);
  }

  async #residue(): Promise<Residue> {
    await within(completionPort.idle(), "the port's rest", { deadline: HANG });
    completionPort.drain();
    const { heapUsed, rss } = Deno.memoryUsage();
    const { refs, weakRefs, sources } = completionPort;
    const handles = countHandles(1024);
    return {
      handles,
      refs,
      weakRefs,
      sources,
      watched: exitWatch.size,
      heap: heapUsed,
      memory: rss,
    };
  }
}

/** What grows from the first rounds to the last ones, which nothing may; lines for people. */
export function growth(rounds: readonly Residue[]): string[] {
  const third = Math.max(1, Math.floor(rounds.length / 3));
  const least = (of: keyof Residue, some: readonly Residue[]): number =>
    Math.min(...some.map((each) => each[of]));
  const grown = (of: keyof Residue, allowed: number): string[] => {
    const [from, to] = [least(of, rounds.slice(0, third)), least(of, rounds.slice(-third))];
    return to - from > allowed ? [`${of}: ${from} at first, ${to} at last`] : [];
  };
  // Threads of Deno's pool and the collector's habits.
  return [...grown("handles", 8), ...grown("heap", 16e6), ...grown("memory", 64e6)];
}
