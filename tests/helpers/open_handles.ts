/**
 * Counting the handles of this process, also where the system does not.
 *
 * @module
 */
import { check } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";

// A library that is opened within a test would be taken for its leak.
const { symbols } = Deno.dlopen("C:\\Windows\\System32\\kernel32.dll", {
  GetHandleInformation: { parameters: ["usize", "buffer"], result: "i32" },
});

/** Handle values are multiples of it. */
const STEP = 4;

/**
 * Counts the handles that this process has open.
 *
 * @param gap How many free values in a row end a count by trial, which Wine needs: its
 * GetProcessHandleCount gives 0. It takes the lowest free value for each handle.
 * @returns Their number.
 */
export function countHandles(gap = 64): number {
  const count = new Uint32Array(1);
  const process = kernel32.GetCurrentProcess();
  check(kernel32.GetProcessHandleCount(process, count), "GetProcessHandleCount", "Cannot count");
  return count[0]! > 0 ? count[0]! : tryHandles(gap);
}

function tryHandles(gap: number): number {
  const flags = new Uint32Array(1);
  let count = 0;
  let last = 0;
  for (let value = STEP; value <= last + gap * STEP; value += STEP) {
    if (symbols.GetHandleInformation(BigInt(value), flags) === 0) continue;
    count++;
    last = value;
  }
  return count;
}

/** How often a trial is repeated before what it left is taken for a leak. */
const TRIALS = 10;

/** How long the stand-in for the kernel may take to close its own handles, in ms. */
const CLOSING = 2_000;

/**
 * Asserts that a trial leaves no handle open. Threads that Deno's pool starts or ends meanwhile have
 * handles of their own, so a trial with a difference is repeated: a leak is there every time.
 *
 * @param trial What must leave nothing.
 * @param about What it is, for the message.
 * @param options `late`: the stand-in for the kernel closes handles some time after a job is gone, so
 * they are waited for, and those of an earlier trial may be closed during this one.
 * @throws {Error} If each time a handle is left, or one too many closed.
 */
export async function assertNoHandleLeft(
  trial: () => Promise<void> | void,
  about = "a trial",
  { late = false } = {},
): Promise<void> {
  const differences: number[] = [];
  while (differences.length < TRIALS) {
    const before = countHandles();
    await trial();
    const until = performance.now() + (late ? CLOSING : 0);
    while (countHandles() > before && performance.now() < until) {
      await new Promise((done) => setTimeout(done, 20));
    }
    const difference = countHandles() - before;
    if (difference === 0 || (late && difference < 0)) return;
    differences.push(difference);
  }
  throw new Error(`Cannot repeat ${about} for ever: it leaves ${differences.join(", ")} handles`);
}
