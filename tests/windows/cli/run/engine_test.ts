import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { RunRecord } from "../../../../cli/report/record.ts";
import { CHILD, jobbox } from "../../../helpers/jobbox_process.ts";
import { Folder } from "../../../helpers/reported_run.ts";

/** A job of HTCondor: its scratch folder with the two ads, and the variables that name them. */
function htcondorJob(folder: Folder, ads: { readonly machine: string; readonly job?: string }) {
  const file = (name: string, text: string): string => {
    const path = folder.file(name);
    Deno.writeTextFileSync(path, text);
    return path;
  };
  const errorFile = folder.file(".job_wrapper_failure");
  const record = folder.file("jobbox.json");
  const env = {
    _CONDOR_SCRATCH_DIR: folder.file(".").replace(/\\\.$/, ""),
    _CONDOR_MACHINE_AD: file(".machine.ad", ads.machine),
    _CONDOR_JOB_AD: file(".job.ad", ads.job ?? "ClusterId = 1\nProcId = 0\n"),
    _CONDOR_WRAPPER_ERROR_FILE: errorFile,
  };
  const exists = (path: string): boolean => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  };
  return {
    env,
    read: (): RunRecord => JSON.parse(Deno.readTextFileSync(record)),
    fault: () => exists(errorFile) ? Deno.readTextFileSync(errorFile) : undefined,
  };
}

const SLOT = "Memory = 48\nCpus = 1\n";

Deno.test("jobbox run --engine: the slot's memory limit ends the job, and the record says so", async () => {
  using folder = new Folder();
  const { env, fault, read } = htcondorJob(folder, {
    machine: SLOT,
    job: "ClusterId = 1\nJobboxProcesses = 3\nProcId = 0\n",
  });
  const chirp = { _CONDOR_BIN: folder.file("bin"), _CONDOR_CHIRP_CONFIG: folder.file("chirp") };
  const args = ["run", "--engine", "htcondor", "--", CHILD, "alloc", "100000000", "sleepforever"];
  const { code, err } = await jobbox(args, { env: { ...env, ...chirp } });
  const { job, limit, verdict } = read();
  assertEquals([code, verdict, limit?.name], [137, "memory", "jobMemory"]);
  assertEquals([job.limits.jobMemory, job.limits.activeProcesses], [48 * 1024 ** 2, 3]);
  assertEquals(fault(), undefined);
  // The engine's program is missing: that is said, and costs nothing.
  assertStringIncludes(err, "Cannot tell htcondor how the run ended");
});

Deno.test("jobbox run --engine: a record that cannot be written does not change the exit code", async () => {
  using folder = new Folder();
  const { env } = htcondorJob(folder, { machine: SLOT });
  const text = 'a & "b"';
  const lost = { ...env, _CONDOR_SCRATCH_DIR: folder.file("missing") };
  const run = (...options: string[]) => {
    const command = ["--", CHILD, "print", text, "exit", "7"];
    return jobbox(["run", "--engine", "htcondor", ...options, ...command], { env: lost });
  };
  const { code, out, err } = await run();
  assertEquals([code, out], [7, `${text}\n`]);
  assertStringIncludes(err, "the run goes on without it");
  const explained = await run("--explain", "--json");
  const { files, refused } = JSON.parse(explained.out);
  assertEquals([explained.code, refused], [0, []]);
  assertEquals(files.length, 1);
  assertStringIncludes(files[0], `cannot write ${folder.file("missing")}\\jobbox.json: `);
  assertStringIncludes(files[0], ": the run goes on without it");
});

Deno.test("jobbox run --engine: only a fault of the machine is reported as one", async () => {
  using folder = new Folder();
  const { env, fault, read } = htcondorJob(folder, { machine: SLOT });
  const notFound = await jobbox(["run", "--engine", "htcondor", "--", "no-such"], { env });
  assertEquals([notFound.code, read().verdict, fault()], [127, "notFound", undefined]);
  Deno.writeTextFileSync(env._CONDOR_MACHINE_AD, "Memory = 4");
  const torn = await jobbox(["run", "--engine", "htcondor", "--", CHILD], { env });
  assertEquals([torn.code, read().verdict], [125, "failed"]);
  assert(fault()?.startsWith("jobbox: --engine htcondor: Cannot read the machine ad"));
});
