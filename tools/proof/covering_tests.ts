/**
 * The tests that run a source file: those that import it, near ones first.
 *
 * @module
 */
import { ringOf } from "../host/rings.ts";

/** Files that import each other: a path below the project, and the text. */
export type Sources = ReadonlyMap<string, string>;

/** The tests of a file in the order in which they notice a fault soonest. */
export interface CoveringTests {
  /** Its own test and those that import it, without permissions. */
  readonly near: readonly string[];
  /** The other tests of the ring pure that load it. */
  readonly far: readonly string[];
}

const IMPORT = /^(?:import|export|\} from)\b[^"]*"(\.[^"]+)"|^import "(\.[^"]+)"/gm;

/** The files that a file imports, types included. */
function importsOf(path: string, source: string): string[] {
  return [...source.matchAll(IMPORT)].map(([, from, bare]) =>
    new URL(from ?? bare ?? "", `file:///${path}`).pathname.slice(1)
  );
}

/**
 * Finds the tests that load a source file.
 *
 * @param file The file.
 * @param sources Every file, tests too.
 * @returns Its tests.
 */
export function coveringTests(file: string, sources: Sources): CoveringTests {
  const users = new Map<string, string[]>();
  for (const [path, source] of sources) {
    for (const used of importsOf(path, source)) {
      const known = users.get(used);
      if (known === undefined) users.set(used, [path]);
      else known.push(path);
    }
  }
  const distances = new Map([[file, 0]]);
  for (const [path, distance] of distances) {
    for (const user of users.get(path) ?? []) {
      if (!distances.has(user)) distances.set(user, distance + 1);
    }
  }
  const own = `tests/${file.replace(/\.ts$/, "_test.ts")}`;
  const isNear = ([path, distance]: [string, number]) => path === own || distance === 1;
  // Random input is slow, and notices a fault by luck.
  const pure = [...distances].filter(([path]) =>
    ringOf(path) === "pure" && !path.startsWith("tests/proof/")
  );
  return {
    near: pure.filter(isNear).map(([path]) => path),
    far: pure.filter((each) => !isNear(each)).map(([path]) => path),
  };
}
