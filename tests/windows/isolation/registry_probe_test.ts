import "../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { ACCESS, ERROR } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { advapi32 } from "../../../ffi/library.ts";
import { decodeWide, encodeWide } from "../../../ffi/strings.ts";
import { RegistryProbe } from "../../../isolation/registry_probe.ts";
import { openOwnToken, readToken } from "../../../isolation/token.ts";
import { failEachInTurn, type Failing, FAULT } from "../../helpers/failing_calls.ts";
import { substituteFunction } from "../../helpers/substituted_kernel.ts";

const CURRENT_USER = BigInt.asUintN(64, BigInt(ACCESS.HKEY_CURRENT_USER_LOW | 0));

function ownUser(): string {
  using token = openOwnToken();
  return readToken(token.value).user;
}

/** Whether a key below HKEY_CURRENT_USER is there. */
function isThere(path: string): boolean {
  const memory = new BigUint64Array(1);
  const code = advapi32.RegOpenKeyExW(
    CURRENT_USER,
    encodeWide(path),
    0,
    ACCESS.KEY_QUERY_VALUE,
    memory,
  );
  if (code === ERROR.FILE_NOT_FOUND) return false;
  assertEquals(code, ERROR.SUCCESS);
  advapi32.RegCloseKey(memory[0]!);
  return true;
}

/** The key in which a probe's keys are. */
function rootOf(probe: RegistryProbe): string {
  return probe.path("open").slice("HKCU\\".length, -"\\open".length);
}

Deno.test("RegistryProbe: its keys have no value until one is set, and are gone afterwards", () => {
  const left: string[] = [];
  let root: string;
  {
    using probe = new RegistryProbe(ownUser(), left);
    assertEquals([probe.mayWrite("open"), probe.hasValue("open")], [true, false]);
    assertEquals(probe.path("open").startsWith("HKCU\\Software\\jobbox-trial-"), true);
    root = rootOf(probe);
    assertEquals(isThere(root), true);
  }
  assertEquals([left, isThere(root)], [[], false]);
});

Deno.test("RegistryProbe: each call fails in turn, and no key and no handle is left", async () => {
  const code = (name: string): Failing => ({ library: advapi32, name, gives: FAULT });
  const flag = (name: string): Failing => ({ library: advapi32, name, gives: 0 });
  const user = ownUser();
  const made = new Set<string>();
  using _watching = substituteFunction(advapi32, "RegCreateKeyExW", (real) => (...args) => {
    made.add(decodeWide(args[1] as Uint16Array));
    return real(...args);
  });
  const failed = await failEachInTurn([
    code("RegCreateKeyExW"),
    code("RegSetKeySecurity"),
    flag("ConvertStringSecurityDescriptorToSecurityDescriptorW"),
    code("RegOpenKeyExW"),
    code("RegQueryValueExW"),
  ], {
    act: () => {
      using probe = new RegistryProbe(user, []);
      probe.hasValue("open");
      probe.hasValue("closed");
    },
    check: (name, error) => {
      assert(error instanceof Win32Error && error.api === name, `${name}: ${error}`);
      for (const path of made) assertEquals(isThere(path), false, `${name}: ${path}`);
    },
  });
  assert(made.size >= 3);
  assertEquals(failed.length, 3 + 3 + 3 + 2 + 2, `${failed}`);
});

Deno.test("RegistryProbe: a key that cannot be deleted is reported", () => {
  const left: string[] = [];
  let root: string;
  {
    using probe = new RegistryProbe(ownUser(), left);
    root = rootOf(probe);
    using _fault = substituteFunction(advapi32, "RegDeleteKeyW", () => () => ERROR.ACCESS_DENIED);
    probe[Symbol.dispose]();
  }
  assertEquals(
    left,
    ["closed", "open", ""].map((name) =>
      `Cannot delete HKCU\\${root}${name && `\\${name}`}: RegDeleteKeyW: ERROR_ACCESS_DENIED`
    ),
  );
  for (const name of ["\\closed", "\\open", ""]) {
    assertEquals(advapi32.RegDeleteKeyW(CURRENT_USER, encodeWide(root + name)), ERROR.SUCCESS);
  }
});
