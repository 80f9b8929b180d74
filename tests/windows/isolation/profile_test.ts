import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { userenv } from "../../../ffi/library.ts";
import { UnsupportedPlatformError } from "../../../ffi/unsupported_platform.ts";
import { capabilitySid, containerSid } from "../../../isolation/capabilities.ts";
import {
  bindContainerFunctions,
  CapabilityList,
  createProfile,
  deleteProfile,
  profileFolder,
} from "../../../isolation/profile.ts";
import { sidBytes } from "../../../isolation/sid.ts";
import { copyMemory } from "../../../process/native_memory.ts";
import { MISSING_FUNCTIONS } from "../../helpers/bound_kernel.ts";
import { ContainerSystem } from "../../helpers/container_system.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { supplyFunction } from "../../helpers/substituted_kernel.ts";

const NAME = "jobbox.1.1.0123456789abcdef";

Deno.test("createProfile, deleteProfile: work on this system, or report the missing function", async () => {
  if (MISSING_FUNCTIONS.includes("DeleteAppContainerProfile")) {
    assertThrows(
      () => bindContainerFunctions(),
      UnsupportedPlatformError,
      "no containers: Cannot call DeleteAppContainerProfile",
    );
    using none = new CapabilityList([]);
    // This one is there, and says that it is not implemented.
    assertThrows(() => createProfile(NAME, none), Win32Error);
    return;
  }
  await assertNoHandleLeft(() => {
    using capabilities = new CapabilityList([capabilitySid("registryRead")]);
    // Windows derives the same identifier.
    assertEquals(createProfile(NAME, capabilities), containerSid(NAME));
    assert(profileFolder(containerSid(NAME)).toLowerCase().includes(NAME));
    assertThrows(() => createProfile(NAME, capabilities), Win32Error, "EXISTS");
    assertEquals([deleteProfile(NAME), deleteProfile(NAME)], [undefined, undefined]);
  });
});

Deno.test("CapabilityList: each with its identifier's address, and enabled", () => {
  const sids = ["S-1-15-3-1", capabilitySid("registryRead")];
  using list = new CapabilityList(sids);
  const view = new DataView(list.bytes.buffer);
  for (const [at, sid] of sids.entries()) {
    const bytes = sidBytes(sid);
    const address = view.getBigUint64(16 * at, true);
    assertEquals(new Uint8Array(copyMemory(address, bytes.byteLength).buffer), bytes);
    assertEquals(view.getUint32(16 * at + 8, true), 4);
  }
  assertEquals([list.count, list.bytes.byteLength], [2, 32]);
});

Deno.test("createProfile: an error has the code of Windows", () => {
  using none = new CapabilityList([]);
  for (const [result, code] of [[0x8007_00b7, ERROR.ALREADY_EXISTS], [0x8000_4001, 0x8000_4001]]) {
    using _fault = supplyFunction(userenv, "CreateAppContainerProfile", () => result! | 0);
    const error = assertThrows(() => createProfile(NAME, none), Win32Error);
    assertEquals(error.code, code);
  }
});

Deno.test("deleteProfile: a busy profile is tried again, and reported at the end", () => {
  using system = new ContainerSystem(Deno.env.get("LOCALAPPDATA")!);
  for (const [busy, calls, isGone] of [[0, 1, true], [2, 3, true], [99, 20, false]] as const) {
    system.revive();
    system.busy = busy;
    assertEquals([deleteProfile(NAME) === undefined, system.calls.length], [isGone, calls]);
  }
});
