import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { IsolationNotAppliedError } from "../../../../isolation/errors.ts";
import { RegistryProbe } from "../../../../isolation/registry_probe.ts";
import { AdminWork, isAdministrator } from "../../../../isolation/rows/admin.ts";
import { SID } from "../../../../isolation/sid.ts";
import { openOwnToken, readToken } from "../../../../isolation/token.ts";
import type { TokenFacts } from "../../../../isolation/token_facts.ts";
import type { Born } from "../../../../isolation/work.ts";
import { assertDeviationIsSeen, HOSTILE, runIsolated } from "../../../helpers/isolated_runs.ts";

function ownFacts(): TokenFacts {
  using token = openOwnToken();
  return readToken(token.value);
}

Deno.test("admin: a key of administrators is closed to the command, one of the user is open", async () => {
  const own = ownFacts();
  if (!isAdministrator(own)) return;
  using probe = new RegistryProbe(own.user, []);
  const tries = (["open", "closed"] as const).map((key) => probe.path(key).replace("HKCU\\", ""));
  for (const [at, said] of ["ok", "denied 5"].entries()) {
    const { stdout, restrictions } = await runIsolated({ admin: false }, ["key", tries[at]!], {
      command: HOSTILE,
    });
    assertEquals(stdout, said);
    assertEquals(
      restrictions[0]!.shown,
      "a key of administrators was not written, one of the user was",
    );
  }
});

Deno.test("admin: the second gate notices a missing restriction", () => {
  if (isAdministrator(ownFacts())) assertDeviationIsSeen({ admin: false }, "admin");
});

Deno.test("admin: a token that has the group, or a level above medium, is refused", () => {
  const own = { ...ownFacts(), elevated: true };
  const work = new AdminWork(own, false);
  const born = (part: Partial<TokenFacts>): Born => ({ token: { ...own, ...part } } as Born);
  const denies = [{ sid: SID.administrators, enabled: false, denyOnly: true }];
  const good = { groups: denies, elevated: false, integrity: SID.medium };
  assert(work.readBack(born(good)).endsWith("level medium (S-1-16-8192)"));
  const wrong: Partial<TokenFacts>[] = [
    { ...good, groups: [{ sid: SID.administrators, enabled: true, denyOnly: false }] },
    { ...good, integrity: SID.high },
  ];
  for (const part of wrong) {
    assertThrows(() => work.readBack(born(part)), IsolationNotAppliedError, "isolation.admin");
  }
});

Deno.test("admin: a trial without a result is not evidence", () => {
  const own = ownFacts();
  if (!isAdministrator(own)) return;
  const work = new AdminWork(own, false);
  // A program that cannot start fails at both keys.
  assertThrows(
    () => work.trial({ left: [], run: () => 0xc000_0142 }),
    IsolationNotAppliedError,
    "the open key could not be written",
  );
});
