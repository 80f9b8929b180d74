import { assertEquals } from "@std/assert";
import { endedBy, type EndEvidence, isSuccess } from "../../../process/exit/ended_by.ts";

const BASE: EndEvidence = {
  code: 0,
  requests: [],
  asked: false,
  limit: undefined,
  other: undefined,
};

function by(evidence: Partial<EndEvidence>): string {
  return endedBy({ ...BASE, ...evidence });
}

Deno.test('endedBy: "itself" if nobody requested the end', () => {
  assertEquals([by({}), by({ code: 7 })], ["itself", "itself"]);
  assertEquals(by({ asked: true, code: 3 }), "asked");
});

Deno.test("endedBy: a request counts if the process ended with its code", () => {
  const requests = [{ by: "kill", code: 1 }, { by: "terminate", code: 9 }] as const;
  assertEquals(by({ code: 1, requests }), "kill");
  assertEquals(by({ code: 9, requests }), "terminate");
  assertEquals(by({ code: 5, requests }), "itself");
  assertEquals(by({ code: 0, requests: [{ by: "terminate", code: 0 }] }), "terminate");
  assertEquals(by({ code: 1, requests: [{ by: "stop", code: 1 }], asked: true }), "stop");
});

Deno.test("endedBy: a closed job ends it with whatever code the system gives", () => {
  for (const code of [0, 1, 0xc000_0001]) {
    assertEquals(by({ code, requests: [{ by: "close" }] }), "close");
  }
});

Deno.test('endedBy: a limit, unless this program ended it; "unknown" without a code', () => {
  assertEquals(by({ code: 1816, limit: "jobUserTime" }), "limit");
  const requests = [{ by: "terminate", code: 1816 }] as const;
  assertEquals(by({ code: 1816, limit: "jobUserTime", requests }), "terminate");
  assertEquals(by({ code: null, requests }), "unknown");
});

Deno.test("endedBy: another cause, unless this program or a limit ended it", () => {
  for (const other of ["terminate", "close", "unknown"] as const) {
    assertEquals([by({ other }), by({ other, asked: true })], [other, other]);
    assertEquals(by({ other, requests: [{ by: "kill", code: 0 }] }), "kill");
    assertEquals(by({ other, limit: "jobUserTime" }), "limit");
  }
});

Deno.test("isSuccess: code 0 of a process that ended by itself, and nothing else", () => {
  assertEquals([isSuccess(0, "itself"), isSuccess(0, "asked")], [true, true]);
  for (const by of ["terminate", "close", "stop", "kill", "limit", "unknown"] as const) {
    assertEquals(isSuccess(0, by), false);
  }
  assertEquals([isSuccess(1, "itself"), isSuccess(null, "unknown")], [false, false]);
});
