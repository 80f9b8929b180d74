/**
 * Breaks the tables and decisions of the module one at a time, in copies, and tells which faults no
 * test notices:
 * `deno task mutate [--minutes N] [--seed S] [--verdicts FILE] [--windows] [--sample N] [FILE…]`
 *
 * A fault meets the tests that import its file first, then every test of the ring pure that loads
 * it. With `--windows` it meets tests of the ring windows instead, which show that it matters to a
 * kernel: that takes half a minute for each, so `--sample` bounds their number. With `--verdicts` a
 * fault that was noticed or hung is not tried again. A fault with which the tests do not end is
 * counted apart: no test says what is wrong, but a suite that does not end has not passed either.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { Random } from "../../tests/helpers/random.ts";
import { KNOWN_EQUIVALENTS } from "./known_equivalents.ts";
import { MutationRoom, type Outcome } from "./mutation_room.ts";
import { positiveInteger, print } from "./trial.ts";
import { type Fault, faultsOf, type Verdict, Verdicts } from "./verdicts.ts";

const OF_LIMITS = ["tests/windows/effects/limits_test.ts", "tests/windows/job/limits"];
const OF_NOTIFICATIONS = ["tests/windows/effects/notification_limits_test.ts"];
const OF_ISOLATION = ["tests/windows/isolation/isolate_test.ts", "tests/windows/isolation/rows"];
const OF_RUNS = ["tests/windows/cli/run/run_test.ts"];

/** The files that are broken, with the tests of the ring windows that show what they do. */
const TARGETS: Readonly<Record<string, readonly string[]>> = {
  "job/limits/extended_limits.ts": OF_LIMITS,
  "job/limits/rate_limits.ts": OF_LIMITS,
  "job/limits/cpu_limit.ts": OF_LIMITS,
  "job/limits/table.ts": OF_LIMITS,
  "job/limits/change.ts": OF_LIMITS,
  "job/limits/reached.ts": OF_LIMITS,
  "job/notifications/table.ts": OF_NOTIFICATIONS,
  "job/notifications/codec.ts": OF_NOTIFICATIONS,
  "job/notifications/tolerance.ts": OF_NOTIFICATIONS,
  "isolation/table.ts": OF_ISOLATION,
  "isolation/read_isolation.ts": OF_ISOLATION,
  "isolation/token_facts.ts": ["tests/windows/isolation/token_test.ts", ...OF_ISOLATION],
  "isolation/mitigation_bits.ts": OF_ISOLATION,
  "cli/run/supervisor.ts": OF_RUNS,
  "cli/run/ending.ts": OF_RUNS,
  "cli/run/end_reason.ts": OF_RUNS,
  "process/exit/ended_by.ts": ["tests/windows/process/exit/exit_watch_test.ts"],
};

/** Which tests a fault meets, in this order. */
type Depth = "near" | "far" | "windows";

/** Tests of Windows share names and a server, so they run in one copy at a time. */
const LANES: { readonly [depth in Depth]: number } = { near: 2, far: 2, windows: 1 };

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items.map((item) => ({ item, at: random.int(2 ** 30) }))
    .toSorted((a, b) => a.at - b.at).map(({ item }) => item);
}

/** The tests that a fault of a file meets. */
function testsOf(room: MutationRoom, file: string, depth: Depth): readonly string[] {
  return depth === "windows" ? TARGETS[file]! : room.pureTests(file, depth);
}

function ringOf(depth: Depth): "pure" | "windows" {
  return depth === "windows" ? "windows" : "pure";
}

/** A test that fails without a fault would notice every fault. */
async function requireGreen(
  room: MutationRoom,
  files: readonly string[],
  depth: Depth,
): Promise<void> {
  const tests = [...new Set(files.flatMap((file) => testsOf(room, file, depth)))];
  const outcome = await room.try(tests, { ring: ringOf(depth) });
  if (outcome === "passed") return;
  throw new Error(`Cannot begin: without a fault the tests ${outcome} (${depth})`);
}

/** The faults that the tests of a depth do not notice. */
async function unnoticed(
  faults: readonly Fault[],
  { rooms, depth, end, tell }: {
    readonly rooms: readonly MutationRoom[];
    readonly depth: Depth;
    readonly end: number;
    /** Hears of each fault that was tried. */
    readonly tell: (fault: Fault, outcome: Outcome) => void;
  },
): Promise<Fault[]> {
  const left = faults.values();
  const found: Fault[] = [];
  await Promise.all(
    rooms.slice(0, LANES[depth]).map(async (room) => {
      for (const fault of left) {
        if (performance.now() > end) return;
        const tests = testsOf(room, fault.file, depth);
        const outcome = await room.try(tests, { ring: ringOf(depth), fault });
        if (outcome === "passed") found.push(fault);
        tell(fault, outcome);
      }
    }),
  );
  return found;
}

async function main(): Promise<number> {
  const args = parseArgs(Deno.args, {
    string: ["minutes", "sample", "seed", "verdicts"],
    boolean: ["windows"],
  });
  const minutes = positiveInteger("--minutes", args.minutes, 10);
  const seed = positiveInteger("--seed", args.seed, 1);
  const files = args._.length === 0 ? Object.keys(TARGETS) : args._.map(String);
  const unknown = files.find((file) => TARGETS[file] === undefined);
  if (unknown !== undefined) {
    throw new RangeError(
      `Cannot break "${unknown}": the files are ${Object.keys(TARGETS).join(", ")}`,
    );
  }
  const verdicts = new Verdicts(args.verdicts);
  await using stack = new AsyncDisposableStack();
  const rooms = [stack.use(await MutationRoom.make()), stack.use(await MutationRoom.make())];
  const [room] = rooms as [MutationRoom, ...MutationRoom[]];
  const depths: readonly Depth[] = args.windows ? ["windows"] : ["near", "far"];
  const all = shuffled(
    files.flatMap((file) => faultsOf(file, room.source(file))),
    new Random(seed),
  );
  const names = new Set(all.map(({ name }) => name));
  const stale = Object.keys(KNOWN_EQUIVALENTS).filter((known) =>
    files.some((file) => known.startsWith(`${file} `)) && !names.has(known)
  );
  if (stale.length > 0) throw new Error(`No such fault is known:\n${stale.join("\n")}`);
  const changing = all.filter(({ name }) => KNOWN_EQUIVALENTS[name] === undefined);
  const tried = changing.slice(0, positiveInteger("--sample", args.sample, changing.length));
  const judged = new Map<Fault, Verdict>();
  for (const fault of tried) {
    const known = verdicts.of(fault.name);
    if (known === "noticed" || known === "hung") judged.set(fault, known);
  }
  print(`mutate: ${tried.length} of ${all.length} faults in ${files.length} files, seed ${seed}`);
  const judge = (fault: Fault, verdict: Verdict) => {
    judged.set(fault, verdict);
    verdicts.add(fault.name, verdict);
  };
  const end = performance.now() + minutes * 60_000;
  let left = tried.filter((fault) => !judged.has(fault));
  for (const depth of depths) {
    if (left.length === 0 || performance.now() > end) break;
    await requireGreen(room, left.map(({ file }) => file), depth);
    left = await unnoticed(left, {
      rooms,
      depth,
      end,
      tell: (fault, outcome) => {
        if (outcome === "passed") print(`passes the tests (${depth}): ${fault.name}`);
        else judge(fault, outcome === "failed" ? "noticed" : "hung");
      },
    });
  }
  // Without time only those that met every test are survivors.
  if (performance.now() <= end) left.forEach((fault) => judge(fault, "survives"));
  const faultsThat = (verdict: Verdict): Fault[] =>
    [...judged].filter(([, found]) => found === verdict).map(([fault]) => fault);
  const [hung, survivors] = [faultsThat("hung"), faultsThat("survives")];
  for (const { line, name } of hung) print(`hung, line ${line}: ${name}`);
  for (const { line, name } of survivors) print(`survives, line ${line}: ${name}`);
  const open = tried.length - judged.size;
  print(
    `${faultsThat("noticed").length} of ${tried.length} faults noticed, ${hung.length} hung, ` +
      `${survivors.length} survive, ${all.length - changing.length} more change nothing, ` +
      `${open} not tried`,
  );
  return survivors.length === 0 && open === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exitCode = await main();
