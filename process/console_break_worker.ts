/**
 * The Worker of `console_break.ts`: one message, one call.
 *
 * @module
 */
import { CTRL } from "../ffi/constants.ts";
import { kernel32 } from "../ffi/library.ts";

self.addEventListener("message", (event: Event) => {
  kernel32.GenerateConsoleCtrlEvent(CTRL.BREAK_EVENT, (event as MessageEvent<number>).data);
});
