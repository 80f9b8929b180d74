/**
 * The tool under a real engine: jobs of HTCondor on two execution points of this machine, each run by
 * `run --engine htcondor` in the Windows Deno.
 *
 * What it cannot show: HTCondor's Windows build, that is WM_CLOSE as its soft kill, exit codes of 32
 * bits, condor_chirp.exe itself, and the accounts of its slots.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PROJECT } from "../../tools/host/project.ts";
import { submitLines } from "../../tools/pool/config.ts";
import { type Ad, Pool, STATUS } from "../../tools/pool/pool.ts";

/** Only bounds a hang. */
const LONG_MS = 600_000;

const CHILD = `${PROJECT}/tests/children/build/child.exe`;

let pool: Pool;

Deno.test.beforeAll(async () => {
  pool = await Pool.start();
});

Deno.test.afterAll(async () => {
  await pool?.[Symbol.asyncDispose]();
});

/** The lines that every job has. */
function common(name: string): string {
  const record = `${name}$(ProcId)`;
  const lines = submitLines(CHILD, { folder: pool.folder, record });
  return `${lines}output = ${record}.out\nerror = ${record}.err\n`;
}

const isOver = ({ JobStatus }: Ad): boolean =>
  JobStatus === STATUS.completed || JobStatus === STATUS.held;

interface Ending {
  readonly args: string;
  readonly code: number;
  readonly verdict: string;
  readonly lines?: string;
  readonly out?: string;
}

const exits = (code: number): Ending => ({ args: `exit ${code}`, code, verdict: "exited" });

const TEXT = "a & b | %PATH% 'q'";

/** The Wine host has only 8 bits of an exit code; the record has all. */
const CRASH = 0xc0000005;

const ENDINGS: readonly Ending[] = [
  // Long enough to be there when its execution point is killed.
  {
    args: "sleepforever",
    code: 124,
    verdict: "timeout",
    lines: '+JobboxTimeout = 15\nrequirements = regexp("ep2", Name)',
  },
  ...[0, 1, 3, 42, 255].map(exits),
  // The program's own codes, which look like those of jobbox.
  ...[124, 137].map(exits),
  { args: "crash", code: CRASH & 0xff, verdict: "exited" },
  { args: "sleepforever", code: 124, verdict: "timeout", lines: "+JobboxTimeout = 1" },
  { args: "alloc 800000000 sleepforever", code: 137, verdict: "memory" },
  { args: "spinforever", code: 152, verdict: "cpuTime", lines: "+JobboxCpuTime = 1" },
  {
    args: "spawn 4 -- sleepforever ; sleepforever",
    code: 143,
    verdict: "processes",
    lines: "+JobboxProcesses = 2",
  },
  {
    args: "write 3000000 sleepforever",
    code: 153,
    verdict: "outputSize",
    lines: "+JobboxMaxOutput = 1",
  },
  // What it left behind ends with it.
  { args: "spawn 2 -- sleepforever ; exit 7", code: 7, verdict: "exited" },
  {
    args: "exit 0",
    code: 127,
    verdict: "notFound",
    lines: "environment = JOBBOX_TEST_COMMAND=no-such-program",
  },
  {
    args: "exit 0",
    code: 126,
    verdict: "cannotExecute",
    lines: `environment = JOBBOX_TEST_COMMAND=Z:${PROJECT}/LICENSE`,
  },
  { args: "exit 0", code: 125, verdict: "failed", lines: '+JobboxTimeout = "soon & late"' },
  { args: "exit 0", code: 125, verdict: "failed", lines: "+JobboxProcesses = -1" },
  { args: `print 'a & b | %PATH% ''q'''`, code: 0, verdict: "exited", out: `${TEXT}\n` },
];

Deno.test("engine: twenty endings on two execution points, one of which is killed meanwhile", async () => {
  assertEquals(ENDINGS.length, 20);
  const jobs = ENDINGS.map(({ args, lines = "" }) => {
    return `arguments = "${args}"\n${lines}\n${
      lines.includes("environment") ? "" : "environment =\n"
    }${lines.includes("requirements") ? "" : "requirements = true\n"}queue\n` +
      lines.split("\n").filter((line) => line.startsWith("+"))
        .map((line) => `${line.split(" ")[0]} = undefined\n`).join("");
  });
  const cluster = await pool.submit(common("ending") + jobs.join(""));

  await pool.until("a job of the second execution point", LONG_MS, async () => {
    const [first] = await pool.jobs(cluster);
    const runs = pool.jobProcesses().some(({ words }) =>
      words[0]?.endsWith("child.exe") && words.includes("sleepforever")
    );
    return first?.JobStatus === STATUS.running && runs ? true : undefined;
  });
  pool.killExecutionPoint("ep2");

  const ads = await pool.untilJobs(cluster, LONG_MS, (all) => all.every(isOver));
  const found = ads.map(({ ChirpJobboxVerdict, ExitCode, JobStatus, ProcId }) => {
    const record = JSON.parse(Deno.readTextFileSync(`${pool.folder}/ending${ProcId}.json`));
    // Without its ads a refused job has no labels.
    if (record.verdict !== "failed") assertEquals(record.labels.proc, String(ProcId));
    assertEquals([ProcId, ChirpJobboxVerdict], [ProcId, record.verdict]);
    return [ProcId, JobStatus, ExitCode, record.verdict];
  });
  assertEquals(
    found,
    ENDINGS.map(({ code, verdict }, at) => [at, STATUS.completed, code, verdict]),
  );
  assert(Number(ads[0]!.NumJobStarts) > 1, "the killed execution point had no job");
  assertEquals(pool.startedTwice(), []);
  for (const [at, { out }] of ENDINGS.entries()) {
    if (out === undefined) continue;
    assertEquals(Deno.readTextFileSync(`${pool.folder}/ending${at}.out`), out);
  }
  const crash = ENDINGS.findIndex(({ args }) => args === "crash");
  const record = JSON.parse(Deno.readTextFileSync(`${pool.folder}/ending${crash}.json`));
  assertEquals([record.exitCode, record.job.limits.jobMemory], [CRASH, 256 * 1024 ** 2]);
  await nothingLeft();
});

/** Waits until no process of a job is left. */
async function nothingLeft(): Promise<void> {
  await pool.until("the end of every process of the jobs", LONG_MS, () => {
    const left = pool.jobProcesses().filter(({ name }) => name !== "condor_starter");
    return Promise.resolve(left.length === 0 ? true : undefined);
  });
}

Deno.test("engine: at its memory limit a job is held, released with twice the memory, and done", async () => {
  const seen = `${pool.folder}/memory-seen`;
  const cluster = await pool.submitFile(`${PROJECT}/engines/htcondor/retry-memory.sub`, [
    `executable = ${CHILD}`,
    // It keeps the memory until it was seen, since jobsim samples what Windows refuses at once.
    `arguments = "alloc 300000000 awaitfile Z:${seen} exit 0"`,
    "memory = 256",
    "requirements = true",
    "request_disk = 1M",
    `initialdir = ${pool.folder}`,
  ]);
  // Held, or released again already.
  await pool.untilJobs(cluster, LONG_MS, ([job]) => Number(job?.NumHolds ?? 0) > 0);
  Deno.writeTextFileSync(seen, "");
  const [ad] = await pool.untilJobs(
    cluster,
    LONG_MS,
    ([job]) => job?.JobStatus === STATUS.completed,
  );
  assertEquals(
    [ad!.ExitCode, ad!.NumJobStarts, ad!.NumHolds, ad!.MemoryProvisioned, ad!.ChirpJobboxVerdict],
    [0, 2, 1, 512, "exited"],
  );
  // The first run told "jobMemory".
  assertEquals(ad!.ChirpJobboxLimit, null);
  assertStringIncludes(String(ad!.LastHoldReason), "jobbox: ended at its memory limit, peak ");
  assertStringIncludes(String(ad!.LastHoldReason), " MiB of 256 MiB");
  const [first, second] = pool.records(`${cluster}.0`).toSorted((a, b) =>
    String(Object(a.times).start).localeCompare(String(Object(b.times).start))
  );
  assertEquals([first!.verdict, second!.verdict], ["memory", "exited"]);
});

Deno.test("engine: boxed.sub as it is shipped has its limits, and is held when it cannot start", async () => {
  Deno.copyFileSync(CHILD, `${pool.folder}/solve.exe`);
  const submit = (...lines: string[]) =>
    pool.submitFile(`${PROJECT}/engines/htcondor/boxed.sub`, [
      "environment = JOBBOX_TEST_TOOL=1",
      "requirements = true",
      "request_disk = 1M",
      `initialdir = ${pool.folder}`,
      ...lines,
    ]);
  const read = (cluster: number) =>
    JSON.parse(Deno.readTextFileSync(`${pool.folder}/${cluster}.0.json`));
  const done = await submit("words = print hello exit 5");
  const missing = await submit("program = none.exe", "transfer_input_files = solve.exe");

  const [ad] = await pool.untilJobs(done, LONG_MS, (all) => all.every(isOver));
  assertEquals([ad!.JobStatus, ad!.ExitCode, ad!.ChirpJobboxVerdict], [
    STATUS.completed,
    5,
    "exited",
  ]);
  assertEquals(Deno.readTextFileSync(`${pool.folder}/${done}.0.out`), "hello\n");
  const { job, verdict } = read(done);
  const { activeProcesses, jobMemory } = job.limits;
  assertEquals([verdict, activeProcesses, jobMemory], ["exited", 64, 1024 ** 3]);
  assertEquals(job.ownLimits, { wallTime: 3_600_000, outputSize: 100 * 1024 ** 2 });

  const [held] = await pool.untilJobs(missing, LONG_MS, (all) => all.every(isOver));
  assertEquals(held!.JobStatus, STATUS.held);
  assertStringIncludes(
    String(held!.HoldReason),
    "jobbox: the job could not be started: exit code 127",
  );
});

Deno.test("engine: vacate, rm and hold leave no process, and the record has the verdict interrupted", async () => {
  const stays = `${common("stays")}arguments = "sleepforever"\nqueue\n`;
  /** Waits until the program of a job's start runs; one such job is there at a time. */
  const untilStarted = (job: string, start: number) =>
    pool.until(`start ${start} of ${job}`, LONG_MS, () => {
      const isStarted = pool.starts().filter((each) => each.job === job).length === start;
      const isThere = pool.jobProcesses().some(({ words }) =>
        words[0]?.endsWith("child.exe") && words.includes("sleepforever")
      );
      return Promise.resolve(isStarted && isThere ? true : undefined);
    });
  const untilInterrupted = async (job: string, count: number) => {
    await pool.until(`record ${count} of ${job}`, LONG_MS, () => {
      const { length } = pool.records(job);
      return Promise.resolve(length === count ? true : undefined);
    });
    assertEquals(pool.records(job).map(({ verdict }) => verdict), Array(count).fill("interrupted"));
    await nothingLeft();
  };
  const removed = await pool.submit(stays);
  await untilStarted(`${removed}.0`, 1);
  await pool.command(["condor_vacate_job", `${removed}.0`]);
  // It runs again by itself, perhaps before the first start has left nothing.
  await untilStarted(`${removed}.0`, 2);
  await pool.command(["condor_rm", `${removed}.0`]);
  await untilInterrupted(`${removed}.0`, 2);
  await pool.untilJobs(removed, LONG_MS, ([job]) => job?.JobStatus === STATUS.removed);

  const held = await pool.submit(stays);
  await untilStarted(`${held}.0`, 1);
  await pool.command(["condor_hold", `${held}.0`]);
  await untilInterrupted(`${held}.0`, 1);
  await pool.untilJobs(held, LONG_MS, ([job]) => job?.JobStatus === STATUS.held);
});

Deno.test("engine: a fault of the machine sends the job back, and it runs again", async () => {
  const cluster = await pool.submit(
    `${common("fault")}environment = JOBBOX_TEST_FAULT=1\narguments = "exit 4"\nqueue\n`,
  );
  const [ad] = await pool.untilJobs(cluster, LONG_MS, (all) => all.every(isOver));
  assertEquals([ad!.JobStatus, ad!.ExitCode, ad!.NumJobStarts], [STATUS.completed, 4, 2]);
  const verdicts = pool.records(`${cluster}.0`).map(({ verdict }) => verdict);
  assertEquals(verdicts.toSorted(), ["exited", "failed"]);
});

Deno.test("engine: doctor's attributes are in the ad of its slots, and jobs match on them", async () => {
  const about = ["condor_status", "-constraint", "HasJobbox", "-af", "Name", "JobboxVersion"];
  const slots = await pool.until("the ad of doctor", LONG_MS, async () => {
    const text = await pool.tryCommand(about);
    return text?.trim() ? text.trim().split("\n") : undefined;
  });
  assert(slots.length > 0 && slots.every((line) => /@ep1@\S+ \d+\.\d+\.\d+$/.test(line)), slots[0]);
  const cluster = await pool.submit(
    `${common("matched")}requirements = HasJobbox\narguments = "exit 0"\nqueue\n`,
  );
  // The schedd says where a job was after it has said that it is over.
  const isTold = (job: Ad): boolean => isOver(job) && job.LastRemoteHost !== undefined;
  const [ad] = await pool.untilJobs(cluster, LONG_MS, (all) => all.every(isTold));
  assertStringIncludes(String(ad!.LastRemoteHost), "@ep1@");
});
