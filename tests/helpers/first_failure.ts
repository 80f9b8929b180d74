/** The first call of this program fails; it prints the symbol of why. */
import { errorSymbol, failure } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";

await Deno.stdout.write(
  new TextEncoder().encode(errorSymbol(failure(kernel32.CloseHandle(0xabcd_1230n)))),
);
