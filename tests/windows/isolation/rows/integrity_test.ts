import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { IsolationNotAppliedError } from "../../../../isolation/errors.ts";
import { ADVICE, IntegrityWork } from "../../../../isolation/rows/integrity.ts";
import { SID } from "../../../../isolation/sid.ts";
import type { Born, Draft } from "../../../../isolation/work.ts";
import { assertRefused, runIsolated } from "../../../helpers/isolated_runs.ts";
import {
  openOwnToken,
  readToken,
  restrictToken,
  setIntegrity,
} from "../../../../isolation/token.ts";

/** Whether this system keeps levels; one that says yes and does not is to be refused. */
function keepsLevels(): boolean {
  using own = openOwnToken();
  using token = restrictToken(own.value, { denyOnly: [], privileges: [] });
  setIntegrity(token.value, SID.low);
  return readToken(token.value).integrity === SID.low;
}

Deno.test("integrity: the command has the level low, or never starts", async () => {
  if (keepsLevels()) {
    const { restrictions } = await runIsolated({ integrity: "low" }, ["exit", "0"]);
    assertEquals(
      restrictions[0]!.shown,
      "a folder of the user was not written, one of the level low was",
    );
    return;
  }
  const error = await assertRefused({ integrity: "low" });
  assertEquals([error.row, error.asked], ["integrity", "low (S-1-16-4096)"]);
  assert(error.read !== error.asked && error.message.endsWith(ADVICE), error.message);
});

Deno.test("integrity: the suspended process's own level counts", () => {
  const work = new IntegrityWork();
  const draft = { env: {}, denyOnly: [], removed: [], attributes: [], clearEnv: false } as Draft;
  work.apply(draft);
  assertEquals(draft.level, SID.low);
  const born = (integrity: string): Born => ({ token: { integrity } } as Born);
  assertEquals(work.readBack(born(SID.low)), "low (S-1-16-4096)");
  for (const level of [SID.untrusted, SID.medium, SID.high]) {
    assertThrows(() => work.readBack(born(level)), IsolationNotAppliedError, "asked low");
  }
});
