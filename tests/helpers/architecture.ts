/**
 * The rules of the source tree. Each takes the facts and returns one line a violation, so that it
 * is tried on trees made up to break it.
 */
import type { Module } from "./deno_info.ts";
import type { Fact, FactKind } from "./source_facts.ts";

/** A module and what its syntax tree says. */
export interface Source extends Module {
  /** The facts of its text. */
  readonly facts: readonly Fact[];
}

const FFI_FLOORS: ReadonlyMap<string, number> = new Map([
  ...["dll", "scalars", "strings", "struct", "struct_types", "types", "unsupported_platform"].map((
    name,
  ) => [name, 0] as const),
  ...["constants", "error_codes", "functions", "library_types", "structs"].map((name) =>
    [name, 1] as const
  ),
  ...["security_constants", "security_functions", "security_structs"].map((name) =>
    [name, 1] as const
  ),
  ...["error", "handle", "library"].map((name) => [name, 2] as const),
  // An entry like mod.ts: nothing of ours goes through it.
  ["mod", 6],
]);

/** Floors 0 and 1: pure whatever their tests are. */
const LAST_PURE_FLOOR = 1;

/** The highest floor that is all library, without the tool. */
const LIBRARY_FLOOR = 6;

/**
 * The floor of a file: 0 leaves and `values/`, 1 tables, 2 calls into the kernel, 3 `process/`,
 * 4 `isolation/`, 5 `job/`, 6 entries, 7 the tool.
 *
 * @param path The path below the project's root.
 * @returns The floor; absent where the layout has no place for the file.
 */
export function floorOf(path: string): number | undefined {
  const ffi = /^ffi\/(\w+)\.ts$/.exec(path);
  if (ffi !== null) return FFI_FLOORS.get(ffi[1]!);
  if (/^values\/\w+\.ts$/.test(path)) return 0;
  if (/^process\/(\w+\/)?\w+\.ts$/.test(path)) return 3;
  if (/^isolation\/(\w+\/)?\w+\.ts$/.test(path)) return 4;
  if (/^job\/(\w+\/)?\w+\.ts$/.test(path)) return 5;
  if (path === "mod.ts") return 6;
  if (path === "cli.ts" || /^cli\/(\w+\/)*\w+\.ts$/.test(path)) return 7;
  return undefined;
}

/** Imports go to the same floor or a lower one, and leave the project only where that is allowed. */
export function wrongArrows(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, imports }) => {
    const floor = floorOf(path);
    if (floor === undefined) return [`${path}: the layout has no floor for it`];
    return imports.flatMap(({ to }) => {
      const target = floorOf(to);
      if (target !== undefined) {
        return target <= floor ? [] : [`${path}: imports ${to} of a higher floor`];
      }
      const allowed = floor > LIBRARY_FLOOR &&
        (to === "deno.json" || /^(jsr:\/?)?@std\/(async|cli|text)(@|\/|$)/.test(to) ||
          /^file:.*\/std-[^/]*\/(async|cli|text)\//.test(to));
      return allowed ? [] : [`${path}: imports ${to} from outside`];
    });
  });
}

/** The tool's one door to the floors below the module's face: an entry, and a room of its own. */
export const DOOR = "cli/windows.ts";

/** The room of a file: its folder; what calls the kernel is a room of its own. */
export function roomOf(path: string): string {
  if (/^ffi\/(dll|library|handle)\.ts$/.test(path)) return "kernel";
  if (path === DOOR) return path;
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : path;
}

/** Each room imports from the rooms that it is said to, and from no other. */
export function wrongRooms(
  sources: readonly Source[],
  allowed: { readonly [room: string]: readonly string[] },
): string[] {
  const known = new Set(sources.map(({ path }) => path));
  return sources.flatMap(({ path, imports }) => {
    const room = roomOf(path);
    return imports.flatMap(({ to }) => {
      const target = roomOf(to);
      if (!known.has(to) || target === room || allowed[room]?.includes(target)) return [];
      return [`${path}: imports ${to}, and ${room} must not import from ${target}`];
    });
  });
}

/** No file imports itself through others; types do not count. */
export function cycles(sources: readonly Source[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      found.push(`${[...trail.slice(start), path].join(" -> ")}: a circle of imports`);
      return;
    }
    if (done.has(path)) return;
    for (const { to, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (!typeOnly) visit(to, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  return found;
}

/** The files that name no value of `Deno`, nor does anything that they load. */
export function pureFiles(sources: readonly Source[]): Set<string> {
  const pure = new Set(
    sources.filter(({ facts }) => !facts.some(({ kind }) => kind === "impure"))
      .map(({ path }) => path),
  );
  const known = new Set(sources.map(({ path }) => path));
  for (let before = -1; before !== pure.size;) {
    before = pure.size;
    for (const { path, imports } of sources) {
      const loads = imports.filter(({ to, typeOnly }) => !typeOnly && known.has(to));
      if (loads.some(({ to }) => !pure.has(to))) pure.delete(path);
    }
  }
  return pure;
}

function stem(path: string): string {
  // A worker is a part of the file that starts it, and tested with it.
  return path.replace(/(_worker)?\.ts$/, "");
}

/**
 * Pure files stay pure: those of the two lowest floors, those of `pure`, and, where only a test
 * without permissions stands beside it, any other file of the library.
 */
export function impurities(
  sources: readonly Source[],
  tests: readonly string[],
  pure: readonly string[],
): string[] {
  const there = new Set(tests);
  const isPure = pureFiles(sources);
  const paths = new Set(sources.map(({ path }) => path));
  const stale = pure.filter((path) => !paths.has(path));
  return [
    ...stale.map((path) => `${path}: is listed as pure and not in the tree`),
    ...sources.flatMap(({ path }) => {
      const floor = floorOf(path) ?? 0;
      const mustBe = floor <= LAST_PURE_FLOOR || pure.includes(path) ||
        floor < LIBRARY_FLOOR && there.has(`tests/${stem(path)}_test.ts`) &&
          !there.has(`tests/windows/${stem(path)}_test.ts`);
      if (!mustBe || isPure.has(path)) return [];
      return [`${path}: must be pure, and names Deno or loads a file that does`];
    }),
  ];
}

/** A fact that only one place may have has that place, and it alone. */
export function wrongSoleUse(sources: readonly Source[], kind: FactKind, owner: string): string[] {
  const uses = sources.flatMap(({ path, facts }) =>
    facts.filter((fact) => fact.kind === kind).map(() => path)
  );
  if (uses.length === 1 && uses[0] === owner) return [];
  return [`${kind}: must be used once, in ${owner}, and is used in [${uses.join(", ")}]`];
}

/** Every file of which something is left at run time has a test at its own place. */
export function untested(sources: readonly Source[], tests: readonly string[]): string[] {
  const there = new Set(tests);
  return sources.flatMap(({ path, facts }) => {
    if (facts.length === 0 || path === DOOR) return [];
    const places = ["tests", "tests/windows", "tests/bare"];
    if (places.some((place) => there.has(`${place}/${stem(path)}_test.ts`))) return [];
    return [`${path}: has no test at tests/${stem(path)}_test.ts or below tests/windows/`];
  });
}

/** Every test of the two mirrored rings is of a file that is there. */
export function orphanTests(sources: readonly Source[], tests: readonly string[]): string[] {
  const stems = new Set(sources.map(({ path }) => stem(path)));
  return tests.flatMap((test) => {
    const of =
      /^tests\/(?:windows\/)?((?:values|ffi|process|isolation|job)\/(?:\w+\/)*\w+)_test\.ts$/.exec(
        test,
      );
    return of === null || stems.has(of[1]!) ? [] : [`${test}: there is no ${of[1]}.ts`];
  });
}

/** Only the entries re-export other modules' values wholesale. */
export function strayBarrels(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, facts }) => {
    if (["mod.ts", "ffi/mod.ts", DOOR].includes(path)) return [];
    const barrel = facts.some(({ kind }) => kind === "re-export") &&
      !facts.some(({ kind }) => kind === "statement");
    return barrel ? [`${path}: is a barrel`] : [];
  });
}

/** Names that say nothing, and names in another case than the rest. */
export function badNames(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const parts = path.replace(/^tests\/helpers\//, "").split("/");
    const vague = parts.some((part) =>
      /(^|_)(utils?|common|misc|helpers?)(_|\.|$)/.test(part.toLowerCase())
    );
    const cased = /\.(ts|c|h)$/.test(path) && !/^[a-z0-9_]+(\.d)?\.\w+$/.test(parts.at(-1)!);
    return [
      ...(vague ? [`${path}: says nothing of what it holds`] : []),
      ...(cased ? [`${path}: is not in snake_case`] : []),
    ];
  });
}

/** Everything that an entry loads lies in the project. */
export function remoteImports(sources: readonly Source[], entry: string): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const seen = new Set<string>();
  const found: string[] = [];
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { to } of byPath.get(path)?.imports ?? []) {
      if (byPath.has(to)) visit(to);
      else found.push(`${path}: ${entry} must load nothing from outside, and this loads ${to}`);
    }
  };
  if (!byPath.has(entry)) return [`${entry}: is not in the tree`];
  visit(entry);
  return found;
}

/** Texts that no file may hold. */
export function forbiddenTexts(
  files: ReadonlyMap<string, string>,
  texts: readonly string[],
): string[] {
  return [...files].flatMap(([path, text]) =>
    texts.filter((forbidden) => text.includes(forbidden))
      .map((forbidden) => `${path}: holds ${JSON.stringify(forbidden)}`)
  );
}

/** What a door offers and nobody of its own floor takes. */
export function unusedExports(sources: readonly Source[], door: string): string[] {
  const source = sources.find(({ path }) => path === door);
  if (source === undefined) return [`${door}: is not in the tree`];
  const offered = [...source.source.matchAll(/^export \{([^}]*)\}/gm)]
    .flatMap(([, list]) => list!.split(",").map((name) => name.trim().replace(/^type /, "")))
    .filter((name) => name !== "");
  const folder = door.slice(0, door.lastIndexOf("/") + 1);
  const others = sources.filter(({ path }) => path !== door && path.startsWith(folder));
  return offered.filter((name) => !others.some((other) => takes(other, door, name)))
    .map((name) => `${door}: offers ${name}, and nobody takes it`);
}

function takes({ imports, source }: Source, door: string, name: string): boolean {
  return imports.some(({ to }) => to === door) && new RegExp(`\\b${name}\\b`).test(source);
}
