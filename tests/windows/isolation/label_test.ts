import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Win32Error } from "../../../ffi/error.ts";
import { advapi32 } from "../../../ffi/library.ts";
import { IsolationNotAppliedError } from "../../../isolation/errors.ts";
import { FreshFolder } from "../../../isolation/fresh_folder.ts";
import { LABEL_LOW, labelFolder } from "../../../isolation/label.ts";
import { substituteFunction } from "../../helpers/substituted_kernel.ts";

Deno.test("labelFolder: the folder has the level, or an error says that it does not", () => {
  const folder = FreshFolder.create();
  try {
    labelFolder(folder.path, LABEL_LOW);
  } catch (error) {
    assert(error instanceof Win32Error || error instanceof IsolationNotAppliedError, `${error}`);
  } finally {
    assertEquals(folder.remove(), []);
  }
});

Deno.test("labelFolder: a system that reports success but keeps no level is detected", () => {
  const folder = FreshFolder.create();
  using _pretending = substituteFunction(advapi32, "SetSecurityInfo", () => () => 0);
  assertThrows(() => labelFolder(folder.path, LABEL_LOW), Error);
  assertEquals(folder.remove(), []);
});
