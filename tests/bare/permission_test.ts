import { assertEnough, assertNeeded } from "../helpers/scoped_permission.ts";

Deno.test("mod: the permission for kernel32.dll is enough to spawn, wait and terminate", () =>
  assertEnough("C:\\Windows\\System32\\kernel32.dll"));

Deno.test("mod: without that permission, the first call names the permission that it needs", () =>
  assertNeeded());
