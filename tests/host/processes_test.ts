import { assertEquals } from "@std/assert";
import { holdersOf, holds, killHolders, parentOf, parseStat } from "../../tools/host/processes.ts";

Deno.test("parseStat: the name may hold brackets and spaces", () => {
  const line = `42 (a) S 1 (b) S 7 8 9 ${"0 ".repeat(15)}123 0\n`;
  assertEquals(parseStat(line), { parent: 7, started: 123 });
});

Deno.test("parentOf: is the process that started another, and undefined once that has ended", async () => {
  const child = new Deno.Command("sleep", { args: ["60"], stdin: "null" }).spawn();
  assertEquals(parentOf(child.pid), Deno.pid);
  child.kill("SIGKILL");
  await child.status;
  assertEquals(parentOf(child.pid), undefined);
});

Deno.test("parseStat: any other text is undefined", () => {
  assertEquals(parseStat("nothing"), undefined);
});

Deno.test("holdersOf: finds a process whose first thread has ended", async () => {
  const file = await Deno.makeTempFile();
  // The system call "exit" ends the calling thread only; Deno has others.
  const script = `Deno.openSync(Deno.args[0]);
    const libc = Deno.dlopen("libc.so.6", {
      syscall: { parameters: ["i64", "i64"], result: "i64" },
    });
    libc.symbols.syscall(60n, 0n);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", script, file],
    stdin: "null",
    stderr: "null",
  }).spawn();
  const state = (): string | undefined =>
    /^State:\s(\w)/m.exec(Deno.readTextFileSync(`/proc/${child.pid}/status`))?.[1];
  const end = performance.now() + 10_000;
  // Linux has no event for it.
  while (state() !== "Z" && performance.now() < end) await new Promise((go) => setTimeout(go, 20));
  assertEquals([state(), holdersOf(file)], ["Z", [child.pid]]);
  killHolders(file);
  await child.status;
  assertEquals(holdersOf(file), []);
  await Deno.remove(file);
});

Deno.test("holdersOf: finds the processes that have the file open, oldest first, and no other", async () => {
  const file = await Deno.makeTempFile();
  const start = (script: string): Deno.ChildProcess =>
    new Deno.Command("sh", { args: ["-c", script, "sh", file], stdin: "piped", stdout: "piped" })
      .spawn();
  const holding = 'exec 9<"$1"; echo ready; read line || :';
  const children = [start(holding)];
  try {
    const ready = async (child: Deno.ChildProcess): Promise<void> => {
      const reader = child.stdout.getReader();
      assertEquals(new TextDecoder().decode((await reader.read()).value), "ready\n");
      await reader.cancel();
    };
    await ready(children[0]!);
    children.push(start(holding), start("echo ready; read line || :"));
    await Promise.all(children.slice(1).map(ready));
    assertEquals(holdersOf(file), [children[0]!.pid, children[1]!.pid]);
    assertEquals(children.map(({ pid }) => holds(pid, { descriptor: 9, file })), [
      ...[true, true, false],
    ]);
    assertEquals(holds(children[0]!.pid, { descriptor: 0, file }), false);
  } finally {
    for (const child of children) await child.stdin.close();
    for (const child of children) await child.status;
  }
  assertEquals(holdersOf(file), []);
  await Deno.remove(file);
});
