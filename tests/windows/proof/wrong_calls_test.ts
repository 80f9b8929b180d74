/**
 * Every public function, called with every kind of wrong value in each of its places, and on what is
 * closed: a typed error or the right result, and nothing left.
 */
import "../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import * as face from "../../../mod.ts";
import { JobObject } from "../../../mod.ts";
import { exitWatch } from "../../../process/exit/exit_watch.ts";
import { completionPort } from "../../../process/io/completion_port.ts";
import { startChild, within } from "../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import {
  type Call,
  CALLS,
  CHILD_CALLS,
  JOB_CALLS,
  type World,
  WRONG_VALUES,
} from "../../helpers/public_calls.ts";

/** Every function, method and getter that the exports have. */
function members(): string[] {
  return Object.entries(face).flatMap(([name, value]) => {
    if (typeof value !== "function") return [];
    const prototype = value.prototype as object;
    const own = (holder: object, prefix: string): string[] =>
      Reflect.ownKeys(holder).filter((key) =>
        !["length", "name", "prototype", "constructor"].includes(String(key))
      ).map((key) => `${prefix}${typeof key === "symbol" ? `[${key.description}]` : key}`);
    return [`new ${name}`, ...own(value, `${name}.`), ...own(prototype, `${name}#`)];
  });
}

/** The errors that the documentation names. */
const TYPED = [
  TypeError,
  RangeError,
  face.Win32Error,
  face.AlreadyClosedError,
  face.NotRegisteredError,
  face.UnsupportedPlatformError,
  Deno.errors.NotFound,
  Deno.errors.IsADirectory,
  Deno.errors.NotADirectory,
];

/** What a call came to: `"ok"`, the name of a typed error, or what is wrong with it. */
async function outcome(call: () => unknown): Promise<string> {
  try {
    const result = await within(Promise.resolve(call()), "the call");
    if (result instanceof face.JobObject) result.close();
    if (result instanceof face.ChildProcess) await within(result[Symbol.asyncDispose](), "its end");
    return "ok";
  } catch (error) {
    if (!(error instanceof Error)) return `WRONG: threw ${String(error)}`;
    const { message, name } = error;
    const isTyped = error instanceof DOMException && name === "AbortError" ||
      TYPED.some((type) => error instanceof type);
    const isAccident = /Cannot read prop|is not a function|is not iterable|undefined \(|convert a/
      .test(message);
    if (!isTyped || isAccident || message.length > 2_000) return `WRONG: ${error.stack}`;
    return name;
  }
}

async function tryCalls(
  calls: Readonly<Record<string, Call>>,
  values: Readonly<Record<string, unknown>>,
): Promise<{ count: number; wrong: string[] }> {
  const job = JobObject.create({ killOnClose: true, notifications: true });
  const child = startChild(job, "sleepforever", { stdout: "piped", stdin: "piped" });
  let spare = startChild(job, "sleepforever");
  const victim = async () => {
    if (!job.pids().includes(spare.pid)) {
      await within(spare[Symbol.asyncDispose](), "the end of the one before");
      spare = startChild(job, "sleepforever");
    }
    return spare;
  };
  const world: World = { job, child, victim };
  const wrong: string[] = [];
  let count = 0;
  for (const [name, { places, accepts }] of Object.entries(calls)) {
    for (const [place, use] of Object.entries(places)) {
      for (const [what, value] of Object.entries(values)) {
        count++;
        const result = await outcome(() => use(world, value as never));
        const allowed = accepts?.[place] ?? [];
        const isWrong = result === "ok" ? !allowed.includes(what) : result.startsWith("WRONG");
        if (isWrong) wrong.push(`${name} ${place}=${what}: ${result}`);
        if (result !== "ok" && allowed.includes(what)) {
          wrong.push(`${name} ${place}=${what} refused: ${result}`);
        }
      }
    }
  }
  for (const each of [child, spare]) await within(each[Symbol.asyncDispose](), "a child's end");
  job.close();
  return { count, wrong };
}

Deno.test("public calls: each member of the exports is in the table, or needs no argument", () => {
  assertEquals(Object.keys(CALLS).toSorted(), members().toSorted());
});

Deno.test("public calls: a wrong value is refused with a typed error, and leaves nothing", async () => {
  const before = [completionPort.refs, completionPort.sources, exitWatch.size];
  let told = { count: 0, wrong: [] as string[] };
  await assertNoHandleLeft(
    async () => {
      told = await tryCalls(CALLS, WRONG_VALUES);
      await within(completionPort.idle(), "the port's rest");
      completionPort.drain();
    },
    "the wrong calls",
    { late: true },
  );
  assertEquals(told.wrong, []);
  assertEquals([completionPort.refs, completionPort.sources, exitWatch.size], before);
  // deno-lint-ignore no-console -- the count is stated
  console.log(`public calls: ${told.count} wrong values`);
  assert(told.count > 1_000);
});

/** The names in a table of members. */
function membersOf(kind: string): string[] {
  return members().filter((name) => name.startsWith(`${kind}#`)).map((name) =>
    name.slice(kind.length + 1)
  ).toSorted();
}

async function results<T>(
  calls: Readonly<Record<string, (on: T) => unknown>>,
  on: T,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, call] of Object.entries(calls)) found[name] = await outcome(() => call(on));
  return found;
}

Deno.test("public calls: a closed job refuses every call but a second close", async () => {
  assertEquals(Object.keys(JOB_CALLS).toSorted(), membersOf("JobObject"));
  const job = JobObject.create({ notifications: true });
  job.close();
  const found = await results(JOB_CALLS, job);
  const works = ["closed", "close", "[Symbol.dispose]", "[Symbol.asyncDispose]"];
  assertEquals(
    found,
    Object.fromEntries(
      Object.keys(JOB_CALLS).map((name) => [
        name,
        works.includes(name) ? "ok" : "AlreadyClosedError",
      ]),
    ),
  );
});

Deno.test("public calls: an ended and disposed child reports that it has ended", async () => {
  assertEquals(Object.keys(CHILD_CALLS).toSorted(), membersOf("ChildProcess"));
  using job = JobObject.create({ killOnClose: true });
  const child = startChild(job, "exit 3", { stdout: "piped" });
  await within(child.status, "its end");
  await child[Symbol.asyncDispose]();
  assertEquals(await results(CHILD_CALLS, child), {
    stdin: "TypeError",
    stdout: "ok",
    stderr: "TypeError",
    output: "ok",
    kill: "TypeError",
    stop: "ok",
    usage: "ok",
    resume: "TypeError",
    ref: "ok",
    unref: "ok",
    "[Symbol.asyncDispose]": "ok",
  });
  assertEquals((await child.status).code, 3);
});
