import { assertEquals, assertMatch } from "@std/assert";
import { problemOfBase, type Target } from "../../release/base.ts";

const HEADER = 0x80;
const SECTION = HEADER + 24;

/** The least that is an executable of Windows: headers, one section, and a text in it. */
function executable(text: string, machine = 0x8664): Uint8Array<ArrayBuffer> {
  const body = new TextEncoder().encode(text);
  const bytes = new Uint8Array(SECTION + 40 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x4d5a);
  view.setUint32(0x3c, HEADER, true);
  view.setUint32(HEADER, 0x50450000);
  view.setUint16(HEADER + 4, machine, true);
  view.setUint16(HEADER + 6, 1, true);
  view.setUint32(SECTION + 16, body.length, true);
  view.setUint32(SECTION + 20, SECTION + 40, true);
  bytes.set(body, SECTION + 40);
  return bytes;
}

const AGENT = "…Deno/std Deno/2.9.5Deno/2.9.5+17fadf3…";

function problem(bytes: Uint8Array<ArrayBuffer>, target: Target = "x64"): string | undefined {
  return problemOfBase(bytes, { target, version: "2.9.5" })?.problem;
}

Deno.test("problemOfBase: a base of the same version and processor has no problem", () => {
  assertEquals(problem(executable(AGENT)), undefined);
  assertEquals(problem(executable(AGENT, 0xaa64), "arm64"), undefined);
});

Deno.test("problemOfBase: another version is reported, with the matching Deno", () => {
  const found = problemOfBase(executable("Deno/2.7.11+6ddbb09"), {
    target: "x64",
    version: "2.9.5",
  });
  assertEquals(found?.problem, "it is for Deno 2.7.11, but Deno 2.9.5 compiles");
  assertMatch(found!.mend, /denort\.exe of Deno 2\.9\.5 .*or compile with npx -y deno@2\.7\.11$/);
});

Deno.test("problemOfBase: a file without a version is refused", () => {
  assertEquals(problem(executable("Deno/x Deno/")), "it does not state its Deno version");
});

Deno.test("problemOfBase: another processor is refused", () => {
  assertEquals(problem(executable(AGENT), "arm64"), "it is for x64");
  assertEquals(problem(executable(AGENT, 0x14c)), "it is for machine 0x14c");
});

Deno.test("problemOfBase: Deno itself is refused", () => {
  assertMatch(problem(executable(`${AGENT} DENORT_BIN`)) ?? "", /^it is Deno itself/);
});

Deno.test("problemOfBase: a file that is cut anywhere is refused", () => {
  const whole = executable(AGENT);
  for (const length of [0, 1, 63, HEADER, HEADER + 6, SECTION + 20, whole.length - 1]) {
    assertEquals(problem(whole.slice(0, length)), "it is not a complete Windows executable");
  }
});

Deno.test("problemOfBase: a file that is not an executable is refused", () => {
  const whole = executable(AGENT);
  for (const at of [0, HEADER]) {
    const other = whole.slice();
    other[at] = 0x7f;
    assertEquals(problem(other), "it is not a complete Windows executable");
  }
});
