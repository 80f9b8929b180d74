import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Win32Error } from "../../../ffi/error.ts";
import { advapi32 } from "../../../ffi/library.ts";
import { SID } from "../../../isolation/sid.ts";
import {
  openOwnToken,
  privilegeName,
  privilegeNumber,
  readToken,
  restrictToken,
  setIntegrity,
  setOwner,
} from "../../../isolation/token.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { substituteFunction } from "../../helpers/substituted_kernel.ts";

/** The privilege that stays, by which folders are passed through. */
const TRAVERSE = "SeChangeNotifyPrivilege";

Deno.test("readToken: our own token is a primary one of a user in a session", () => {
  using token = openOwnToken();
  const facts = readToken(token.value);
  assert(/^S-1-5-21-/.test(facts.user), facts.user);
  assert(/^S-1-16-\d+$/.test(facts.integrity), facts.integrity);
  assert(facts.groups.some(({ enabled, sid }) => sid === "S-1-1-0" && enabled));
  assert(facts.privileges.some(({ luid }) => privilegeName(luid) === TRAVERSE));
  assertEquals([facts.primary, facts.container, facts.capabilities], [true, undefined, []]);
});

Deno.test("restrictToken: removes what it should, and leaves the rest unchanged", () => {
  using own = openOwnToken();
  const before = readToken(own.value);
  const keep = privilegeNumber(TRAVERSE)!;
  const privileges = before.privileges.map(({ luid }) => luid).filter((luid) => luid !== keep);
  using token = restrictToken(own.value, { denyOnly: [SID.administrators], privileges });
  const after = readToken(token.value);
  assertEquals(after.privileges.map(({ luid }) => privilegeName(luid)), [TRAVERSE]);
  const others = (facts: typeof before): unknown =>
    facts.groups.filter(({ sid }) => sid !== SID.administrators);
  assertEquals(others(after), others(before));
  const admins = after.groups.find(({ sid }) => sid === SID.administrators);
  assertEquals(admins ?? "not in the token", {
    sid: SID.administrators,
    enabled: false,
    denyOnly: true,
  });
  assertEquals(after.user, before.user);
  // Our own is what it was.
  assertEquals(readToken(own.value), before);
});

Deno.test("restrictToken: a group that is not in the token is skipped", () => {
  using own = openOwnToken();
  using token = restrictToken(own.value, { denyOnly: ["S-1-5-21-1-2-3-4"], privileges: [] });
  assertEquals(readToken(token.value).groups, readToken(own.value).groups);
});

Deno.test("restrictToken: a handle of 0 with success is a failure", () => {
  using own = openOwnToken();
  using _zero = substituteFunction(advapi32, "CreateRestrictedToken", () => () => 1);
  const make = (): void => void restrictToken(own.value, { denyOnly: [], privileges: [] });
  assertThrows(make, Win32Error, "CreateRestrictedToken failed with ERROR_INVALID_HANDLE");
});

Deno.test("token: a failure names its function, and no handle is left", async () => {
  using own = openOwnToken();
  await assertNoHandleLeft(() => {
    for (
      const name of ["CreateRestrictedToken", "GetTokenInformation", "SetTokenInformation"] as const
    ) {
      using _fault = substituteFunction(advapi32, name, () => () => 0);
      const error = assertThrows(() => {
        using token = restrictToken(own.value, { denyOnly: [], privileges: [] });
        setIntegrity(token.value, SID.low);
        readToken(token.value);
      }, Win32Error);
      assertEquals(error.api, name);
    }
  });
});

Deno.test("privilegeNumber: undefined for an unknown name", () => {
  assertEquals(privilegeNumber("SeNoSuchPrivilege"), undefined);
  assertEquals(privilegeName(privilegeNumber("SeDebugPrivilege")!), "SeDebugPrivilege");
});

Deno.test("setOwner: the user owns what is made with the token, or an error says that it does not", () => {
  using own = openOwnToken();
  const { user } = readToken(own.value);
  using token = restrictToken(own.value, { denyOnly: [], privileges: [] });
  try {
    setOwner(token.value, user);
  } catch (error) {
    assert(error instanceof Win32Error && error.api === "SetTokenInformation", `${error}`);
    return;
  }
  assertEquals(readToken(token.value).owner, user);
});

Deno.test("setOwner: first the owner, then the rights, each at its own class", () => {
  const classes: number[] = [];
  using _seen = substituteFunction(advapi32, "SetTokenInformation", () => (_token, infoClass) => {
    classes.push(infoClass);
    return 1;
  });
  setOwner(0n, "S-1-5-21-1-2-3-1000");
  // TokenOwner, TokenDefaultDacl.
  assertEquals(classes, [4, 6]);
});
