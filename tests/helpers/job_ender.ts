/**
 * Ends the job of a name by the kernel's own functions, as a program or a Worker does that this
 * module knows nothing of. As a program: the job's name and the exit code. As a Worker: both in a
 * message; the name alone to hold the job, and then `"close"`. It imports little, since the start of
 * a Worker checks the types of all that it imports.
 */
import { JOB_OBJECT_ACCESS } from "../../ffi/constants.ts";
import { check } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";

function open(name: string): bigint {
  const rights = JOB_OBJECT_ACCESS.TERMINATE;
  return check(
    kernel32.OpenJobObjectW(rights, 0, encodeWide(name)),
    "OpenJobObjectW",
    "Cannot open it",
  );
}

function close(job: bigint): void {
  check(kernel32.CloseHandle(job), "CloseHandle", "Cannot close it");
}

function end(name: string, code: number): void {
  const job = open(name);
  check(kernel32.TerminateJobObject(job, code), "TerminateJobObject", "Cannot end it");
  close(job);
}

const [name, code] = Deno.args;
if (name !== undefined) end(name, Number(code));
else {
  const worker = self as unknown as {
    onmessage: (event: MessageEvent<[string, number?] | "close">) => void;
    postMessage: (message: string) => void;
  };
  let held: bigint | undefined;
  worker.onmessage = ({ data }) => {
    if (data === "close") {
      if (held !== undefined) close(held);
    } else {
      const [name, code] = data;
      if (code === undefined) held = open(name);
      else end(name, code);
    }
    worker.postMessage("done");
  };
}
