/**
 * The threads of a process, and the rights to open them.
 *
 * @module
 */
import { ACCESS, CREATION_FLAGS, ERROR, SECURITY, THREAD } from "../ffi/constants.ts";
import { check, failure, Win32Error } from "../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { encodeWide } from "../ffi/strings.ts";
import { struct } from "../ffi/struct.ts";
import { STRUCTS } from "../ffi/structs.ts";
import { resume } from "../process/start/launch.ts";
import { setSecurity } from "./security.ts";

/** What a new thread calls: it ends at once. */
const START = new TextEncoder().encode("ExitThread\0");

const ENTRY = struct(STRUCTS, "THREADENTRY32");

/**
 * Lists the threads of a process.
 *
 * @param pid The process's id.
 * @returns Their ids.
 * @throws {Win32Error} If the system refuses.
 */
export function threadsOf(pid: number): number[] {
  const action = "Cannot list the threads of a process";
  const handle = kernel32.CreateToolhelp32Snapshot(THREAD.TH32CS_SNAPTHREAD, 0);
  check(handle === INVALID_HANDLE_VALUE ? 0 : 1, "CreateToolhelp32Snapshot", action);
  using snapshot = new OwnedHandle(handle, "a snapshot of threads");
  const memory = ENTRY.encode({ dwSize: ENTRY.size });
  const threads: number[] = [];
  let api: "Thread32First" | "Thread32Next" = "Thread32First";
  while (true) {
    const code = failure(kernel32[api](snapshot.value, memory));
    if (code === ERROR.NO_MORE_FILES) return threads;
    if (code !== ERROR.SUCCESS) throw new Win32Error(code, api, action);
    const { th32OwnerProcessID, th32ThreadID } = ENTRY.decode(memory);
    if (th32OwnerProcessID === pid) threads.push(th32ThreadID);
    api = "Thread32Next";
  }
}

/**
 * Sets who may open the threads of this process, as far as they can be changed. A trial checks whether
 * that covers all threads.
 *
 * @param sddl The rights as text.
 * @param parts Which parts of the descriptor (`SECURITY…_INFORMATION`).
 * @returns The ids of the threads that there were.
 * @throws {Win32Error} If the system refuses to set it on a thread that it lets open.
 */
export function secureOwnThreads(sddl: string, parts: number): number[] {
  const rights = ACCESS.READ_CONTROL | ACCESS.WRITE_DAC | ACCESS.WRITE_OWNER;
  const threads = threadsOf(kernel32.GetCurrentProcessId());
  for (const thread of threads) {
    const value = kernel32.OpenThread(rights, 0, thread);
    // It has ended, or this program may not open it either.
    if (value === 0n) continue;
    using handle = new OwnedHandle(value, `thread ${thread}`);
    const kind = SECURITY.SE_KERNEL_OBJECT;
    setSecurity({ handle: handle.value, kind, what: `thread ${thread}` }, sddl, parts);
  }
  return threads;
}

/**
 * A new thread of this process that has not run yet. It shows the rights that the system gives to
 * threads that start from then on.
 */
export class NewThread implements Disposable {
  readonly #handle: OwnedHandle;
  /** Its id. */
  readonly id: number;

  /**
   * Creates the thread, suspended.
   *
   * @throws {Win32Error} If the system refuses.
   */
  constructor() {
    const action = "Cannot create a thread for a trial";
    const module = kernel32.GetModuleHandleW(encodeWide("kernel32.dll"));
    check(module, "GetModuleHandleW", action);
    const start = kernel32.GetProcAddress(module, START);
    check(start, "GetProcAddress", action);
    const id = new Uint32Array(1);
    const { CREATE_SUSPENDED } = CREATION_FLAGS;
    const handle = kernel32.CreateThread(null, 0n, start, 0n, CREATE_SUSPENDED, id);
    check(handle, "CreateThread", action);
    this.#handle = new OwnedHandle(handle, "a thread for a trial");
    this.id = id[0]!;
  }

  /**
   * Lets it end.
   *
   * @throws {Win32Error} If the system does not resume it. Then it stays until this process ends,
   * which a suspended thread does not delay.
   */
  [Symbol.dispose](): void {
    using handle = this.#handle;
    resume(handle, "Cannot end a thread for a trial");
  }
}
