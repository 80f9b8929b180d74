/**
 * Ends the job of a name by the kernel's own functions, as a program or a Worker does that this
 * module knows nothing of. Arguments, or the message to a Worker: the job's name, the exit code.
 */
import { JOB_OBJECT_ACCESS } from "../../ffi/constants.ts";
import { check } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";

function end(name: string, code: number): void {
  const rights = JOB_OBJECT_ACCESS.TERMINATE;
  const job = check(
    kernel32.OpenJobObjectW(rights, 0, encodeWide(name)),
    "OpenJobObjectW",
    "Cannot open it",
  );
  check(kernel32.TerminateJobObject(job, code), "TerminateJobObject", "Cannot end it");
  kernel32.CloseHandle(job);
}

const [name, code] = Deno.args;
if (name !== undefined) end(name, Number(code));
else {
  const worker = self as unknown as {
    onmessage: (event: MessageEvent<[string, number]>) => void;
    postMessage: (message: string) => void;
  };
  worker.onmessage = ({ data: [name, code] }) => {
    end(name, code);
    worker.postMessage("ended");
  };
}
