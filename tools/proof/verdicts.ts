/**
 * What became of each fault, kept in a file, so that a trial that was stopped can go on.
 *
 * @module
 */
import { exists } from "../host/command.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";

/** One fault of one file. */
export interface Fault extends Mutant {
  /** The file, below the project. */
  readonly file: string;
  /** Its name, which no other fault has. */
  readonly name: string;
}

/** `noticed`: a test failed. `hung`: the tests did not end. `survives`: every test passed. */
export type Verdict = "noticed" | "hung" | "survives";

/**
 * Makes the faults of a file, each with a name that stays when lines are added above it.
 *
 * @param file The file, below the project.
 * @param original Its text.
 * @returns The faults; of those that read alike each but the first has its number in its name.
 */
export function faultsOf(file: string, original: string): Fault[] {
  const counts = new Map<string, number>();
  return mutantsOf(original).map((mutant) => {
    const { line, source, what } = mutant;
    const [before, after] = [original, source].map((text) => text.split("\n")[line - 1]!.trim());
    const name = `${file} ${what}: ${before} -> ${after}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return { ...mutant, file, name: count === 1 ? name : `${name} (${count})` };
  });
}

/** The verdicts so far. */
export class Verdicts {
  readonly #path: string | undefined;
  readonly #known = new Map<string, Verdict>();

  /** @param path The file, which is made if it is absent; without one nothing is kept. */
  constructor(path: string | undefined) {
    this.#path = path;
    if (path === undefined || !exists(path)) return;
    for (const line of Deno.readTextFileSync(path).split("\n").filter((each) => each !== "")) {
      const { fault, verdict } = JSON.parse(line);
      this.#known.set(fault, verdict);
    }
  }

  /** The verdict of a fault, `undefined` if it was not tried. */
  of(name: string): Verdict | undefined {
    return this.#known.get(name);
  }

  /** Keeps a verdict. */
  add(fault: string, verdict: Verdict): void {
    this.#known.set(fault, verdict);
    if (this.#path === undefined) return;
    Deno.writeTextFileSync(this.#path, `${JSON.stringify({ fault, verdict })}\n`, { append: true });
  }
}
