/**
 * Rewrites deno.lock: `deno task lock`, after the version of a package has changed.
 *
 * @module
 */

import { run, tellingLine } from "./command.ts";
import { readConfig, readLock, writeConfig, writeLock } from "./config.ts";
import { HostError } from "./host_error.ts";
import { PROJECT } from "./project.ts";
import { writeStderr } from "./progress.ts";
import { replaceFile } from "./replace_file.ts";
import { stdFallback } from "./std.ts";

/** The folders and files that import packages. */
const FOLDERS = ["cli.ts", "tests/", "tools/", "release/"];

async function main(): Promise<void> {
  const fallback = await stdFallback();
  if (fallback === undefined) {
    throw new HostError(
      "Cannot write deno.lock: JSR answers here",
      "deno install, which writes it",
    );
  }
  const path = writeLock(PROJECT, { version: "5" }, ".deno.lock-writer.lock.json");
  const { config } = writeConfig(PROJECT, {
    name: "lock-writer",
    config: { ...readConfig(PROJECT), ...fallback.links, lock: { path, frozen: false } },
    importMap: fallback.importMap,
  });
  const { code, stderr } = await run(
    [Deno.execPath(), "check", `--config=${config}`, ...FOLDERS],
    { cwd: PROJECT },
  );
  if (code !== 0) {
    throw new HostError(`Cannot write deno.lock: ${tellingLine(stderr)}`, "make deno check pass");
  }
  const { workspace, ...rest } = readLock(PROJECT, path) ?? {};
  const { links: _, ...own } = workspace ?? {};
  const text = JSON.stringify({ ...rest, workspace: own }, null, 2);
  replaceFile(`${PROJECT}/deno.lock`, `${text}\n`);
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    writeStderr(`${error.toLine()}\n`);
    Deno.exitCode = 1;
  }
}
