import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { findPlaces } from "../../../isolation/places.ts";

Deno.test("findPlaces: the folders of this machine", () => {
  const { journals, ownProgram, profile, programs, windows } = findPlaces();
  assertEquals(windows.toUpperCase(), "C:\\WINDOWS");
  assert(programs.length > 0);
  assertEquals(profile, Deno.env.get("USERPROFILE"));
  assertEquals(ownProgram.toUpperCase(), Deno.execPath().toUpperCase());
  assert(journals.endsWith("\\jobbox\\acl"), journals);
});

Deno.test("findPlaces: a missing user folder is an error", () => {
  for (const name of ["USERPROFILE", "LOCALAPPDATA"]) {
    const before = Deno.env.get(name)!;
    Deno.env.delete(name);
    try {
      assertThrows(() => findPlaces(), Error, `${name} is not set`);
    } finally {
      Deno.env.set(name, before);
    }
  }
});
