import "../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { kernel32 } from "../../../ffi/library.ts";
import { withoutErrorDialogs } from "../../../process/error_mode.ts";

Deno.test("withoutErrorDialogs: adds to the mode, and restores it", () => {
  const before = kernel32.GetErrorMode();
  try {
    kernel32.SetErrorMode(2);
    {
      using _ = withoutErrorDialogs();
      assertEquals(kernel32.GetErrorMode(), 0x8003);
    }
    assertEquals(kernel32.GetErrorMode(), 2);
  } finally {
    kernel32.SetErrorMode(before);
  }
});
