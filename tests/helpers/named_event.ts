/**
 * Events that a test and its children share by name, so that nothing waits for a time.
 *
 * @module
 */
import { check } from "../../ffi/error.ts";
import { WAIT } from "../../ffi/constants.ts";
import { OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { uniqueName } from "./job_trials.ts";

// A library that is opened within a test would be taken for its leak.
const { symbols } = Deno.dlopen("C:\\Windows\\System32\\kernel32.dll", {
  CreateEventW: { parameters: ["buffer", "i32", "i32", "buffer"], result: "usize" },
  SetEvent: { parameters: ["usize"], result: "i32" },
});

/** An event that stays set; the child program waits for it by its verb `await`, and sets it by `signal`. */
export class NamedEvent implements Disposable {
  /** Its name, which no other has. */
  readonly name: string = uniqueName("event");
  readonly #handle = new OwnedHandle(
    check(
      symbols.CreateEventW(null, 1, 0, encodeWide(this.name)),
      "CreateEventW",
      "Cannot make an event",
    ),
    "an event",
  );

  /** Whether it is set. */
  get isSet(): boolean {
    return kernel32.WaitForSingleObject(this.#handle.value, 0) === WAIT.WAIT_OBJECT_0;
  }

  /** Releases everyone that waits for it. */
  set(): void {
    check(symbols.SetEvent(this.#handle.value), "SetEvent", "Cannot set an event");
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.#handle.close();
  }
}
