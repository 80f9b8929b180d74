/**
 * One Wine that several runs share, so that they see each other's jobs as on Windows.
 *
 * The first run starts a keeper: a shell that is the first process of a namespace, starts
 * wineserver and Wine's services there, and then only waits. Every run, including the first one,
 * enters that namespace. So no run owns anything that another run needs, no matter which ends
 * first. The session is coordinated with kernel locks, which are released when their holders end,
 * however they end:
 *
 * - `lock` is held while a run joins, and by the keeper while it decides to end;
 * - `keeper` is held by the keeper;
 * - `users` is shared by all runs; the keeper waits until it has it exclusively;
 * - `server` is held by wineserver;
 * - `alive` is inherited by the keeper, wineserver and the services;
 * - `places/N/lock` is held by a run, and then by the warden that kills what the run left;
 * - `places/N/alive` is inherited by every process of that run.
 *
 * @module
 */

import { CacheLock, cacheRoot, makeFolder } from "./cache.ts";
import { run, tellingLine } from "./command.ts";
import type { Entrance } from "./enter.ts";
import { suitingVariables, wineVariables } from "./environment.ts";
import { HostError } from "./host_error.ts";
import { isServed, makePrefix, placeOf, prefixId, type Slot, waitUntilUnused } from "./prefix.ts";
import { holdersOf, holds, killHolders } from "./processes.ts";
import type { Wine } from "./rootfs.ts";
import { KEEPER, KEEPER_FD, WARDEN } from "./session_scripts.ts";

/** How long the keeper may take to start Wine. */
const STARTING_MS = 60_000;

/**
 * How long a session without a run is kept, so that the next run need not start Wine. It can take
 * up to twice as long: if a run came and went in the meantime, the time starts again.
 */
const LINGER_S = 5;

/** For tests only: a separate session, and how many seconds it is kept without a run. */
const OWN_SESSION = "JOBBOX_TEST_HOST_SESSION";
const OWN_LINGER = "JOBBOX_TEST_HOST_LINGER";

/**
 * Joins this user's session; makes it if there is none.
 *
 * @param wine The Wine to run.
 * @param entrance The way to run it.
 * @returns This run's place in the session.
 * @throws {HostError} If the session cannot be started.
 */
export async function joinSession(wine: Wine, entrance: Entrance): Promise<Slot> {
  const folder = sessionFolder(wine, entrance);
  makeFolder(`${folder}/places`);
  const prefix = `${folder}/prefix`;
  using held = new DisposableStack();
  {
    // In the meantime no other run starts a session, and this one does not end.
    using _joining = await CacheLock.take(`${folder}/lock`);
    const [kept, served] = [isKept(folder), isServed(`${folder}/server`)];
    // Processes left without a server wait for it for ever.
    if (kept && !served) killHolders(`${folder}/alive`);
    if (!kept || !served) await startKeeper(folder, { wine, entrance, prefix });
    held.use(await CacheLock.share(`${folder}/users`));
    // The time without a run starts again, even if this run is over before the keeper checks.
    Deno.utimeSync(`${folder}/users`, new Date(), new Date());
  }
  const keeper = findKeeper(folder);
  const joined: Entrance = {
    ...entrance,
    command: (program, cwd) => entrance.join(program, { cwd, keeper }),
  };
  const place = held.use(takePlace(`${folder}/places`));
  // Independent of any run and terminal: it acts when this process is gone.
  const { code, stderr } = await run(
    joined.command(["setsid", "--fork", "sh", "-c", WARDEN, "jobbox-warden", place.folder], "/"),
    { cwd: "/" },
  );
  if (code !== 0) {
    throw new HostError(
      `Cannot enter the Wine session of process ${keeper}: ${tellingLine(stderr)}`,
      "run it again",
    );
  }
  const mine = held.move();
  return {
    prefix,
    ...placeOf(place.folder, { file: `${folder}/server`, isOwn: false }),
    entrance: joined,
    [Symbol.dispose]: () => mine.dispose(),
  };
}

/** A session is specific to a way and a Wine. */
function sessionFolder(wine: Wine, entrance: Entrance): string {
  const own = Deno.env.get(OWN_SESSION);
  return `${cacheRoot()}/session-${own ? `${own}-` : ""}${prefixId(wine)}-${entrance.way}`;
}

function isKept(folder: string): boolean {
  const free = CacheLock.tryTake(`${folder}/keeper`);
  free?.[Symbol.dispose]();
  return free === undefined;
}

async function startKeeper(
  folder: string,
  { wine, entrance, prefix }: {
    readonly wine: Wine;
    readonly entrance: Entrance;
    readonly prefix: string;
  },
): Promise<void> {
  await makePrefix(prefix, { wine, entrance });
  await waitUntilUnused(prefix, { alive: `${folder}/alive`, entrance });
  const linger = Deno.env.get(OWN_LINGER) ?? String(LINGER_S);
  const script = ["sh", "-c", KEEPER, "jobbox-keeper", folder, linger, entrance.way];
  const child = new Deno.Command("setsid", {
    // Nothing from the run that happens to be first: not its folder, terminal, pipes or variables,
    // and not its process tree. Ending everything that one run has started must not end the others.
    args: ["--fork", "flock", "--no-fork", `${folder}/alive`, ...entrance.stay(script, "/")],
    cwd: "/",
    env: { ...ownVariables(), ...wineVariables(prefix) },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const late = setTimeout(() => killHolders(`${folder}/alive`), STARTING_MS);
  const stdout = child.stdout.getReader();
  const { done } = await stdout.read();
  clearTimeout(late);
  if (done) {
    throw new HostError(
      `Cannot start the Wine session: ${tellingLine(await child.stderr.text())}`,
      "run it again, and without --shared if it fails again",
    );
  }
  await child.status;
  await Promise.all([stdout.cancel(), child.stderr.cancel()]);
}

function ownVariables(): Record<string, string> {
  const names = ["PATH", "HOME", "USER", "LOGNAME"];
  const suiting = suitingVariables(Deno.env.toObject());
  return Object.fromEntries(Object.entries(suiting).filter(([name]) => names.includes(name)));
}

/** Scanning all processes is slow compared with a run of half a second, so the result is kept. */
function findKeeper(folder: string): number {
  const file = `${folder}/keeper`;
  const answer = `${folder}/keeper-process`;
  const known = readNumber(answer);
  if (known !== undefined && holds(known, { descriptor: KEEPER_FD, file })) return known;
  const [found] = holdersOf(file);
  if (found === undefined) {
    throw new HostError("Cannot enter the Wine session: its keeper was killed", "run it again");
  }
  Deno.writeTextFileSync(answer, String(found));
  return found;
}

function readNumber(path: string): number | undefined {
  try {
    return Number(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * A place is free if no run holds it, no warden clears it, and it has no process of an earlier run.
 */
function takePlace(places: string): Disposable & { readonly folder: string } {
  for (let number = 0;; number++) {
    const folder = `${places}/${number}`;
    makeFolder(folder);
    const lock = CacheLock.tryTake(`${folder}/lock`);
    if (lock === undefined) continue;
    const unused = CacheLock.tryTake(`${folder}/alive`);
    unused?.[Symbol.dispose]();
    if (unused) return { folder, [Symbol.dispose]: () => lock[Symbol.dispose]() };
    lock[Symbol.dispose]();
  }
}
