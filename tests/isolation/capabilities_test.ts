import { assert, assertEquals } from "@std/assert";
import {
  capabilityProblem,
  capabilitySid,
  containerSid,
  NETWORK_CAPABILITIES,
  NETWORKS,
} from "../../isolation/capabilities.ts";
import { readSid, sidBytes } from "../../isolation/sid.ts";

Deno.test("capabilitySid: gives the identifiers that occur in Windows' access lists", () => {
  assertEquals(
    capabilitySid("registryRead"),
    "S-1-15-3-1024-1065365936-1281604716-3511738428-1654721687-432734479-3232135806-4053264122-" +
      "3456934681",
  );
  assertEquals(
    capabilitySid("LPACCOM"),
    "S-1-15-3-1024-2405443489-874036122-4286035555-1823921565-1746547431-2453885448-3625952902-" +
      "991631256",
  );
  assertEquals(
    NETWORKS.map((word) => capabilitySid(NETWORK_CAPABILITIES[word])),
    ["S-1-15-3-1", "S-1-15-3-2", "S-1-15-3-3"],
  );
});

Deno.test("containerSid: gives the identifier of a package that every Windows has", () => {
  assertEquals(
    containerSid("Microsoft.WindowsCalculator_8wekyb3d8bbwe"),
    "S-1-15-2-466767348-3739614953-2700836392-1801644223-4227750657-1087833535-2488631167",
  );
});

Deno.test("capabilitySid, containerSid: each can be encoded, and no two names share one", () => {
  const names = Array.from({ length: 100 }, (_, at) => `name.${at}`);
  const sids = names.flatMap((name) => [capabilitySid(name), containerSid(name)]);
  assertEquals(new Set(sids).size, sids.length);
  for (const sid of sids) {
    assertEquals(readSid(new DataView(sidBytes(sid).buffer), 0).text, sid);
  }
});

Deno.test("capabilityProblem: learning mode is refused in any spelling, the network has its own option", () => {
  for (const name of ["permissiveLearningMode", "LEARNINGMODE", "learningMode"]) {
    assertEquals(capabilityProblem(name), "it makes the container allow everything");
  }
  assertEquals(capabilityProblem("None"), "none stands alone, and means no capability");
  assertEquals(capabilityProblem("INTERNETCLIENT"), "it is asked for as network internet");
  for (const name of ["", "a b", "S-1-15-3-1,x", "1a", "a\0b", "x".repeat(65)]) {
    assert(capabilityProblem(name)?.includes("registryRead"), name);
  }
  for (const name of ["registryRead", "lpacCom", "a_b-c.d"]) {
    assertEquals(capabilityProblem(name), undefined);
  }
});
