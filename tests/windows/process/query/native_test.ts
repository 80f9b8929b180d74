import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { PROCESS } from "../../../../ffi/constants.ts";
import { OwnedHandle } from "../../../../ffi/handle.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { CHILD } from "../../../helpers/job_trials.ts";
import { commandLine, parentPid } from "../../../../process/query/native.ts";

function ask(pid: number): string | undefined {
  const handle = kernel32.OpenProcess(PROCESS.QUERY_LIMITED_INFORMATION, 0, pid);
  if (handle === 0n) return undefined; // nobody holds the ended process any more
  using process = new OwnedHandle(handle, "a process");
  return commandLine(process.value);
}

Deno.test("commandLine: exactly what the process was started with", async () => {
  using job = JobObject.create({ killOnClose: true });
  const long = "x".repeat(30_000);
  const args = ["print", "ready", "print", 'ä "b"', "sleepforever", long];
  await using child = job.spawn(CHILD, { args, stdout: "piped" });
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const line = ask(child.pid) ?? "";
  assert(/^"[A-Z]:\\[^"]*child\.exe" /.test(line), line.slice(0, 300));
  assertEquals(
    line.slice(line.indexOf(" print")).replace(long, "LONG"),
    ' print ready print "ä \\"b\\"" sleepforever LONG',
  );
  job.terminate(1);
  await child.status;
  assertEquals(ask(child.pid), undefined);
});

Deno.test("parentPid: the process that started another, even if that one has ended", async () => {
  using job = JobObject.create({ killOnClose: true });
  const child = job.spawn(CHILD, { args: ["exit", "0"] });
  const handle = kernel32.OpenProcess(PROCESS.QUERY_LIMITED_INFORMATION, 0, child.pid);
  using process = new OwnedHandle(handle, "a process");
  assertEquals(parentPid(process.value), Deno.pid);
  await child.status;
  assertEquals(parentPid(process.value), Deno.pid);
  assertEquals(parentPid(0n), undefined);
});
