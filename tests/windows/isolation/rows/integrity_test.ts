import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { IsolationNotAppliedError } from "../../../../isolation/errors.ts";
import { ADVICE, IntegrityWork } from "../../../../isolation/rows/integrity.ts";
import { SID } from "../../../../isolation/sid.ts";
import type { Born, Draft, TrialRoom } from "../../../../isolation/work.ts";
import { ERROR } from "../../../../ffi/constants.ts";
import { advapi32, kernel32 } from "../../../../ffi/library.ts";
import { failEachInTurn, type Failing, FAULT } from "../../../helpers/failing_calls.ts";
import { assertRefused, runIsolated, temporaryNames } from "../../../helpers/isolated_runs.ts";
import { ObedientSystem } from "../../../helpers/obedient_system.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";
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

/** A room in which the level is kept: the first folder is open, the other one closed. */
function roomOf({ code = 1, leaks = false, opens = true } = {}): TrialRoom {
  let tried = 0;
  return {
    left: [],
    run: (_name, args) => {
      const path = /"([^"]+)"/.exec(args)![1]!;
      const isFirst = ++tried === 1;
      if (isFirst ? opens : leaks) Deno.writeTextFileSync(path, "x");
      return isFirst ? 0 : code;
    },
  };
}

Deno.test("integrity: what a level does is shown, and each deviation is found (order only)", () => {
  using _system = new ObedientSystem();
  const work = new IntegrityWork();
  const before = temporaryNames();
  const room = roomOf();
  assertEquals(work.trial(room), "a folder of the user was not written, one of the level low was");
  assertEquals(room.left, []);
  const deviations: [Parameters<typeof roomOf>[0], string][] = [
    [{ opens: false }, "a folder of the level low could not be written"],
    [{ leaks: true }, "a folder of the user was written"],
    [{ code: 0 }, "the trial ended with 0, which is not a refusal"],
    [{ code: 0xc000_0142 }, "which is not a refusal"],
  ];
  for (const [doing, said] of deviations) {
    assertThrows(() => work.trial(roomOf(doing)), IsolationNotAppliedError, said);
    assertEquals(temporaryNames(), before);
  }
  const run = (): never => {
    throw new RangeError("it does not start");
  };
  assertThrows(() => work.trial({ left: [], run }), RangeError);
  assertEquals(temporaryNames(), before);
});

Deno.test("integrity: each call of its trial fails in turn, and no folder is left (order only)", async () => {
  using _system = new ObedientSystem();
  const work = new IntegrityWork();
  const before = temporaryNames();
  const flag = (library: object, name: string): Failing => ({ library, name, gives: 0 });
  const failed = await failEachInTurn([
    flag(kernel32, "GetTempPathW"),
    flag(kernel32, "CreateDirectoryW"),
    flag(advapi32, "ConvertStringSecurityDescriptorToSecurityDescriptorW"),
    flag(advapi32, "GetSecurityDescriptorSacl"),
    { library: advapi32, name: "SetSecurityInfo", gives: FAULT },
    { library: advapi32, name: "GetSecurityInfo", gives: FAULT },
    flag(advapi32, "ConvertSecurityDescriptorToStringSecurityDescriptorW"),
  ], {
    act: () => void work.trial(roomOf()),
    check: (name, error) => {
      assert(error instanceof Error, name);
      assertEquals(temporaryNames(), before, name);
    },
  });
  assertEquals(failed.length, 2 + 2 + 1 + 1 + 1 + 1 + 1, `${failed}`);
});

Deno.test("integrity: a folder of the trial that cannot be deleted is reported", () => {
  using _system = new ObedientSystem();
  const before = temporaryNames();
  const room = roomOf();
  {
    using _fault = substituteKernel("SetFileInformationByHandle", () => () => {
      kernel32.SetLastError(ERROR.ACCESS_DENIED);
      return 0;
    });
    new IntegrityWork().trial(room);
  }
  const left = temporaryNames().filter((name) => !before.includes(name));
  assertEquals(left.length, 2);
  for (const name of left) {
    assert(room.left.some((text) => text.includes(name)), `${room.left}`);
    Deno.removeSync(`${Deno.env.get("TEMP")}\\${name}`, { recursive: true });
  }
});
