import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { ERROR, FILE, STANDARD_RIGHTS } from "../../../../ffi/constants.ts";
import { failure, Win32Error } from "../../../../ffi/error.ts";
import { INVALID_HANDLE_VALUE } from "../../../../ffi/handle.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { decodeWide, encodeWide } from "../../../../ffi/strings.ts";
import { completionPort } from "../../../../process/io/completion_port.ts";
import { makeInputPipe, makeOutputPipe } from "../../../../process/io/pipe_pair.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

const OPEN = STANDARD_RIGHTS.GENERIC_READ | STANDARD_RIGHTS.GENERIC_WRITE;

Deno.test("makeOutputPipe: its name is used once, and nobody else can open it", () => {
  const names: string[] = [];
  using _recorded = substituteKernel("CreateNamedPipeW", (real) => (...args) => {
    names.push(decodeWide(args[0] as Uint16Array));
    return real(...args);
  });
  const pipes = [makeOutputPipe(), makeOutputPipe(), makeInputPipe()];
  assertEquals(new Set(names).size, 3);
  for (const name of names) {
    const code = failure(
      BigInt.asIntN(
        64,
        kernel32.CreateFileW(encodeWide(name), OPEN >>> 0, 0, null, FILE.OPEN_EXISTING, 0, 0n) + 1n,
      ),
    );
    // All instances are in use, or the direction is not allowed.
    assertEquals([ERROR.PIPE_BUSY, ERROR.ACCESS_DENIED].some((each) => each === code), true);
  }
  for (const { ours, theirs } of pipes) {
    ours.close();
    theirs.close();
  }
});

Deno.test("makeInputPipe: whichever call fails, nothing is left", async () => {
  void completionPort.handle;
  const before = completionPort.sources;
  const failing = {
    CreateNamedPipeW: INVALID_HANDLE_VALUE,
    CreateFileW: INVALID_HANDLE_VALUE,
    CreateIoCompletionPort: 0n,
  };
  for (const [name, result] of Object.entries(failing)) {
    using _failing = substituteKernel(name as "CreateFileW", () => () => {
      kernel32.SetLastError(ERROR.NO_SYSTEM_RESOURCES);
      return result;
    });
    await assertNoHandleLeft(() => {
      const error = assertThrows(() => makeInputPipe(), Win32Error);
      assertEquals([error.api, error.code], [name, ERROR.NO_SYSTEM_RESOURCES]);
    }, name);
    assertEquals(completionPort.sources, before, name);
  }
});

Deno.test("makeOutputPipe: works where the system sends a packet for every operation", async () => {
  using _refused = substituteKernel("SetFileCompletionNotificationModes", () => () => 0);
  const { ours, theirs } = makeOutputPipe();
  theirs.close();
  assertEquals(await ours.read(), null);
  await completionPort.idle();
});
