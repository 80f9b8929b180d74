import { assertEquals } from "@std/assert";
import { closingMessages, leftMessage, waitingMessage } from "../../../cli/run/messages.ts";
import { sampleRecord, sampleRecorder } from "../../helpers/run_record.ts";

const OUTCOME = { verdict: "exited", exitCode: 0, endedAt: new Date(0), wall: 1 } as const;

function closing(code: number): string[] {
  const child = { pid: 100, code };
  return closingMessages(sampleRecorder().finish({ ...OUTCOME, child }));
}

Deno.test("closingMessages: name a crash and say what it means", () => {
  assertEquals(closing(0xC0000005), [
    "build.exe ended with 0xC0000005 STATUS_ACCESS_VIOLATION: " +
    "read or wrote memory that it may not (access violation)",
  ]);
  assertEquals(closing(0xE0434352), [
    "build.exe ended with 0xE0434352: a .NET exception was not handled",
  ]);
  assertEquals(closing(0xC0ABCDEF), ["build.exe ended with 0xC0ABCDEF"]);
});

Deno.test("closingMessages: a code that the command chose, or Ctrl-C, is not a crash", () => {
  for (const code of [0, 1, 255, 0x8000_0003, 0xC000_013A]) assertEquals(closing(code), []);
});

Deno.test("closingMessages: report a limit that was reached and did not end the run", () => {
  assertEquals(closingMessages(sampleRecord({ child: { pid: 100, code: 12 } })), [
    "the job reached its memory limit, 64 MiB (--memory, 1×); the command exited with 12",
  ]);
  assertEquals(closingMessages(sampleRecord({ verdict: "interrupted" })).slice(1), [
    "the job reached its memory limit, 64 MiB (--memory, 1×)",
  ]);
  assertEquals(closingMessages(sampleRecord({ verdict: "memory" })), [], "the summary says it");
});

Deno.test("closingMessages: report what isolation could not remove, whatever the verdict", () => {
  const isolation = { asked: {}, restrictions: [], left: ["Cannot delete it"] };
  const record = sampleRecorder().finish({ ...OUTCOME, child: { pid: 100, code: 0 }, isolation });
  assertEquals(closingMessages(record), ["Cannot delete it"]);
  assertEquals(record.exitCode, 0);
});

Deno.test("waitingMessage: lists the processes that are left, and the option that ends them", () => {
  const left = (pid: number) => ({
    pid,
    parentPid: 4,
    image: "C:\\Windows\\System32\\PING.EXE",
    usage: undefined,
  });
  assertEquals(
    waitingMessage("C:\\x\\cmd.exe", { code: 5, processes: [left(8)] }),
    "cmd.exe exited with 5; waiting for 1 process it started: PING.EXE (8); " +
      "--no-wait-tree ends them with the command",
  );
  const many = waitingMessage("a", { code: 0, processes: [1, 2, 3, 4, 5, 6, 7].map(left) });
  assertEquals(many.includes("7 processes"), true);
  assertEquals(many.includes("PING.EXE (5) and 2 more;"), true);
});

Deno.test("closingMessages: report an interruption, and what ended the run after it", () => {
  const interrupted = { ...OUTCOME, verdict: "interrupted", stoppedBy: "break" } as const;
  const child = { pid: 100, code: 0xC000_013A };
  assertEquals(closingMessages(sampleRecorder().finish({ ...interrupted, child })), [
    "Interrupted by Ctrl-C, or by the end of the console or the session; it ended after CTRL_BREAK",
  ]);
});

Deno.test("leftMessage: lists what was ended with the command", () => {
  const processes = [{ pid: 8, parentPid: 4, image: "C:\\x\\ping.exe", usage: undefined }];
  assertEquals(
    leftMessage("C:\\x\\cmd.exe", { code: 5, processes }),
    "cmd.exe exited with 5; ended 1 process it started: ping.exe (8) (--no-wait-tree)",
  );
});
