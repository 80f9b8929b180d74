/**
 * What starts of children cost, and the bytes of their pipes.
 *
 * @module
 */
import { JobObject } from "../../mod.ts";
import { perTurn, type Row, type RowGroup, type Side } from "../measure.ts";
import { inC, type Programs } from "../programs.ts";

const STARTS = 10;
const BYTES = 64_000_000;
/** How much one call writes: a usual copy buffer, and a large one. */
const CHUNKS = [["64 kB", 64_000], ["1 MB", 1_000_000]] as const;

const PIPED = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
const NONE = { stdin: "null", stdout: "null", stderr: "null" } as const;

interface Streams {
  readonly stdin: "piped" | "null";
  readonly stdout: "piped" | "null";
  readonly stderr: "piped" | "null";
}

interface Child {
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array> & { text(): Promise<string> };
  readonly status: Promise<{ readonly success: boolean }>;
  output(): Promise<{ readonly success: boolean }>;
}

type Start = (args: string[], streams: Streams) => Child;

async function ended(child: Child): Promise<void> {
  if (!(await child.status).success) throw new Error("Cannot measure: the child failed");
}

async function read(child: Child): Promise<void> {
  await child.stdin.close();
  if (!(await child.output()).success) throw new Error("Cannot measure: the child failed");
}

/** One child after the other. */
const inTurn = (start: Start, piped: boolean) => (): Promise<number> =>
  perTurn(STARTS, async () => {
    const child = start(["exit", "0"], piped ? PIPED : NONE);
    await (piped ? read(child) : ended(child));
  });

/** Many at once; the time of one is that of all divided by their count. */
const together = (start: Start, count: number) => async (): Promise<number> => {
  const all = await perTurn(
    1,
    () => Promise.all(Array.from({ length: count }, () => read(start(["exit", "0"], PIPED)))),
  );
  return all / count;
};

/** Megabytes from a child; the clock starts with the first bytes. */
const received = (start: Start) => async (): Promise<number> => {
  const child = start(["write", String(BYTES)], { ...NONE, stdout: "piped" });
  let got = 0;
  let begin = 0;
  for await (const chunk of child.stdout) {
    if (got === 0) begin = performance.now();
    got += chunk.length;
  }
  const took = performance.now() - begin;
  await child.status;
  if (got !== BYTES) throw new Error(`Cannot measure: ${got} of ${BYTES} bytes came`);
  return took * 1e6 / (BYTES / 1e6);
};

/** Megabytes to a child; the clock starts after the first write. */
const sent = (start: Start, size: number) => async (): Promise<number> => {
  const chunk = new Uint8Array(size);
  const child = start(["discard"], { ...PIPED, stderr: "null" });
  const writer = child.stdin.getWriter();
  await writer.write(chunk);
  const begin = performance.now();
  let at = chunk.length;
  for (; at < BYTES; at += chunk.length) await writer.write(chunk);
  await writer.close();
  const got = Number(await child.stdout.text());
  const took = performance.now() - begin;
  await child.status;
  if (got !== at) throw new Error(`Cannot measure: ${got} of ${at} bytes arrived`);
  return took * 1e6 / (BYTES / 1e6);
};

/**
 * The rows of starts and pipes.
 *
 * @param programs The baselines and the child.
 * @returns The rows.
 */
export function startRows(programs: Programs): RowGroup {
  const { child } = programs;
  const job = JobObject.create({ killOnClose: true });
  const ours: Start = (args, streams) => job.spawn(child, { args, ...streams });
  const denos: Start = (args, streams) => new Deno.Command(child, { args, ...streams }).spawn();
  const own = (run: Side["run"]): Side => ({ name: "job.spawn", run });
  const deno = (run: Side["run"], aim: number) => ({ name: "`Deno.Command`", run, aim });
  const exit = [child, "exit", "0"];
  const rows = [
    {
      name: "start",
      work: "a child without pipes, from its start to its end",
      ours: own(inTurn(ours, false)),
      baselines: [
        deno(inTurn(denos, false), 0.95),
        inC(programs, ["spawn", STARTS, ...exit], { name: "C, the same attributes", aim: 1.15 }),
        inC(programs, ["spawnlarge", STARTS, ...exit], { name: "C, the same with 150 MB in use" }),
      ],
    },
    {
      name: "start-piped",
      work: "a child with three pipes, from its start to its end",
      ours: own(inTurn(ours, true)),
      baselines: [
        deno(inTurn(denos, true), 0.95),
        inC(programs, ["spawnpiped", STARTS, ...exit], { name: "C, the same attributes" }),
      ],
    },
    ...[20, 100].map((count): Row => ({
      name: `together-${count}`,
      work: `${count} children with three pipes, at once`,
      ours: own(together(ours, count)),
      baselines: [
        deno(together(denos, count), 0.7),
        inC(programs, ["together", count, ...exit], { name: "C, a thread each", aim: 1.1 }),
      ],
    })),
    {
      name: "receive",
      work: "64 MB from a child, per MB",
      ours: own(received(ours)),
      baselines: [deno(received(denos), 0.5)],
    },
    ...CHUNKS.map(([size, bytes]): Row => ({
      name: `send-${size.replace(" ", "").toLowerCase()}`,
      work: `64 MB to a child by ${size}, per MB`,
      ours: own(sent(ours, bytes)),
      baselines: [deno(sent(denos, bytes), 0.65)],
    })),
  ];
  return { rows, [Symbol.dispose]: () => job.close() };
}
