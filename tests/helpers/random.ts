/** Random values that are the same in every run with the same seed, so that a failure can be repeated. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `below - 1`. */
  int(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  /** One of the items, of which there is at least one. */
  pick<T>(items: readonly T[]): T {
    const [picked] = items.slice(this.int(items.length));
    if (picked === undefined) {
      throw new RangeError("Cannot pick an item: expected a list that is not empty");
    }
    return picked;
  }

  /** From `least` to `most` results of `make`. */
  list<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + this.int(most - least + 1) }, make);
  }
}
