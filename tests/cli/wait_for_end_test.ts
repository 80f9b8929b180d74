import { assertEquals, assertRejects } from "@std/assert";
import { waitForEnd } from "../../cli/wait_for_end.ts";

Deno.test("waitForEnd: a job that becomes empty leaves no timer", async () => {
  let cancelled = 0;
  await waitForEnd({ wait: () => Promise.resolve() }, { after: () => () => cancelled++ });
  assertEquals(cancelled, 1);
});

Deno.test("waitForEnd: a process that does not end is an error that names the job", async () => {
  const waits: number[] = [];
  const job = {
    wait: ({ signal }: { signal?: AbortSignal } = {}): Promise<void> =>
      Promise.reject(signal?.reason),
  };
  const after = (ms: number, callback: () => void): () => void => {
    waits.push(ms);
    callback();
    return () => {};
  };
  await assertRejects(
    () => waitForEnd(job, { after }, ' of job "build"'),
    Error,
    'Cannot end every process of job "build": some did not end within 10 s',
  );
  assertEquals(waits, [10_000]);
});
