/**
 * The tool as `deno task jobbox` runs it.
 */
import { assertEquals, assertMatch } from "@std/assert";
import type { RunRecord } from "../../cli/report/record.ts";
import { runDeno } from "../helpers/deno_process.ts";
import { fileUrl } from "../helpers/file_path.ts";
import { isFree, ownSession } from "../helpers/session_run.ts";
import { cacheRoot } from "../../tools/host/cache.ts";
import { PROJECT } from "../../tools/host/project.ts";

const TOOL = ["run", "-A", `${PROJECT}/tools/host/jobbox.ts`];

Deno.test("task jobbox: runs the tool as a bundle in a job of jobsim, with its permissions", async () => {
  const env = ownSession(0);
  const version = await runDeno([...TOOL, "--version", "--json"], { env });
  assertMatch(version.stdout, /"build":\{"kind":"bundle","sources":"[\da-f]{12}"\}/);
  const run = await runDeno(
    [...TOOL, "run", "--json", "--memory", "99M", "--", "cmd", "/c", "exit 3"],
    { env },
  );
  const { verdict, exitCode, job }: RunRecord = JSON.parse(run.stdout);
  assertEquals([run.code, verdict, exitCode], [3, "exited", 3]);
  assertEquals(job?.limits.jobMemory, 99 * 1024 ** 2);
  const sessions = [...Deno.readDirSync(cacheRoot())].map(({ name }) => `${cacheRoot()}/${name}`)
    .filter((path) => path.includes(env.JOBBOX_TEST_HOST_SESSION!));
  for (const session of sessions) {
    await isFree(`${session}/alive`);
    await Deno.remove(session, { recursive: true });
  }
});

Deno.test("task jobbox: runs from its sources where no bundle can be made, and says so", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/jobbox`);
  await Deno.mkdir(`${folder}/jobbox/host-1`);
  // All that this machine has but a bundle; neither Deno's cache nor a registry has the bundler.
  for (const { name } of Deno.readDirSync(cacheRoot())) {
    if (/^(bundle-.*|tmp|locks)$/.test(name)) continue;
    await Deno.symlink(`${cacheRoot()}/${name}`, `${folder}/jobbox/host-1/${name}`);
  }
  const module = fileUrl(`${PROJECT}/tools/host/jobbox.ts`);
  const { code, stdout, stderr } = await runDeno(
    [
      "eval",
      `import { toolArguments } from "${module}"; console.log((await toolArguments()).at(-1))`,
    ],
    {
      env: { XDG_CACHE_HOME: folder, DENO_DIR: folder, NPM_CONFIG_REGISTRY: "http://127.0.0.1:9" },
    },
  );
  await Deno.remove(folder, { recursive: true });
  assertEquals([code, stdout], [0, "cli.ts\n"]);
  assertMatch(stderr, /^jobbox host: running jobbox from its sources, .*deno bundle said: .+\n$/);
});
