/**
 * A file that this program appends to and holds exclusively: until it is closed, no other program
 * can write to it, rename it or delete it, but all may read it. `Deno.open` cannot do that, since
 * it shares every right.
 *
 * @module
 */
import { ERROR, FILE, STANDARD_RIGHTS } from "../../ffi/constants.ts";
import { check, outcome, Win32Error } from "../../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { namesDevice } from "../start/windows_path.ts";

/** The most bytes of one call; larger data is written in parts. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A file that only this program writes to. */
export class HeldFile implements Disposable {
  readonly #path: string;
  readonly #handle: OwnedHandle;
  readonly #isDevice: boolean;
  readonly #appends: boolean;
  /** Whether to keep it: a file that was created but never used is removed again. */
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
   * Opens or creates a file. Its content stays until {@linkcode empty}, so that several files can
   * be opened before any is changed.
   *
   * @param path The path.
   * @param options Whether {@linkcode empty} keeps the content too.
   * @returns The file.
   * @throws {Win32Error} If it cannot be written, or another program has it open for writing.
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
   * Empties the file, unless it is opened for appending.
   *
   * @throws {Win32Error} If the system refuses.
   */
  empty(): void {
    this.#kept = true;
    if (this.#isDevice || this.#appends) return;
    const action = "Cannot empty the file";
    // Nothing was written yet, so the position is the start.
    check(kernel32.SetEndOfFile(this.#handle.value), "SetEndOfFile", action);
  }

  /**
   * Appends bytes; returns when the system has taken them.
   *
   * @param bytes The bytes.
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
      // A success that wrote nothing would be repeated for ever.
      if (written[0] === 0) throw new Win32Error(ERROR.SUCCESS, "WriteFile", action);
    }
  }

  /**
   * Appends bytes on another thread: a slow disk delays nothing but the result.
   *
   * @param bytes The bytes; they must not change before they are written.
   * @throws {Win32Error} If they cannot be written. The reason is then unknown, since the last
   * error belongs to the other thread.
   */
  async writeAsync(bytes: Uint8Array): Promise<void> {
    const written = new Uint32Array(1);
    for (let at = 0; at < bytes.length; at += written[0]!) {
      const part = bytes.subarray(at, at + MOST_BYTES) as Uint8Array<ArrayBuffer>;
      const { value } = this.#handle;
      const ok = await kernel32.WriteFile$bytesAsync(value, part, part.length, written, 0n);
      // Write the same bytes again on this thread, where the last error can be read.
      if (!ok || written[0] === 0) return this.write(bytes.subarray(at));
    }
  }

  /**
   * Closes it; the second time does nothing. A file that was created and never emptied is removed.
   */
  close(): void {
    if (this.#handle.closed) return;
    // Through a link it was made where the link leads: asked while it is certain to be there.
    const made = this.#kept ? undefined : Deno.realPathSync(this.#path);
    this.#handle.close();
    if (made !== undefined) Deno.removeSync(made);
  }

  /** Closes it at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.close();
  }
}
