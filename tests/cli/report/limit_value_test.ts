import { assertEquals } from "@std/assert";
import { limitOfHit, showLimit } from "../../../cli/report/limit_value.ts";

Deno.test("showLimit shows each kind of value with its unit, on one line", () => {
  assertEquals(showLimit("jobMemory", 1048576), "1 MiB");
  assertEquals(showLimit("jobUserTime", 1500), "1.5 s");
  assertEquals(showLimit("netBandwidth", 1024), "1 KiB a second");
  assertEquals(showLimit("activeProcesses", 1000), "1,000");
  assertEquals(showLimit("cpu", { hardCap: 50 }), "hard cap 50 %");
  assertEquals(showLimit("cpu", { hardCapCpus: 1.5 }), "hard cap cpus 1.5");
  assertEquals(showLimit("ui", ["handles", "desktop"]), "handles, desktop");
  assertEquals([true, false].map((value) => showLimit("killOnClose", value)), ["yes", "no"]);
  assertEquals(showLimit("priorityClass", "a\n\u202eb"), "a\\u000a\\u202eb");
});

Deno.test("limitOfHit names the limit that a notification reports", () => {
  assertEquals(limitOfHit("jobMemoryLimit"), "jobMemory");
  assertEquals(limitOfHit("newProcess"), undefined);
});
