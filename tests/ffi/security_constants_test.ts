import { assertEquals } from "@std/assert";
import * as all from "../../ffi/constants.ts";
import * as security from "../../ffi/security_constants.ts";

Deno.test("security constants: every group is among the constants", () => {
  for (const [group, values] of Object.entries(security)) {
    assertEquals(Reflect.get(all, group), values, group);
  }
});

Deno.test("security constants: no right lets a token skip the system's own rules", () => {
  const names = Object.values(security).flatMap((group) => Object.keys(group));
  assertEquals(names.filter((name) => /SANDBOX_INERT|LUA_TOKEN|WRITE_RESTRICTED/.test(name)), []);
});
