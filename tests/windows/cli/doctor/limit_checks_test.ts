import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { runChecks } from "../../../../cli/doctor/check.ts";
import { limitChecks, softLimitChecks } from "../../../../cli/doctor/limit_checks.ts";

/** What a healthy Windows may refuse, each for its own reason. */
const MAY_BE_REFUSED = new Set([
  "working-set",
  "io-bandwidth",
  "io-iops",
  "net-bandwidth",
  "dscp",
  "notify-io-rate",
  "notify-net-rate",
]);

Deno.test("limitChecks: a limit without a canary is reported as accepted by a kernel that has it", async () => {
  const ids = new Set(["subset-affinity", "group-affinity", "priority", "scheduling-class"]);
  for (const id of ["cpu-soft-rate", "cpu-weight", "cpu-min", "cpu-max", "breakaway"]) ids.add(id);
  for (const id of ["die-on-unhandled-exception", ...MAY_BE_REFUSED]) ids.add(id);
  const results = await runChecks(limitChecks().filter(({ id }) => ids.has(id)));
  assert(results.length > 12);
  for (const { id, status, detail } of results) {
    const allowed = MAY_BE_REFUSED.has(id) ? ["kept", "refused"] : ["kept"];
    assert(allowed.includes(status), `${id} ${status}: ${detail}`);
  }
});

Deno.test("softLimitChecks: exceeding a limit is reported", async () => {
  const ids = ["notify-memory", "notify-cpu-time"];
  const results = await runChecks(softLimitChecks().filter(({ id }) => ids.includes(id)));
  assertEquals(results.map(({ id, status, detail }) => [id, status, detail]), [
    ["notify-memory", "works", "crossing it is reported"],
    ["notify-cpu-time", "works", "crossing it is reported"],
  ]);
});

Deno.test("softLimitChecks: rates, which take longer than a canary lives, are reported as accepted", async () => {
  const results = await runChecks(softLimitChecks().filter(({ id }) => id.endsWith("-rate")));
  assertEquals(results.length, 3);
  for (const { id, status, detail } of results) {
    const allowed = MAY_BE_REFUSED.has(id) ? ["kept", "refused"] : ["kept"];
    assert(allowed.includes(status), `${id} ${status}: ${detail}`);
  }
});
