import { assertEquals } from "@std/assert";
import type { EndReason } from "../../../cli/run/end_reason.ts";
import { pipedStreams, type PumpedChild, RunOutput } from "../../../cli/run/output.ts";
import { readRunPlan, RUN_OPTIONS } from "../../../cli/run/plan.ts";
import { FakeIo, settle } from "../../helpers/fake_io.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

/** A command whose streams the test writes and ends. */
class FakeCommand {
  readonly #controllers: ReadableStreamDefaultController<Uint8Array>[] = [];
  readonly stdout = this.#stream();
  readonly stderr = this.#stream();

  write(text: string): void {
    this.#controllers[0]?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    for (const controller of this.#controllers) controller.close();
  }

  #stream(): ReadableStream<Uint8Array> {
    return new ReadableStream({ start: (controller) => void this.#controllers.push(controller) });
  }
}

interface Pumped {
  output: RunOutput;
  command: FakeCommand;
  ends: EndReason[];
  failures: unknown[];
}

function pumped(io: FakeIo, ...options: string[]): Pumped {
  return pumpedUnder(io, "--max-output", "10B", ...options);
}

function pumpedUnder(io: FakeIo, ...options: string[]): Pumped {
  const args = parseArgs([...options, "x"], RUN_OPTIONS, { stopEarly: true });
  const output = new RunOutput(readRunPlan(args, io), io);
  const command = new FakeCommand();
  const [ends, failures]: [EndReason[], unknown[]] = [[], []];
  const watch = {
    end: (reason: EndReason): void => void ends.push(reason),
    fail: (error: unknown): void => void failures.push(error),
  };
  output.pump(command as unknown as PumpedChild, watch, () => Promise.resolve());
  return { output, command, ends, failures };
}

Deno.test("RunOutput: passes output to the reader, and is delivered when the streams end", async () => {
  const io = new FakeIo();
  const { command, output } = pumped(io);
  command.write("hello");
  command.end();
  await output.delivered();
  assertEquals([io.out, output.counts], ["hello", { stdoutBytes: 5, stderrBytes: 0 }]);
  assertEquals(io.pending, 0);
});

Deno.test("RunOutput: output over the cap that is found at the very end is reported before delivery", async () => {
  const io = new FakeIo();
  const { command, ends, output } = pumped(io);
  command.write("hello hello");
  command.end();
  await output.delivered();
  assertEquals(ends.map(({ verdict }) => verdict), ["outputSize"]);
  assertEquals(io.out, "hello hell");
});

Deno.test("RunOutput: waits for a reader however long it takes", async () => {
  const io = new FakeIo();
  io.stdout.isStalled = true;
  const { command, output } = pumped(io);
  command.write("hello");
  command.end();
  let isDelivered = false;
  const delivered = output.delivered().then(() => isDelivered = true);
  await io.advance(3_600_000);
  assertEquals(isDelivered, false);
  io.stdout.isStalled = false;
  io.stdout.proceed();
  await delivered;
  assertEquals([io.out, io.pending], ["hello", 0]);
});

Deno.test("RunOutput: after the end of a run a stalled reader is given up, a reader that reads is not", async () => {
  const io = new FakeIo();
  io.stdout.isStalled = true;
  const { command, output } = pumped(io);
  command.write("hello");
  command.end();
  await settle();
  let isOver = false;
  const cut = output.cutShort().then(() => isOver = true);
  await io.advance(199);
  assertEquals(isOver, false);
  await io.advance(1);
  await cut;
  assertEquals([io.out, io.pending, output.isCut], ["", 0, true]);
});

Deno.test("RunOutput: a reader that stalled before the run was ended is given up at once", async () => {
  const io = new FakeIo();
  io.stdout.isStalled = true;
  const { command, output } = pumped(io);
  command.write("hello");
  await io.advance(200);
  await output.cutShort();
  assertEquals([output.isCut, io.pending], [true, 0]);
});

Deno.test("RunOutput: after the end of a run, a reader that still reads gets two seconds", async () => {
  const io = new FakeIo();
  io.stdout.isStalled = true;
  const { command, output } = pumped(io);
  let isOver = false;
  const cut = output.cutShort().then(() => isOver = true);
  for (let at = 0; at < 1950; at += 199) {
    command.write("x");
    await io.advance(199);
    assertEquals(isOver, false, `${at} ms`);
    io.stdout.isStalled = false;
    io.stdout.proceed();
    io.stdout.isStalled = true;
  }
  await io.advance(10);
  await cut;
  assertEquals(io.pending, 0);
});

Deno.test("RunOutput: pipes that a process outside the job keeps open are given up after two seconds", async () => {
  const io = new FakeIo();
  const { command, output } = pumped(io);
  let isDelivered = false;
  const delivered = output.delivered().then(() => isDelivered = true);
  for (let at = 0; at < 1900; at += 100) {
    command.write("");
    await io.advance(100);
  }
  assertEquals(isDelivered, false);
  await io.advance(100);
  await delivered;
  assertEquals(io.pending, 0);
});

Deno.test("RunOutput: a reader that is gone ends the command's stream and nothing else", async () => {
  const io = new FakeIo();
  io.stdout.giveUp();
  const { command, ends, failures, output } = pumped(io);
  command.write("hello");
  await settle();
  assertEquals([ends, failures], [[], []]);
  await Promise.all([output.cutShort(), io.advance(1000)]);
});

Deno.test("RunOutput: a file that cannot be written is a failure", async () => {
  const io = new FakeIo();
  io.badFiles.set("o", new Error("disk full"));
  const { command, failures, output } = pumped(io, "--stdout", "o");
  command.write("hello");
  await output.delivered();
  assertEquals(failures.map(String), ["Error: disk full"]);
  output[Symbol.dispose]();
});

Deno.test("RunOutput: without a cap nothing goes through jobbox", async () => {
  const io = new FakeIo();
  const args = parseArgs(["--stdout", "o", "x"], RUN_OPTIONS, { stopEarly: true });
  const output = new RunOutput(readRunPlan(args, io), io);
  assertEquals([output.piped, [...io.sinks]], [[], []]);
  await output.delivered();
  await output.cutShort();
  io.files.set("o", "abc");
  assertEquals(output.counts, { stdoutBytes: 3 });
});

Deno.test("RunOutput: tells whether stdout is in the middle of a line", async () => {
  for (const [text, isOpen] of [["a", true], ["a\n", false], ["", false]] as const) {
    const { command, output } = pumped(new FakeIo());
    command.write(text);
    command.end();
    await output.delivered();
    assertEquals(output.leavesLineOpen, isOpen, text);
  }
  const io = new FakeIo();
  const of = (...tokens: string[]): RunOutput =>
    new RunOutput(
      readRunPlan(parseArgs([...tokens, "x"], RUN_OPTIONS, { stopEarly: true }), io),
      io,
    );
  assertEquals([of().leavesLineOpen, of("--stdout", "o").leavesLineOpen], [true, false]);
});

Deno.test("RunOutput: a stdout that the record follows goes through jobbox, without a cap", async () => {
  const io = new FakeIo();
  const planOf = (...tokens: string[]) =>
    readRunPlan(parseArgs([...tokens, "x"], RUN_OPTIONS, { stopEarly: true }), io);
  const piped = (...tokens: string[]): readonly string[] => pipedStreams(planOf(...tokens), io);
  for (const option of [["--json"], ["--meta", "-"], ["--report", "-"]]) {
    assertEquals(piped(...option), ["stdout"]);
    assertEquals(piped(...option, "--stdout", "o"), []);
    assertEquals(piped(...option, "--max-output", "1M"), ["stdout", "stderr"]);
    io.terminals.add("stdout");
    assertEquals(piped(...option), []);
    io.terminals.delete("stdout");
  }
  assertEquals([piped(), piped("--report", "r.json"), piped("--events", "e")], [[], [], []]);

  for (
    const [text, isOpen] of [["", false], ["a\n", false], ["a".repeat(100_000), true]] as const
  ) {
    const world = new FakeIo();
    const { command, output, ends } = pumpedUnder(world, "--json");
    command.write(text);
    command.end();
    await output.delivered();
    assertEquals([world.out, output.leavesLineOpen, ends], [text, isOpen, []]);
    assertEquals(output.counts, { stdoutBytes: text.length });
  }
});
