import { assertEquals } from "@std/assert";
import { standingLimits } from "../../../cli/run/standing_limits.ts";

Deno.test("standingLimits: has the limits as in a record; a limit that cannot be read is unknown", () => {
  const job = {
    limits: () => ({ jobMemory: 5, affinity: 3n }),
    notificationLimits: () => {
      throw new Error("refused");
    },
  };
  assertEquals(standingLimits(job), {
    hard: { jobMemory: 5, affinity: "0x3" },
    soft: undefined,
  });
});
