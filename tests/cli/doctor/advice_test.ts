import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { conclude, CONCLUSIONS, withAdvice } from "../../../cli/doctor/advice.ts";
import type { CheckResult, CheckStatus } from "../../../cli/doctor/check.ts";

function result(id: string, status: CheckStatus, detail = "x"): CheckResult {
  return { id, area: "limits", title: id, status, detail };
}

const TRIED = ["memory", "process-memory", "cpu-time", "process-cpu-time", "processes", "affinity"];

Deno.test("withAdvice gives advice to every row that lacks something, and to no other", () => {
  for (const status of ["works", "kept"] as const) {
    assertEquals(withAdvice(result("memory", status)), result("memory", status));
  }
  for (const status of ["ineffective", "refused", "failed"] as const) {
    assert(withAdvice(result("memory", status)).advice, status);
  }
});

Deno.test("withAdvice keeps the advice of the check itself", () => {
  const own = { ...result("memory", "ineffective"), advice: "own" };
  assertEquals(withAdvice(own), own);
});

Deno.test("withAdvice knows why a healthy Windows refuses", () => {
  const advice = (id: string, detail: string): string =>
    withAdvice(result(id, "refused", detail)).advice ?? "";
  assertStringIncludes(
    advice("cpu-rate", "SetInformationJobObject: ERROR_NOT_SUPPORTED (50)"),
    "fair-share",
  );
  assertStringIncludes(advice("priority", "X: ERROR_PRIVILEGE_NOT_HELD (1314)"), "administrator");
  assertStringIncludes(advice("io-iops", "anything"), "do not limit the I/O");
  assertStringIncludes(advice("ui", "X: ERROR_ACCESS_DENIED (5)"), "outside other jobs");
  assertEquals(advice("cpu-rate", "this system does not have it"), "do not use it here");
});

Deno.test('conclude says "enforced" only if everything that each Windows enforces was seen', () => {
  const all = (status: CheckStatus): CheckResult[] => TRIED.map((id) => result(id, status));
  assertEquals(conclude(all("works")), "enforced");
  assertEquals(conclude(all("ineffective")), "notEnforced");
  assertEquals(conclude([...all("works").slice(1), result("memory", "ineffective")]), "partly");
  assertEquals(conclude([...all("works").slice(1), result("memory", "kept")]), "partly");
  assertEquals(conclude([result("kill-on-close", "works")]), "notTried");
});

Deno.test("conclude does not take a failed check for a proof", () => {
  assertEquals(conclude(TRIED.map((id) => result(id, "failed"))), "notTried");
});

Deno.test("CONCLUSIONS says that a system that drops limits still accepts them", () => {
  assertStringIncludes(CONCLUSIONS.notEnforced, "accepts limits but does not enforce them");
});
