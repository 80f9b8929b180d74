import { assertEquals } from "@std/assert";
import { type Check, type CheckAnswer, isPresent, runChecks } from "../../../cli/doctor/check.ts";

function check(id: string, run: () => Promise<CheckAnswer>): Check {
  return { id, area: "limits", title: `about ${id}`, run };
}

Deno.test("runChecks runs one check after another and reports each result at once", async () => {
  const order: string[] = [];
  const slow = check("slow", async () => {
    await Promise.resolve();
    order.push("slow");
    return { status: "works", detail: "a" };
  });
  const quick = check("quick", () => {
    order.push("quick");
    return Promise.resolve({ status: "kept", detail: "b" });
  });
  const results = await runChecks([slow, quick], ({ id }) => order.push(`told ${id}`));
  assertEquals(order, ["slow", "told slow", "quick", "told quick"]);
  assertEquals(results, [
    { id: "slow", area: "limits", title: "about slow", status: "works", detail: "a" },
    { id: "quick", area: "limits", title: "about quick", status: "kept", detail: "b" },
  ]);
});

Deno.test("runChecks continues when a check throws", async () => {
  const results = await runChecks([
    check("bad", () => Promise.reject(new Error("broken"))),
    check("good", () => Promise.resolve({ status: "works", detail: "" })),
  ]);
  assertEquals(results.map(({ status, detail }) => [status, detail]), [
    ["failed", "broken"],
    ["works", ""],
  ]);
});

Deno.test("isPresent is true only for what works and what is accepted", () => {
  const all = ["works", "kept", "ineffective", "refused", "failed"] as const;
  assertEquals(all.filter(isPresent), ["works", "kept"]);
});
