/**
 * The tool's process killed from outside of Windows: the kernel must end its tree.
 */
import { assert, assertEquals } from "@std/assert";
import { DenoProcess } from "../helpers/deno_process.ts";

const MARKER = `jobbox-killed-${crypto.randomUUID()}`;

/** Starts the tool and watches its tree from another process of the same Windows. */
const WATCHER = `
import "./tests/helpers/bound_kernel.ts";
import { CHILD, jobbox, startJobbox } from "./tests/helpers/jobbox_process.ts";
import { hasEnded, watchProcess } from "./tests/helpers/process_watch.ts";
const run = startJobbox(["run", "--name", "${MARKER}", "--", CHILD,
  "spawn", "2", "--", "sleepforever", ";", "print", "ready\\n", "sleepforever"]);
await run.line("ready");
const processes = JSON.parse((await jobbox(["ps", "--json", "${MARKER}"])).out);
const watched = processes.map(({ pid }) => watchProcess(pid));
console.log("watching " + watched.length);
console.log("gone " + watched.filter((process) => hasEnded(process, 20_000)).length);
await run.end();
`;

/** The Linux process of the tool's deno.exe. */
function findTool(): number {
  const found: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    let line = "";
    try {
      line = Deno.readTextFileSync(`/proc/${name}/cmdline`);
    } catch {
      // It ended while the list was read.
    }
    if (line.includes("cli.ts\0run\0") && line.includes(MARKER)) found.push(Number(name));
  }
  assertEquals(found.length, 1);
  return found[0]!;
}

Deno.test("jobbox run: SIGKILL of the tool's process leaves no process of its tree", async () => {
  const file = "tools/host/build/killed_watcher.ts";
  await Deno.mkdir("tools/host/build", { recursive: true });
  await Deno.writeTextFile(file, WATCHER.replaceAll("./tests/", "../../../tests/"));
  try {
    await using watcher = new DenoProcess(
      ["run", "-A", "tools/host/main.ts", "run", "-A", "--no-check", file],
    );
    assertEquals(await watcher.line("watching"), "watching 3");
    Deno.kill(findTool(), "SIGKILL");
    assertEquals(await watcher.line("gone"), "gone 3");
    const { code } = await watcher.end();
    assert(code === 0);
  } finally {
    await Deno.remove(file);
  }
});
