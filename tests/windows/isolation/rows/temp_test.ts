import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { FILE } from "../../../../ffi/constants.ts";
import { IsolationNotAppliedError } from "../../../../isolation/errors.ts";
import { TempWork } from "../../../../isolation/rows/temp.ts";
import {
  assertDeviationIsSeen,
  runIsolated,
  temporaryNames,
} from "../../../helpers/isolated_runs.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("temp: the command's folder is its own, and gone with its tree", async () => {
  const before = temporaryNames();
  const line = "echo x>%TEMP%\\a& mkdir %TMP%\\b& echo %TMPDIR%";
  const { left, stdout } = await runIsolated({ temp: "fresh" }, ["/d", "/c", line], {
    command: "cmd.exe",
  });
  assert(/\\jobbox-\d+-\d+-[0-9a-f]{32}$/.test(stdout), stdout);
  assertEquals([left, temporaryNames()], [[], before]);
});

Deno.test("temp: two runs have two folders", async () => {
  const get = async (): Promise<string> =>
    (await runIsolated({ temp: "fresh" }, ["getenv", "TEMP"])).stdout;
  assert(await get() !== await get());
});

Deno.test("temp: if the restriction is missing, the second gate names the folder in use", () => {
  const before = temporaryNames();
  assertDeviationIsSeen({ temp: "fresh" }, "temp");
  assertEquals(temporaryNames(), before);
});

Deno.test("temp: a trial without its file is not evidence", () => {
  const work = new TempWork(false);
  using _missing = substituteKernel("GetFileAttributesW", () => () => FILE.INVALID_FILE_ATTRIBUTES);
  assertThrows(
    () => work.trial({ left: [], run: () => 0 }),
    IsolationNotAppliedError,
    "is not there, code 0",
  );
  assertEquals(work.tidy(), []);
});
