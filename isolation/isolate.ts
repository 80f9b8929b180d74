/**
 * Turns a caller's request into a recipe.
 *
 * @module
 */
import { currentEnvironment } from "../process/start/environment.ts";
import type { WantedStart } from "../process/spawn_options.ts";
import { defined } from "../values/defined.ts";
import { containerSid } from "./capabilities.ts";
import { ownMaker } from "./entries.ts";
import { containerName } from "./journal_format.ts";
import type { Isolation, IsolationName } from "./isolation.ts";
import { checkProgram } from "./program_alias.ts";
import { Recipe } from "./recipe.ts";
import { AdminWork } from "./rows/admin.ts";
import { ContainerWork } from "./rows/container.ts";
import { DesktopWork } from "./rows/desktop.ts";
import { EnvironmentWork } from "./rows/environment.ts";
import { checkLevels, IntegrityWork } from "./rows/integrity.ts";
import { MitigationsWork } from "./rows/mitigations.ts";
import { PrivilegesWork } from "./rows/privileges.ts";
import { ProtectWork } from "./rows/protect.ts";
import { TempWork } from "./rows/temp.ts";
import { ISOLATION_ROWS } from "./table.ts";
import { openOwnToken, readToken } from "./token.ts";
import type { TokenFacts } from "./token_facts.ts";
import type { ProtectedJob, Work } from "./work.ts";

/** Where a process is started. */
export interface IsolatedPlace {
  /** The job. */
  readonly job: ProtectedJob;
  /** Restrictions to leave out, so that a test can see the gates refuse. */
  readonly leaveOut?: ReadonlySet<IsolationName>;
  /** Whether nothing is to be made that others see: no container, and no right to a folder. */
  readonly isRehearsal?: boolean;
}

type Makers = {
  readonly [N in IsolationName]: (value: NonNullable<Isolation[N]>, world: World) => Work;
};

interface World {
  readonly own: TokenFacts;
  readonly isolation: Isolation;
  readonly start: WantedStart;
  readonly job: ProtectedJob;
  readonly isRehearsal: boolean;
  /** The name of the container; absent for none. */
  readonly containerName: string | undefined;
}

function newContainerName(): string {
  return containerName(ownMaker(), crypto.getRandomValues(new Uint8Array(8)));
}

/** Whether the registry and the user's desktop are closed by more than the groups. */
function isLowered({ container, integrity }: Isolation): boolean {
  return integrity !== undefined || container !== undefined;
}

const MAKERS: Makers = {
  admin: (_, { isolation, own }) => new AdminWork(own, isLowered(isolation)),
  privileges: (names, { own }) => new PrivilegesWork(own, names),
  environment: (patterns, { isolation, start }) =>
    new EnvironmentWork(currentEnvironment(), {
      given: start.options.env ?? {},
      patterns,
      isContained: isolation.container !== undefined,
    }),
  temp: (_, { isolation }) => new TempWork(isolation.integrity !== undefined),
  protect: (_, { job, own }) => new ProtectWork(own, job),
  integrity: () => new IntegrityWork(),
  desktop: (_, { containerName, isolation, own }) =>
    new DesktopWork(own, {
      isLow: isLowered(isolation),
      container: containerName && containerSid(containerName),
    }),
  mitigations: (wanted) => new MitigationsWork(wanted),
  container: (wanted, { containerName, isRehearsal, own }) =>
    new ContainerWork(own, { wanted, isRehearsal, name: containerName! }),
};

/**
 * Creates the recipe of a start: the first gate. Nothing is started.
 *
 * @param isolation The requested restrictions, as `readIsolation()` returns them.
 * @param start The program and its options.
 * @param place The job.
 * @returns The recipe, to be disposed of when the process is not started.
 * @throws {IsolationNotAppliedError} If something is not in force before the start.
 * @throws {UnsupportedPlatformError} If the system lacks something.
 * @throws {Win32Error} If the system refuses something.
 */
export function isolate(isolation: Isolation, start: WantedStart, place: IsolatedPlace): Recipe {
  using own = openOwnToken();
  using undo = new DisposableStack();
  const facts = readToken(own.value);
  const world: World = {
    own: facts,
    isolation,
    start,
    ...place,
    isRehearsal: place.isRehearsal === true,
    containerName: isolation.container && newContainerName(),
  };
  if (isolation.integrity !== undefined) checkLevels(own.value);
  const works = ISOLATION_ROWS.flatMap(({ name }) => {
    const value = isolation[name];
    return value === undefined ? [] : [undo.use(MAKERS[name](value as never, world))];
  });
  const recipe = new Recipe({
    own: { handle: own, facts },
    works,
    env: start.options.env ?? {},
    clearEnv: start.options.clearEnv ?? false,
    ...defined({ leaveOut: place.leaveOut }),
  });
  undo.move();
  return recipe;
}

/**
 * The start as the recipe wants it.
 *
 * @param start The program and its options.
 * @param recipe The recipe.
 * @returns The start with the recipe's variables.
 */
export function withRecipe(start: WantedStart, { clearEnv, env }: Recipe): WantedStart {
  return { ...start, options: { ...start.options, env, clearEnv } };
}

/**
 * Refuses a program that cannot be started with fewer rights, before anything is made.
 *
 * @param program The program's full path.
 * @param isolation The requested restrictions.
 * @throws {IsolationNotAppliedError} If it is an alias of a packaged program, or for a container a
 * file of another user.
 * @throws {Win32Error} If the system does not say.
 */
export function checkStart(program: string, isolation: Isolation): void {
  const { name } = ISOLATION_ROWS.find(({ name }) => isolation[name] !== undefined)!;
  using own = openOwnToken();
  if (isolation.container === undefined) return checkProgram(program, name);
  checkProgram(program, "container", readToken(own.value));
}
