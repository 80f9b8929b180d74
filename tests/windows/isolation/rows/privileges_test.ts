import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { IsolationNotAppliedError } from "../../../../isolation/errors.ts";
import { PrivilegesWork, TRAVERSE } from "../../../../isolation/rows/privileges.ts";
import { openOwnToken, privilegeNumber, readToken } from "../../../../isolation/token.ts";
import type { Born } from "../../../../isolation/work.ts";
import { assertDeviationIsSeen, runIsolated } from "../../../helpers/isolated_runs.ts";

Deno.test("privileges: the command has those that are named, and the one for folders", async () => {
  const none = await runIsolated({ privileges: [] }, ["exit", "0"]);
  assertEquals(none.restrictions.map(({ readBack }) => readBack), [TRAVERSE]);
  const one = await runIsolated({ privileges: ["SeShutdownPrivilege"] }, ["exit", "0"]);
  assertEquals(one.restrictions[0]!.readBack, `${TRAVERSE}, SeShutdownPrivilege`);
});

Deno.test("privileges: a gate notices a missing restriction", () => {
  assertDeviationIsSeen({ privileges: [] }, "privileges");
});

Deno.test("privileges: one too many and one too few are both refused", () => {
  using token = openOwnToken();
  const own = readToken(token.value);
  const work = new PrivilegesWork(own, ["SeShutdownPrivilege"]);
  const [traverse, shutdown] = [TRAVERSE, "SeShutdownPrivilege"].map((name) =>
    privilegeNumber(name)!
  );
  const born = (...numbers: bigint[]): Born => ({
    token: { ...own, privileges: numbers.map((luid) => ({ luid, enabled: true })) },
  } as unknown as Born);
  work.readBack(born(shutdown!, traverse!));
  for (const numbers of [[traverse!], [traverse!, shutdown!, 20n], [traverse!, 20n]]) {
    assertThrows(() => work.readBack(born(...numbers)), IsolationNotAppliedError);
  }
});
