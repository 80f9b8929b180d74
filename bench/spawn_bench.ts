/**
 * Starting a child with three pipes and waiting for its end, compared with `Deno.Command` in the same run.
 * Needs the test's child program: run the tests once before, so that it is built.
 *
 *     deno bench -A bench/spawn_bench.ts
 */
import { JobObject } from "../mod.ts";

const CHILD = new URL("../tests/children/build/child.exe", import.meta.url);
const PIPED = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;

const job = JobObject.create({ killOnClose: true });

interface Child {
  readonly stdin: WritableStream<Uint8Array>;
  output(): Promise<{ success: boolean }>;
}

async function run(child: Child): Promise<void> {
  await child.stdin.close();
  if (!(await child.output()).success) throw new Error("Cannot measure: the child failed");
}

const SIDES: { readonly [name: string]: (args: string[]) => Child } = {
  "job.spawn": (args) => job.spawn(CHILD, { args, ...PIPED }),
  "Deno.Command": (args) => new Deno.Command(CHILD, { args, ...PIPED }).spawn(),
};

for (const [name, start] of Object.entries(SIDES)) {
  const baseline = name === "Deno.Command";
  Deno.bench(
    { name: `${name}, one after the other`, group: "one", baseline },
    async () => await run(start(["exit", "0"])),
  );
  Deno.bench(
    { name: `${name}, twenty at once`, group: "twenty", baseline, n: 10, warmup: 1 },
    async () => {
      await Promise.all(Array.from({ length: 20 }, () => run(start(["exit", "0"]))));
    },
  );
}
