import { assertEquals } from "@std/assert";
import { FakeIo, settle } from "../../helpers/fake_io.ts";
import { Ending } from "../../../cli/run/ending.ts";
import { watch } from "../../helpers/fake_job.ts";

function ending(isSent = true): {
  io: FakeIo;
  calls: string[];
  ending: Ending;
} {
  const io = new FakeIo();
  const calls: string[] = [];
  const job = { terminate: (): void => void calls.push("terminate") };
  const ask = (group: number) => {
    calls.push(`ask ${group}`);
    return isSent;
  };
  return { io, calls, ending: new Ending(job, { io, ask }) };
}

Deno.test("Ending: asks, waits for the grace, terminates, and reports what does not end", async () => {
  const { calls, ending: end, io } = ending();
  end.begin(7);
  end.stop(100);
  await io.advance(99);
  assertEquals([calls, end.step], [["ask 7"], "break"]);
  await io.advance(1);
  end.kill();
  assertEquals([calls, end.step, end.unasked], [["ask 7", "terminate"], "terminate", false]);
  await io.advance(10_000);
  assertEquals(await end.stuck, "stuck");
  end[Symbol.dispose]();
  assertEquals(io.pending, 0);
});

Deno.test("Ending: what joined after a termination is terminated too, until no process is left", async () => {
  const { calls, ending: end, io } = ending();
  end.begin(7);
  end.stop(0);
  await io.advance(1_000);
  assertEquals(calls, ["terminate", "terminate", "terminate"]);
  end.over();
  await io.advance(5_000);
  assertEquals(calls.length, 3);
});

Deno.test("Ending: a refused termination is tried again, and its reason is kept", async () => {
  const io = new FakeIo();
  let refusals = 1;
  const job = {
    terminate: (): void => {
      if (refusals-- > 0) throw new Error("refused");
    },
  };
  using end = new Ending(job, { io, ask: () => true });
  end.kill();
  assertEquals(end.whyStuck, "Cannot end every process of the job: refused");
  await io.advance(500);
  assertEquals(
    end.whyStuck,
    "Cannot end every process of the job: some still ran after they were terminated",
  );
});

Deno.test("Ending: a later, shorter grace counts; a grace of 0 terminates at once", async () => {
  const { calls, ending: end, io } = ending();
  end.begin(7);
  end.stop(60_000);
  end.stop(100);
  await io.advance(100);
  assertEquals(calls, ["ask 7", "terminate"]);
  const at = ending();
  at.ending.begin(7);
  at.ending.stop(0);
  assertEquals(at.calls, ["terminate"]);
});

Deno.test("Ending: without a way to ask there is no grace", async () => {
  const { calls, ending: end } = ending(false);
  end.stop(60_000);
  assertEquals(calls, [], "nobody is there yet");
  end.begin(7);
  await settle();
  assertEquals([calls, end.unasked], [["ask 7", "terminate"], true]);
});

Deno.test("Ending: does nothing to an empty job", () => {
  const { calls, ending: end } = ending();
  end.begin(7);
  end.over();
  end.stop(100);
  end.kill();
  assertEquals([calls, end.step], [[], "none"]);
});

Deno.test("Ending: a closed console gives the grace, as long as Windows allows", async () => {
  const short = watch({ grace: 500 });
  await settle();
  short.io.signal("close");
  await short.io.advance(499);
  assertEquals(short.job.calls, ["ask"]);
  await short.io.advance(1);
  assertEquals(short.job.calls, ["ask", "terminate"]);
  assertEquals((await short.result).verdict, "interrupted");
  const long = watch({ grace: 60_000 });
  await settle();
  long.io.signal("interrupt");
  await long.io.advance(1000);
  long.io.signal("close");
  await long.io.advance(3999);
  assertEquals(long.job.calls, ["ask"]);
  await long.io.advance(1);
  assertEquals(long.job.calls, ["ask", "terminate"]);
  await long.result;
});

Deno.test("Ending: in the foreground the command handles Ctrl-C, and a limit ends it at once", async () => {
  const own = watch({ foreground: true });
  await settle();
  for (const signal of ["interrupt", "break", "interrupt"] as const) own.io.signal(signal);
  assertEquals(own.job.calls, []);
  own.job.end(3);
  assertEquals((await own.result).verdict, "exited");
  const ended = watch({ foreground: true });
  await settle();
  ended.io.signal("interrupt");
  ended.job.end(0xc000_013a);
  const { stoppedBy, verdict } = await ended.result;
  assertEquals([verdict, stoppedBy], ["interrupted", "self"]);
  const late = watch({ foreground: true, timeout: 500 });
  await late.io.advance(500);
  assertEquals(late.job.calls, ["terminate"]);
  assertEquals((await late.result).verdict, "timeout");
  const closed = watch({ foreground: true, grace: 500 });
  await settle();
  closed.io.signal("close");
  assertEquals(closed.job.calls, [], "the console has told it by itself");
  await closed.io.advance(500);
  assertEquals(closed.job.calls, ["terminate"]);
  await closed.result;
});
