import { assert, assertEquals } from "@std/assert";
import {
  accessText,
  grantsOf,
  isProtected,
  isSameForOthers,
  READ_RIGHTS,
  readAccessList,
  withGrant,
  withoutGrants,
  WRITE_RIGHTS,
} from "../../isolation/access_text.ts";
import { Random } from "../helpers/random.ts";

const SID = "S-1-15-2-1-2-3-4-5-6-7";

const ENTRIES = [
  "(D;;FA;;;S-1-5-7)",
  "(A;OICI;FA;;;SY)",
  '(XA;;FX;;;S-1-1-0;(@User.Title=="a) (b" && (Member_of {SID(BA)})))',
  "(OA;;RP;bf967953-0de6-11d0-a285-00aa003049e2;;AU)",
  "(A;OICIID;0x1301bf;;;AU)",
  `(A;OICIID;0x1200a9;;;${SID})`,
  "(A;OICIIOID;GA;;;CO)",
];

Deno.test("readAccessList: every list comes back as it was", () => {
  for (const flags of ["", "P", "AI", "PAI", "ARAI"]) {
    for (let count = 0; count <= ENTRIES.length; count++) {
      const text = `D:${flags}${ENTRIES.slice(0, count).join("")}`;
      const list = readAccessList(text)!;
      assertEquals(list.entries, ENTRIES.slice(0, count));
      assertEquals(accessText(list), text);
      assertEquals(isProtected(list), flags.startsWith("P"));
    }
  }
});

Deno.test("readAccessList: undefined for a missing list and for an invalid one", () => {
  for (
    const text of ["", "D:NO_ACCESS_CONTROL", "O:BA", "D:(A;;FA;;;SY", "D:AIx", "D:(A;;FA;;;SY)S:"]
  ) {
    assertEquals(readAccessList(text), undefined, text);
  }
});

Deno.test("withGrant: is placed after the folder's own entries, and can be removed again", () => {
  const list = readAccessList(`D:AI${ENTRIES.join("")}`)!;
  const given = withGrant(list, { sid: SID, rights: WRITE_RIGHTS });
  assertEquals(given.entries[4], `(A;OICI;0x1301bf;;;${SID})`);
  assertEquals(grantsOf(given, SID), ["OICI 0x1301bf"]);
  // One that is inherited is of another folder.
  assertEquals(grantsOf(list, SID), []);
  assertEquals(withoutGrants(given, SID), list);
  assertEquals(withoutGrants(list, SID), list);
  assert(isSameForOthers(list, given, SID));
});

Deno.test("withGrant, withoutGrants: any lists, two containers, any order", () => {
  const random = new Random(12);
  const isHeads = (): boolean => random.int(2) === 0;
  const pick = (from: readonly string[]): string[] => from.filter(isHeads);
  const others = ["S-1-15-2-9", "S-1-15-2-8"];
  for (let round = 0; round < 200; round++) {
    const text = `D:AI${pick(ENTRIES).join("")}`;
    const list = readAccessList(text)!;
    const [first = "", second = ""] = isHeads() ? others : [...others].reverse();
    const both = withGrant(withGrant(list, { sid: first, rights: READ_RIGHTS }), {
      sid: second,
      rights: WRITE_RIGHTS,
    });
    const one = withoutGrants(both, isHeads() ? first : second);
    assertEquals(grantsOf(one, first).length + grantsOf(one, second).length, 1);
    assertEquals(accessText(withoutGrants(withoutGrants(one, first), second)), text);
  }
});

Deno.test("withGrant: nothing is ever denied", () => {
  const list = withGrant(readAccessList("D:P")!, { sid: SID, rights: READ_RIGHTS });
  assertEquals(accessText(list), `D:P(A;OICI;0x1200a9;;;${SID})`);
});

Deno.test("isSameForOthers: notices an entry that is gone, added, or in another place", () => {
  const list = readAccessList("D:(A;;FA;;;SY)(A;;FR;;;BU)")!;
  for (
    const text of ["D:(A;;FA;;;SY)", "D:(A;;FR;;;BU)(A;;FA;;;SY)", "D:P(A;;FA;;;SY)(A;;FR;;;BU)"]
  ) {
    assert(!isSameForOthers(list, readAccessList(text)!, SID), text);
  }
});
