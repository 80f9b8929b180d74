import "../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { callInWorker } from "../../../ffi/worker_call.ts";
import { check } from "../../../ffi/error.ts";
import { OwnedHandle } from "../../../ffi/handle.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { PROCESS } from "../../../ffi/constants.ts";
import { JobObject } from "../../../job/job_object.ts";
import { CHILD, within } from "../../helpers/job_trials.ts";

Deno.test("callInWorker: the call is made, with its arguments", async () => {
  using job = JobObject.create({ killOnClose: true });
  const child = job.spawn(CHILD, { args: ["sleep", "60000"], stdout: "null" });
  using process = new OwnedHandle(
    check(kernel32.OpenProcess(PROCESS.TERMINATE, 0, child.pid), "OpenProcess", "Cannot test"),
    "the child",
  );
  using call = callInWorker("TerminateProcess", [process.value, 9]);
  assertEquals(await within(call.result, "the call's result"), 1);
  assertEquals((await within(child.status, "the child's end")).code, 9);
});

Deno.test("callInWorker: a call that never returns does not keep the program alive", async () => {
  const [calls, library] = ["worker_call.ts", "library.ts"].map((name) =>
    JSON.stringify(import.meta.resolve(`../../../ffi/${name}`))
  );
  // A job without processes is never signalled.
  const source = `
    import { callInWorker } from ${calls};
    import { kernel32 } from ${library};
    const job = kernel32.CreateJobObjectW(null, null);
    const forever = callInWorker("WaitForSingleObject", [job, 0xffff_ffff]);
    setTimeout(() => { forever[Symbol.dispose](); console.log("given up"); }, 300);
  `;
  const program = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", source],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const { code, stdout } = await within(program.output(), "a program with a hung call");
  assertEquals(new TextDecoder().decode(stdout).trim(), "given up");
  assertEquals(code, 0);
});
