/** Fewer rights on Wine alone: what it keeps is shown, and what it only says yes to is found out. */
import "../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { advapi32 } from "../../ffi/library.ts";
import type { Isolation } from "../../isolation/isolation.ts";
import { IsolationNotAppliedError, JobObject, UnsupportedPlatformError } from "../../mod.ts";
import { runDeno } from "../helpers/deno_process.ts";
import { filePath } from "../helpers/file_path.ts";
import { assertRefused, HOSTILE, runIsolated, temporaryNames } from "../helpers/isolated_runs.ts";
import {
  CHILD as CHILD_PROGRAM,
  configFlags,
  jobbox,
  JOBBOX_PROGRAM,
  jobboxArgs,
} from "../helpers/jobbox_process.ts";
import { CHILD, within } from "../helpers/job_trials.ts";
import { substituteFunction, substituteKernel } from "../helpers/substituted_kernel.ts";

Deno.test("isolation: restrictions that Wine only pretends are refused, and the command never starts", async () => {
  const pretended: [Isolation, string][] = [
    [{ integrity: "low" }, "high (S-1-16-12288)"],
    [{ mitigations: ["fonts"] }, "fonts: the system reports success but no value"],
    [{ desktop: "private" }, "rights that nobody keeps"],
    [{ admin: false, temp: "fresh", integrity: "low" }, "high (S-1-16-12288)"],
    // The process and the job are closed, but not the threads that start later.
    [{ admin: false, protect: true }, "it opens a thread that starts later for TERMINATE"],
  ];
  for (const [wish, read] of pretended) assertEquals((await assertRefused(wish)).read, read);
});

Deno.test("isolation: a refusal starts no process, from the module or from the tool", () => {
  let calls = 0;
  const count = <F extends (...args: never[]) => number>(real: F): F =>
    ((...args) => {
      calls++;
      return real(...args);
    }) as F;
  using _plain = substituteKernel("CreateProcessW", count);
  using _user = substituteFunction(advapi32, "CreateProcessAsUserW", count);
  using job = JobObject.create({ killOnClose: true });
  const start = { args: ["exit", "0"], isolation: { integrity: "low" } as const };
  assertThrows(() => job.spawn(CHILD, start), IsolationNotAppliedError);
  assertEquals(calls, 0);
});

Deno.test("isolation: restrictions that Wine enforces also hold without the stand-in", async () => {
  const wish = { admin: false, privileges: [], temp: "fresh", environment: ["PATH"] } as const;
  const { left, restrictions } = await runIsolated(wish, ["exit", "0"]);
  assertEquals(restrictions.map(({ row }) => row), ["admin", "privileges", "environment", "temp"]);
  assertEquals(left, []);
});

Deno.test("isolation: the command can still open another program of the user", async () => {
  await using job = JobObject.create({ killOnClose: true });
  const other = job.spawn(CHILD, { args: ["sleepforever"], stdout: "null" });
  const wish = { admin: false, privileges: [] } as const;
  const tries = `parent ${other.pid} then threads ${other.pid} 0x1 then watch ${other.pid} 0x1 0`;
  const { stdout } = await runIsolated(wish, tries.split(" "), { command: HOSTILE });
  // The way out that only the level low closes, on a system that has levels.
  assertEquals(stdout, "ok\r\nok\r\nok");
  other.kill();
  await within(other.status, "its end");
});

Deno.test("isolation: the module needs permission for three DLLs only", async () => {
  const dlls = ["kernel32", "advapi32", "ntdll"].map((dll) => `C:\\Windows\\System32\\${dll}.dll`);
  const program = filePath(new URL("../helpers/isolated_program.ts", import.meta.url));
  const run = (granted: readonly string[]): ReturnType<typeof runDeno> =>
    runDeno(["run", "--no-prompt", "--no-check", `--allow-ffi=${granted.join()}`, program]);
  const { code, stderr, stdout } = await run(dlls);
  assertEquals([code, stderr, stdout.trim()], [0, "", "admin privileges temp"]);
  const without = await run(dlls.slice(0, 1));
  assertEquals(without.code, 1);
  assert(without.stderr.includes("advapi32.dll"), without.stderr);
});

Deno.test("isolation: without protect, a gate reports that jobbox can be opened", async () => {
  const program = filePath(new URL("../helpers/unprotected_program.ts", import.meta.url));
  const { code, stderr, stdout } = await runDeno([
    ...["run", ...configFlags(), "-A", "--no-check"],
    program,
  ]);
  assertEquals([code, stderr, stdout.trim()], [0, "", "seen"]);
});

Deno.test("isolation: a container is refused, and nothing is created for it", () => {
  let calls = 0;
  using _started = substituteFunction(advapi32, "CreateProcessAsUserW", (real) => (...args) => {
    calls++;
    return real(...args);
  });
  const journals = `${Deno.env.get("LOCALAPPDATA")}\\jobbox`;
  using job = JobObject.create({ killOnClose: true });
  const start = { args: ["exit", "0"], isolation: { container: { read: ["."] } } };
  assertThrows(() => job.spawn(CHILD, start), UnsupportedPlatformError, "AppContainer");
  assertEquals([calls, job.pids()], [0, []]);
  assertThrows(() => Deno.statSync(journals), Deno.errors.NotFound);
});

Deno.test("jobbox run: jobbox in jobbox, with fewer rights twice", async () => {
  const before = temporaryNames();
  const fewer = ["run", "--no-admin", "--keep-privileges", "none", "--fresh-temp", "--"];
  const inner = jobboxArgs([...fewer, ...[CHILD_PROGRAM, "getenv", "TEMP", "exit", "7"]]);
  const { code, err, out } = await jobbox([...fewer, JOBBOX_PROGRAM, ...inner]);
  assertEquals([code, err], [7, ""]);
  // The folder of the inner one is in that of the outer one, and both are gone.
  const folders = (JSON.parse(out) as string).match(/\\jobbox-\d+-\d+-[0-9a-f]{32}/g);
  assertEquals(folders?.length, 2, out);
  assertEquals(temporaryNames(), before);
});

Deno.test("jobbox run --isolate user: 125, and the command never starts, since Wine leaves new threads open", async () => {
  const before = temporaryNames();
  const { code, err, out } = await jobbox([
    "run",
    "--isolate",
    "user",
    "--",
    CHILD_PROGRAM,
    "args",
  ]);
  assertEquals([code, out], [125, ""]);
  assert(err.includes("--isolate user (--protect): asked"), err);
  assert(err.includes("it opens a thread that starts later for TERMINATE"), err);
  assertEquals(temporaryNames(), before);
});
