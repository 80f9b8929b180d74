import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { checkWatchedRates, withCpuNotice } from "../../../cli/args/watched_rates.ts";

Deno.test("checkWatchedRates: a soft limit of a rate that has no limit is refused", () => {
  for (
    const [soft, option, wanted] of [
      [{ cpuRate: {} }, "--notify-cpu-rate", "--cpus"],
      [{ ioRate: {} }, "--notify-io-rate", "--io-bandwidth"],
      [{ netRate: {} }, "--notify-net-rate", "--net-bandwidth"],
    ] as const
  ) {
    const message = `${option}: Cannot watch a rate that has no limit: add one, such as ` +
      `${wanted}`;
    assertThrows(() => checkWatchedRates(soft, {}), UsageError, message);
    const lifted = { cpu: null, ioIops: null, netBandwidth: null, dscp: 3 };
    assertThrows(() => checkWatchedRates(soft, lifted), UsageError, message);
  }
  const from = (name: string): string => `policy.json: ${name}`;
  assertThrows(
    () => checkWatchedRates({ cpuRate: {} }, {}, { from }),
    UsageError,
    "policy.json: n",
  );
});

Deno.test("checkWatchedRates: a rate that has a limit, or whose limit is removed, is accepted", () => {
  checkWatchedRates({ cpuRate: {} }, { cpu: { weight: 5 } });
  checkWatchedRates({ ioRate: {} }, { ioIops: 5 });
  checkWatchedRates({ ioRate: {}, netRate: {} }, { ioBandwidth: 5, netBandwidth: 5 });
  checkWatchedRates({ cpuRate: null, ioRate: null, netRate: null, jobMemory: 5 }, {});
});

Deno.test("withCpuNotice: a watched limit gets its notification, any other is unchanged", () => {
  const limits = { cpu: { hardCap: 25 }, jobMemory: 4096 };
  assertEquals(withCpuNotice(limits, { cpuRate: {} }), {
    cpu: { hardCap: 25, notify: true },
    jobMemory: 4096,
  });
  assertEquals(withCpuNotice(limits, { cpuRate: null }), limits);
  assertEquals(withCpuNotice(limits, {}), limits);
  assertEquals(withCpuNotice({ cpu: null }, { cpuRate: {} }), { cpu: null });
});
