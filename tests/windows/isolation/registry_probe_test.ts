import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { advapi32 } from "../../../ffi/library.ts";
import { RegistryProbe } from "../../../isolation/registry_probe.ts";
import { openOwnToken, readToken } from "../../../isolation/token.ts";
import { substituteFunction } from "../../helpers/substituted_kernel.ts";

function ownUser(): string {
  using token = openOwnToken();
  return readToken(token.value).user;
}

Deno.test("RegistryProbe: its keys have no value until one is set, and are gone afterwards", () => {
  let deleted = 0;
  using _counting = substituteFunction(advapi32, "RegDeleteKeyW", (real) => (...args) => {
    const code = real(...args);
    assertEquals(code, 0);
    deleted++;
    return code;
  });
  {
    using probe = new RegistryProbe(ownUser());
    assertEquals([probe.mayWrite("open"), probe.hasValue("open")], [true, false]);
    assertEquals(probe.path("open").startsWith("HKCU\\Software\\jobbox-trial-"), true);
  }
  assertEquals(deleted, 3);
});

Deno.test("RegistryProbe: a key that cannot be closed is an error, and nothing is left", () => {
  let made = 0;
  using _counting = substituteFunction(advapi32, "RegCreateKeyExW", (real) => (...args) => {
    made++;
    return real(...args);
  });
  using _deleting = substituteFunction(advapi32, "RegDeleteKeyW", (real) => (...args) => {
    made--;
    return real(...args);
  });
  using _fault = substituteFunction(advapi32, "RegSetKeySecurity", () => () => ERROR.ACCESS_DENIED);
  assertThrows(() => new RegistryProbe(ownUser()), Win32Error, "RegSetKeySecurity");
  assertEquals(made, 0);
});
