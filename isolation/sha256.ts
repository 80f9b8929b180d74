/**
 * SHA-256, by which Windows derives the identifiers of containers and capabilities from names. The
 * hash of the platform is asynchronous, and a start is not. Pure.
 *
 * @module
 */

const BLOCK = 64;
const WORDS = 64;

/** The first 32 bits of the fractional part of a root of a number. */
function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32);
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

const PRIMES = primes(WORDS);
const START: readonly number[] = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUND: readonly number[] = PRIMES.map((prime) => fraction(Math.cbrt(prime)));

const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** Mixes a block into the state. */
function mix(state: Uint32Array<ArrayBuffer>, block: DataView<ArrayBuffer>, at: number): void {
  const words = new Uint32Array(WORDS);
  for (let i = 0; i < 16; i++) words[i] = block.getUint32(at + 4 * i);
  for (let i = 16; i < WORDS; i++) {
    const [first, second] = [words[i - 15]!, words[i - 2]!];
    const low = rotated(first, 7) ^ rotated(first, 18) ^ (first >>> 3);
    const high = rotated(second, 17) ^ rotated(second, 19) ^ (second >>> 10);
    words[i] = words[i - 16]! + low + words[i - 7]! + high;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < WORDS; i++) {
    const high = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const first = (h + high + ((e & f) ^ (~e & g)) + ROUND[i]! + words[i]!) | 0;
    const low = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const second = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i]! += word;
}

/**
 * Hashes bytes.
 *
 * @param bytes The bytes.
 * @returns The hash, 32 bytes.
 */
export function sha256(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  // A bit, zeros, and the length in bits.
  const length = Math.ceil((bytes.byteLength + 9) / BLOCK) * BLOCK;
  const block = new DataView(new ArrayBuffer(length));
  new Uint8Array(block.buffer).set(bytes);
  block.setUint8(bytes.byteLength, 0x80);
  block.setBigUint64(length - 8, 8n * BigInt(bytes.byteLength));
  const state = Uint32Array.from(START);
  for (let at = 0; at < length; at += BLOCK) mix(state, block, at);
  const hash = new DataView(new ArrayBuffer(4 * state.length));
  for (const [i, word] of state.entries()) hash.setUint32(4 * i, word);
  return new Uint8Array(hash.buffer);
}
