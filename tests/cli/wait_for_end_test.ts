import { assertEquals, assertRejects } from "@std/assert";
import { waitForEnd } from "../../cli/wait_for_end.ts";
import { FakeIo } from "../helpers/fake_io.ts";

/** A job that is empty after some terminations; one of them may be refused. */
function jobThatEndsAfter(terminations: number, refusedAt = Infinity) {
  const gone = Promise.withResolvers<void>();
  const codes: number[] = [];
  return {
    codes,
    terminate: (code = 1): void => {
      codes.push(code);
      if (codes.length === refusedAt) throw new Error("refused");
      if (codes.length === terminations) gone.resolve();
    },
    wait: ({ signal }: { signal?: AbortSignal } = {}): Promise<void> => {
      signal?.addEventListener("abort", () => gone.reject(signal.reason));
      if (terminations === 0) gone.resolve();
      return gone.promise;
    },
  };
}

Deno.test("waitForEnd: a job that becomes empty leaves no timer", async () => {
  const io = new FakeIo();
  const job = jobThatEndsAfter(0);
  await waitForEnd(job, io, { exitCode: 7 });
  assertEquals([job.codes, io.pending], [[], 0]);
});

Deno.test("waitForEnd: what joined after a termination is terminated too", async () => {
  const io = new FakeIo();
  const job = jobThatEndsAfter(2);
  const end = waitForEnd(job, io, { exitCode: 7 });
  await io.advance(1_000);
  await end;
  assertEquals([job.codes, io.pending], [[7, 7], 0]);
});

Deno.test("waitForEnd: a refused termination is the reason", async () => {
  const io = new FakeIo();
  const end = waitForEnd(jobThatEndsAfter(9, 2), io, { exitCode: 7 });
  const refused = assertRejects(() => end, Error, "refused");
  await io.advance(1_000);
  await refused;
  assertEquals(io.pending, 0);
});

Deno.test("waitForEnd: a process that does not end is an error that names the job", async () => {
  const io = new FakeIo();
  const end = waitForEnd(jobThatEndsAfter(Infinity), io, {
    exitCode: 7,
    name: ' of job "build"',
  });
  const late = assertRejects(
    () => end,
    Error,
    'Cannot end every process of job "build": some did not end within 10 s',
  );
  await io.advance(10_000);
  await late;
  assertEquals(io.pending, 0);
});
