/**
 * Ending the Linux process of a program under Wine, as the out-of-memory killer would: whatever the
 * program owned must be gone; and Ctrl-C, which comes from there too. A second program keeps the
 * namespace alive, whose end would otherwise end everything in it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { DenoProcess } from "../helpers/deno_process.ts";
import { programOf } from "../../tools/host/processes.ts";
import { PROJECT } from "../../tools/host/project.ts";

/** Within this time, in ms, nothing may be left of a tree whose owner is gone. */
const GONE = 5_000;

/** For so long, in ms, a tree is watched that must survive. */
const SURVIVES = 2_000;

/** Starts the owner as the environment says, and reports its end. */
const KEEPER = `import { SAME_KERNEL } from "./tests/helpers/job_trials.ts";
  const [subcommand, ...rest] = JSON.parse(Deno.env.get("JOBBOX_TEST_OWNER"));
  const args = [subcommand, "--no-check", ...SAME_KERNEL, ...rest];
  const owner = new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn();
  await owner.status;
  console.log("ended");
  await Deno.stdin.read(new Uint8Array(1));`;

function owner(code: string, marker: string): string[] {
  const imports = `import { JobObject } from "./mod.ts";
    import { CHILD } from "./tests/helpers/job_trials.ts";
    const args = "spawn 1 -- print ${marker} sleepforever ; print ${marker} sleepforever";`;
  return ["eval", `${imports}\n${code}`];
}

function commandLine(pid: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
  } catch {
    // It ended while the folder was read.
    return "";
  }
}

/** The Linux processes of a tree: its owner, and the child programs. */
function findTree(marker: string): { owners: number[]; children: number[] } {
  const [owners, children]: [number[], number[]] = [[], []];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = commandLine(name);
    if (!line.includes(marker)) continue;
    (/deno\.exe/i.test(line) ? owners : children).push(Number(name));
  }
  return { owners, children };
}

/** Looks until a condition holds: Linux has no event for the end of somebody else's process. */
async function until(condition: () => boolean, deadline: number): Promise<boolean> {
  const end = performance.now() + deadline;
  while (!condition()) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

let markers = 0;

/**
 * Kills an owner when its tree is running; returns how many processes of the tree existed and are
 * left.
 */
async function killOwner(
  args: (marker: string) => string[],
  patience = GONE,
): Promise<{ before: number; isGone: boolean; keeper: DenoProcess }> {
  const marker = `jobbox-kill-${Deno.pid}-${++markers}`;
  const keeper = new DenoProcess(["run", "-A", `${PROJECT}/tools/host/main.ts`, "eval", KEEPER], {
    env: { JOBBOX_TEST_OWNER: JSON.stringify(args(marker)) },
  });
  try {
    // Both of the tree say it.
    for (let i = 0; i < 2; i++) await keeper.line(marker);
    const { owners, children } = findTree(marker);
    assertEquals(owners.length, 1);
    Deno.kill(owners[0]!, "SIGKILL");
    const isGone = await until(() => findTree(marker).children.length === 0, patience);
    await keeper.line("ended");
    return { before: children.length, isGone, keeper };
  } catch (error) {
    await keeper[Symbol.asyncDispose]();
    throw error;
  }
}

Deno.test("JobObject: SIGKILL of its owner's Linux process ends the tree", async () => {
  const { before, isGone, keeper } = await killOwner((marker) =>
    owner(
      `const job = JobObject.create({ killOnClose: true });
      job.spawn(CHILD, { args: args.split(" ") });
      await job.wait();`,
      marker,
    )
  );
  await using _ = keeper;
  assertEquals({ before, isGone }, { before: 2, isGone: true });
});

Deno.test("JobObject: without killOnClose a tree survives the SIGKILL of its owner", async () => {
  const { before, isGone, keeper } = await killOwner((marker) =>
    owner(
      `const job = JobObject.create();
      job.spawn(CHILD, { args: args.split(" ") });
      await job.wait();`,
      marker,
    ), SURVIVES);
  await using _ = keeper;
  assertEquals({ before, isGone }, { before: 2, isGone: false });
});

/** Sends Ctrl-C, which Wine makes of SIGINT, to a jobbox that runs; gives its end and its record. */
async function interrupt(
  verbs: readonly string[],
  times: number,
): Promise<{ code: number; record: Record<string, unknown> }> {
  const marker = `jobbox-interrupt-${Deno.pid}-${++markers}`;
  const report = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await using run = new DenoProcess([
      ...["run", "-A", `${PROJECT}/tools/host/main.ts`, "run", "--no-prompt", "--no-check"],
      ...["--allow-ffi", "--allow-read", "--allow-write", "cli.ts", "run", "--report", report],
      ...["--grace", times > 1 ? "1h" : "200ms", "--", "tests/children/build/child.exe"],
      ...["print", `${marker}\n`, ...verbs],
    ]);
    await run.line(marker);
    // Not the process that started it, whose command line also contains its name.
    const owner = findTree(marker).owners.find((pid) => /deno\.exe$/i.test(programOf(pid) ?? ""));
    for (let i = 0; i < times; i++) Deno.kill(owner!, "SIGINT");
    const { code } = await run.end();
    return { code, record: JSON.parse(await Deno.readTextFile(report)) };
  } finally {
    await Deno.remove(report);
  }
}

Deno.test("jobbox run: Ctrl-C ends the tree, with verdict, code and record", async () => {
  const { code, record } = await interrupt(["sleepforever"], 1);
  assertEquals([code, record.verdict, record.exitCode], [130, "interrupted", 130]);
  assertEquals((record.processes as { active: number }).active, 0);
});

Deno.test("jobbox run: a second Ctrl-C does not wait for the grace", async () => {
  const { code, record } = await interrupt(["ignorebreak", "sleepforever"], 2);
  assertEquals([code, record.verdict, record.stoppedBy], [130, "interrupted", "terminate"]);
});

Deno.test("jobbox run: SIGKILL of its Linux process ends the tree", async () => {
  const child = `Z:${PROJECT}/tests/children/build/child.exe`.replaceAll("/", "\\");
  const { before, isGone, keeper } = await killOwner((marker) => [
    ...["run", "--no-prompt", "--allow-ffi", "--allow-read", "--allow-write", "cli.ts"],
    ...["run", "--", child, "spawn", "1", "--", "print", marker, "sleepforever"],
    ...[";", "print", marker, "sleepforever"],
  ]);
  await using _ = keeper;
  assertEquals({ before, isGone }, { before: 2, isGone: true });
});
