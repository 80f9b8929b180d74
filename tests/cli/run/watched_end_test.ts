import { assertEquals } from "@std/assert";
import { ENDED_BY_JOBBOX } from "../../../cli/exit_code.ts";
import { type EndFacts, watchedEnd } from "../../../cli/run/watched_end.ts";
import { NtStatus } from "../../../process/exit/status_codes.ts";

const EXITED: EndFacts = {
  code: 0,
  childEnd: { endedBy: "itself" },
  reason: undefined,
  reported: undefined,
  step: "none",
  unasked: false,
  interrupted: false,
  limits: {},
  stats: undefined,
  failure: undefined,
};

Deno.test("watchedEnd: a command that ended by itself", () => {
  assertEquals(watchedEnd({ ...EXITED, code: 3 }), {
    verdict: "exited",
    stoppedBy: "self",
    unasked: false,
    code: 3,
    endedBy: "itself",
  });
});

Deno.test("watchedEnd: the watch's reason comes before the kernel's", () => {
  const facts: EndFacts = { ...EXITED, reported: { verdict: "cpuTime" } };
  const kernel = watchedEnd(facts);
  assertEquals([kernel.verdict, kernel.stoppedBy], ["cpuTime", "kernel"]);
  const own = watchedEnd({ ...facts, reason: { verdict: "timeout" }, step: "break" });
  assertEquals([own.verdict, own.stoppedBy], ["timeout", "break"]);
});

Deno.test("watchedEnd: another jobbox is recognised by the exit code alone", () => {
  const { endedBy, stoppedBy, verdict } = watchedEnd({ ...EXITED, code: ENDED_BY_JOBBOX });
  assertEquals([verdict, stoppedBy, endedBy], ["killed", "terminate", "terminate"]);
});

Deno.test("watchedEnd: a Ctrl-C counts only if the command ended because of it", () => {
  const interrupted = { ...EXITED, interrupted: true };
  assertEquals(watchedEnd(interrupted).verdict, "exited");
  const code = NtStatus.STATUS_CONTROL_C_EXIT;
  assertEquals(watchedEnd({ ...interrupted, code }).verdict, "interrupted");
  assertEquals(watchedEnd({ ...EXITED, code }).verdict, "exited");
});

Deno.test("watchedEnd: a failure of the watch comes before an unknown reason", () => {
  const reason = { verdict: "failed", error: "not known" } as const;
  assertEquals(watchedEnd({ ...EXITED, reason }).error, "not known");
  assertEquals(watchedEnd({ ...EXITED, reason, failure: "refused" }).error, "refused");
});
