/**
 * A file that grows while others run, held so that it stays ours: until it is closed nobody else can
 * write to it, rename it or delete it; all may read it. `Deno.open` cannot do that, since it shares
 * every right.
 *
 * @module
 */
import { ERROR, FILE, STANDARD_RIGHTS } from "../../ffi/constants.ts";
import { check, outcome, Win32Error } from "../../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { namesDevice } from "../start/windows_path.ts";

/** The most bytes of one call: a part is written however large the whole is. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A file that only we write. */
export class HeldFile implements Disposable {
  readonly #path: string;
  readonly #handle: OwnedHandle;
  readonly #isDevice: boolean;
  readonly #appends: boolean;
  /** Whether it is to stay: one that was made and never begun is taken away again. */
  #kept: boolean;

  private constructor(
    path: string,
    handle: OwnedHandle,
    { append, made }: { readonly append: boolean; readonly made: boolean },
  ) {
    this.#path = path;
    this.#appends = append;
    this.#handle = handle;
    this.#isDevice = namesDevice(path);
    this.#kept = !made || this.#isDevice;
  }

  /**
   * Opens a file or makes it. What it holds stays until {@linkcode empty}, so that several files
   * can be opened before one is changed.
   *
   * @param path The path.
   * @param options Whether what it holds is kept by {@linkcode empty} too.
   * @returns The file.
   * @throws {Win32Error} If it cannot be written, or somebody else writes it.
   * @throws {TypeError} If the path holds a NUL.
   */
  static open(path: string, { append = false }: { readonly append?: boolean } = {}): HeldFile {
    const device = namesDevice(path);
    const action = "Cannot write the file";
    const name = encodeWide(path, "a path");
    kernel32.SetLastError(0);
    const handle = kernel32.CreateFileW(
      name,
      append && !device
        ? FILE.FILE_APPEND_DATA | STANDARD_RIGHTS.SYNCHRONIZE
        : STANDARD_RIGHTS.GENERIC_WRITE,
      device ? FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE : FILE.FILE_SHARE_READ,
      null,
      device ? FILE.OPEN_EXISTING : FILE.OPEN_ALWAYS,
      FILE.FILE_ATTRIBUTE_NORMAL,
      0n,
    );
    const code = outcome();
    if (handle === INVALID_HANDLE_VALUE) throw new Win32Error(code, "CreateFileW", action);
    const made = code !== ERROR.ALREADY_EXISTS;
    return new HeldFile(path, new OwnedHandle(handle, "a file to be written"), { append, made });
  }

  /**
   * Empties the file, unless it is appended to: what is written begins at its start.
   *
   * @throws {Win32Error} If the system refuses.
   */
  empty(): void {
    this.#kept = true;
    if (this.#isDevice || this.#appends) return;
    const action = "Cannot empty the file";
    // Nothing was written yet: the position is the start.
    check(kernel32.SetEndOfFile(this.#handle.value), "SetEndOfFile", action);
  }

  /**
   * Appends bytes and hands them to the system before it returns.
   *
   * @param bytes What to write.
   * @throws {Win32Error} If they cannot be written, such as on a full disk.
   */
  write(bytes: Uint8Array): void {
    const action = "Cannot write the file";
    const written = new Uint32Array(1);
    for (let at = 0; at < bytes.length; at += written[0]!) {
      const part = bytes.subarray(at, at + MOST_BYTES) as Uint8Array<ArrayBuffer>;
      check(
        kernel32.WriteFile$bytes(this.#handle.value, part, part.length, written, 0n),
        "WriteFile",
        action,
      );
      // A success that moved nothing would be repeated for ever.
      if (written[0] === 0) throw new Win32Error(ERROR.SUCCESS, "WriteFile", action);
    }
  }

  /**
   * Appends bytes on a thread of its own: a slow disk holds up nothing but the result.
   *
   * @param bytes What to write; not to be changed before it is written.
   * @throws {Win32Error} If they cannot be written; the reason is not known then, since the error
   * belongs to the other thread.
   */
  async writeAsync(bytes: Uint8Array): Promise<void> {
    const written = new Uint32Array(1);
    for (let at = 0; at < bytes.length; at += written[0]!) {
      const part = bytes.subarray(at, at + MOST_BYTES) as Uint8Array<ArrayBuffer>;
      const { value } = this.#handle;
      const ok = await kernel32.WriteFile$bytesAsync(value, part, part.length, written, 0n);
      // The same bytes once more, where the thread's error can be read.
      if (!ok || written[0] === 0) return this.write(bytes.subarray(at));
    }
  }

  /** Closes it; the second time does nothing. What was made and never emptied is removed. */
  close(): void {
    if (this.#handle.closed) return;
    this.#handle.close();
    if (!this.#kept) Deno.removeSync(this.#path);
  }

  /** Closes it at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.close();
  }
}
